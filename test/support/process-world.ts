/** Organisations as processes for one test: in a folder of their own, and gone with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Federation } from '../../scripts/processes/index.ts';

export interface ProcessWorld {
  readonly folder: string;
  readonly federation: Federation;
  /** What is put here ends with the test, the last first. */
  readonly ends: AsyncDisposableStack;
}

/** Starts the organisations, each the partner of every other if `agreed`. */
export async function startWorld(
  t: TestContext,
  { domains, agreed }: { readonly domains: readonly string[]; readonly agreed: boolean },
): Promise<ProcessWorld> {
  const ends = new AsyncDisposableStack();
  t.after(() => ends.disposeAsync());
  const folder = await mkdtemp(join(tmpdir(), 'chancery-world-'));
  ends.defer(() => rm(folder, { recursive: true, force: true }));
  const federation = ends.use(await Federation.start(folder, domains, agreed));
  return { folder, federation, ends };
}
