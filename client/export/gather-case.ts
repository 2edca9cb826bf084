/** The case that an export is of: all that happened in it, and the messages that are tagged. */
import { caseOf, type PlacedCaseEvent } from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ExportManifest } from '../../protocol/export/index.ts';
import type { OpenEntry } from '../../protocol/wire/index.ts';
import type { Looking } from '../archive/index.ts';
import type { OfficerCases } from '../cases/index.ts';

/** A case by its name: all messages that are tagged, or have one tag. */
export interface OfCase {
  readonly ofCase: string;
  readonly tag?: string;
}

export interface GatheredCase {
  readonly events: readonly PlacedCaseEvent[];
  /** The entries that say so, not proven yet. */
  readonly records: readonly OpenEntry[];
  /** Of the messages that are meant. */
  readonly entries: readonly number[];
  readonly listed: NonNullable<ExportManifest['ofCase']>;
}

/**
 * Throws `case.*`, `request.invalid` where the export is said to be for another case or no message is meant, and what
 * `OfficerCases.events` throws.
 */
export async function gatherCase(
  cases: OfficerCases,
  { ofCase: name, tag }: OfCase,
  { case: said }: Looking,
): Promise<GatheredCase> {
  if (said !== name)
    throw new ChanceryError(
      'request.invalid',
      `an export of case ${name} is for that case, not for ${said ?? 'none'}`,
    );
  const found = await cases.show(name);
  const [events, records]: [PlacedCaseEvent[], OpenEntry[]] = [[], []];
  for await (const { event, open } of cases.events(found)) {
    events.push(event);
    records.push(open);
  }
  const messages = caseOf(events)?.messages ?? [];
  const meant = messages.filter(({ tags }) => tag === undefined || tags.some((one) => one.tag === tag));
  if (meant.length === 0)
    throw new ChanceryError(
      'request.invalid',
      `no message is tagged${tag === undefined ? '' : ` “${tag}”`} in case ${name}; see chancery-chat case show`,
    );
  return {
    ...{ events, records, entries: meant.map(({ entry }) => entry) },
    listed: { opened: found.sequence, tag: tag ?? null, events: events.map(({ sequence }) => sequence) },
  };
}
