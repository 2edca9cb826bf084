/** Since when each gap of a node is there, as far as nothing else tells. Lost with the home, harmlessly. */
import { readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { HomeLayout } from './layout.ts';
import { createPrivateFile, hasCode } from './private-file.ts';

/** Milliseconds since 1970, by kind and subject. */
export type GapRecord = ReadonlyMap<string, number>;

const recordShape = z.strictObject({ v: z.literal(1), since: z.record(z.string(), z.iso.datetime()) });

/** One that cannot be read is as good as none: each gap is there from now on then. */
export async function readGapRecord({ gapRecord }: Pick<HomeLayout, 'gapRecord'>): Promise<GapRecord> {
  const text = await readFile(gapRecord, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return 'null';
    throw error;
  });
  try {
    const { since } = recordShape.parse(JSON.parse(text));
    return new Map(Object.entries(since).map(([name, time]) => [name, Date.parse(time)]));
  } catch {
    return new Map();
  }
}

export async function writeGapRecord(
  { gapRecord }: Pick<HomeLayout, 'gapRecord'>,
  record: GapRecord,
): Promise<void> {
  const since = Object.fromEntries(Array.from(record, ([name, at]) => [name, new Date(at).toISOString()]));
  const draft = `${gapRecord}.new`;
  await rm(draft, { force: true }); // left behind by a crash
  await createPrivateFile(draft, `${JSON.stringify({ v: 1, since }, null, 2)}\n`);
  await rename(draft, gapRecord);
}
