/**
 * That the views are not whole, in a small file beside the database: rows may have been lost with a damaged part of it, which
 * nothing in the log would tell, or they are being made anew. It is there before anything is touched, and goes last.
 */
import { open, readFile, rm } from 'node:fs/promises';

/** Why: with rows that were lost all is to be made anew from the first entry on; what is being made is gone on with. */
export type LostViews = 'lost' | 'remaking';

/** Undefined where the views are whole. */
export async function readLostViews(location: string): Promise<LostViews | undefined> {
  try {
    return (await readFile(fileOf(location), 'latin1')) === 'remaking' ? 'remaking' : 'lost';
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Durable when it resolves. */
export async function writeLostViews(location: string, why: LostViews): Promise<void> {
  const handle = await open(fileOf(location), 'w', 0o600);
  try {
    await handle.writeFile(why);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** As it was before, or as it is from now on. */
export async function restoreLostViews(location: string, why: LostViews | undefined): Promise<void> {
  if (why === undefined) await rm(fileOf(location), { force: true });
  else await writeLostViews(location, why);
}

function fileOf(location: string): string {
  return `${location}.unindexed`;
}
