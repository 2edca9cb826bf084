/** Opens the archive's storage and checks it, at the start and again after a failed write. */
import { equals } from 'uint8arrays/equals';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { DisposalKeys } from './disposals.ts';
import { loadLog, type LoadedLog, type LogState } from './load.ts';
import type { OpenStore, Store } from './store.ts';

export interface OpenedLog extends LoadedLog {
  readonly store: Store;
}

/** Opens the store and reads what is in it, with what is wrong; a store that cannot be read at all is closed again. */
export async function openChecked(
  openStore: OpenStore,
  { origin, ...keys }: DisposalKeys & { readonly origin: string },
): Promise<OpenedLog> {
  const store = await openStore();
  try {
    return { store, ...(await loadLog(store, origin, keys)) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Codes of the system where there is no room: on the disk, in the quota, in what one file may have. */
const FULL = /\b(?:ENOSPC|EDQUOT|EFBIG)\b|No space left on device|Disk quota exceeded|File too large/i;

/** What was acknowledged must still be there. */
export function assertNotBehind(found: LogState, known: LogState): void {
  const { size, root } = known.head;
  if (found.head.size > size || (found.head.size === size && equals(found.head.root, root))) return;
  throw new ChanceryError(
    'archive.damaged',
    `the archive has ${found.head.size} entries, but ${size} were acknowledged; restore it from a copy`,
    { facts: { sequence: found.head.size } },
  );
}

/** Why something was not written. */
export function failed(cause: unknown): ChanceryError {
  if (isFull(cause)) {
    return new ChanceryError(
      'archive.full',
      'the disk of the archive is full, so nothing was acknowledged; make room there, and send again',
      { cause },
    );
  }
  return new ChanceryError(
    'archive.failed',
    'the archive could not write, so nothing was acknowledged; check the disk and try again',
    { cause },
  );
}

function isFull(error: unknown): boolean {
  return error instanceof Error && (FULL.test(error.message) || isFull(error.cause));
}

/** Why nothing is acknowledged, though it is written here. */
export function notReplicated(): ChanceryError {
  return new ChanceryError(
    'archive.not-replicated',
    'too few other nodes hold what was written, so nothing was acknowledged; try again once a replica is back',
  );
}

/** Why nothing is read or written any more. */
export function closed(): ChanceryError {
  return new ChanceryError('archive.closed', 'the archive is closed; open it again first');
}

/** Why nothing is read or written for the moment. */
export function reopening(): ChanceryError {
  return new ChanceryError(
    'archive.unavailable',
    'the files of the archive are being put right; try again in a moment',
  );
}

/** Whether something comes within so many milliseconds. */
export async function within(milliseconds: number, coming: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), milliseconds);
  const came = await Promise.race([coming.then(() => true as const), late.promise]);
  clearTimeout(timer);
  return came;
}
