/** What is known at home of its backups: when the last was made, and which keys were ever copied. Lost with the home, harmlessly. */
import { readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { HomeLayout } from './layout.ts';
import { createPrivateFile, hasCode } from './private-file.ts';

const recordShape = z.strictObject({
  v: z.literal(1),
  last: z
    .strictObject({ directory: z.string(), time: z.iso.datetime(), size: z.number(), root: z.string() })
    .nullable(),
  /** By name of the key: when it was last copied. */
  keys: z.record(z.string(), z.iso.datetime()),
});

export type BackupRecord = Omit<z.infer<typeof recordShape>, 'v'>;

const NONE: BackupRecord = { last: null, keys: {} };

/** One that cannot be read is as good as none: what it says is that there were backups. */
export async function readBackupRecord({ backupRecord }: HomeLayout): Promise<BackupRecord> {
  const text = await readFile(backupRecord, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return 'null';
    throw error;
  });
  try {
    const { last, keys } = recordShape.parse(JSON.parse(text));
    return { last, keys };
  } catch {
    return NONE;
  }
}

export async function writeBackupRecord({ backupRecord }: HomeLayout, record: BackupRecord): Promise<void> {
  const draft = `${backupRecord}.new`;
  await rm(draft, { force: true }); // left behind by a crash
  await createPrivateFile(draft, `${JSON.stringify({ v: 1, ...record }, null, 2)}\n`);
  await rename(draft, backupRecord);
}
