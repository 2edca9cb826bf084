/** All that an archive lists, page after page, read by the operator's command. */
import type { OperationOutput } from '../../node/operations/index.ts';
import type { Stage } from './stage.ts';

const PAGE = 500;

export type ArchiveEntry = OperationOutput<'archive.list'>['entries'][number];

/** Oldest first; `filter` are options of `chancery archive list`. */
export async function entriesOf(
  stage: Stage,
  domain: string,
  filter: readonly string[] = [],
): Promise<ArchiveEntry[]> {
  const newestFirst: ArchiveEntry[] = [];
  let before: number | null | undefined;
  while (before !== null) {
    const from = before === undefined ? [] : ['--before', String(before)];
    const args = ['archive', 'list', '--limit', String(PAGE), ...filter, ...from];
    const page = (await stage.organisation(domain).cli(args)) as OperationOutput<'archive.list'>;
    newestFirst.push(...page.entries);
    before = page.next;
  }
  return newestFirst.reverse();
}
