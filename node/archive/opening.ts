/** Opens the archive's storage and checks it, at the start and again after a failed write. */
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { loadLog, type LogState } from './load.ts';
import type { OpenStore, Store } from './store.ts';

/** Opens the store and checks it; a store that is not in order is closed again. */
export async function openChecked(
  openStore: OpenStore,
  { origin, sha256 }: { readonly origin: string; readonly sha256: Sha256 },
): Promise<{ readonly store: Store; readonly state: LogState }> {
  const store = await openStore();
  try {
    return { store, state: await loadLog(store, origin, sha256) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

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
  return new ChanceryError(
    'archive.failed',
    'the archive could not write, so nothing was acknowledged; check the disk and try again',
    { cause },
  );
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
