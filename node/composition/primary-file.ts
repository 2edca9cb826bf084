/** Beside the folder of the archive: which node this one follows. Where there is no such file, it is the primary. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { hasCode, replacePublicFile, syncDirectory } from '../home/index.ts';

const SUFFIX = '.primary.json';

const shape = z.strictObject({
  v: z.literal(1),
  peer: z.string(),
  addresses: z.array(z.string()),
  /** Whether this node was the primary before: what it holds beyond the other's log is put aside. */
  deposed: z.boolean(),
});

export type Followed = Omit<z.infer<typeof shape>, 'v'>;

/** Undefined where this node follows nobody. Throws `config.invalid`. */
export async function readFollowed(archiveLocation: string): Promise<Followed | undefined> {
  const file = `${archiveLocation}${SUFFIX}`;
  try {
    const { v: _version, ...followed } = shape.parse(JSON.parse(await readFile(file, 'utf8')));
    return followed;
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw new ChanceryError(
      'config.invalid',
      `${file} is not as this program wrote it; restore or remove it`,
      {
        cause,
      },
    );
  }
}

/** Durable when it resolves. */
export async function writeFollowed(archiveLocation: string, followed: Followed): Promise<void> {
  await replacePublicFile(
    `${archiveLocation}${SUFFIX}`,
    `${JSON.stringify({ v: 1, ...followed }, null, 2)}\n`,
  );
}

/** From the next start on this node is the primary. */
export async function clearFollowed(archiveLocation: string): Promise<void> {
  await rm(`${archiveLocation}${SUFFIX}`, { force: true });
  await syncDirectory(dirname(archiveLocation));
}

/** Puts an archive that is no beginning of the primary's aside, whole, and says where it lies then. */
export async function putAside(archiveLocation: string, epoch: number, size: number): Promise<string> {
  const aside = `${archiveLocation}.epoch-${epoch}-size-${size}`;
  await rename(archiveLocation, aside);
  // the mark beside it says how far that log had come, not the one that is fetched anew
  if (existsSync(`${archiveLocation}.mark`)) await rename(`${archiveLocation}.mark`, `${aside}.mark`);
  await syncDirectory(dirname(archiveLocation));
  return aside;
}
