/** What seals under the archive's own key: made with the organisation, and needed for as long as anything is to be read. */
import type { KeyStore } from '../keys/index.ts';
import { EntrySealer } from './entry-sealer.ts';
import { ViewSealer } from './view-sealer.ts';

/** What the key is called in the key store. */
export const ARCHIVE_KEY = 'archive';

type RandomBytes = (length: number) => Uint8Array;

export interface Sealing {
  readonly entries: EntrySealer;
  readonly views: ViewSealer;
}

/** @param archiveKey 32 bytes; the caller's to zero */
export function sealingUnder(archiveKey: Uint8Array, randomBytes: RandomBytes): Sealing {
  return {
    entries: new EntrySealer(archiveKey, randomBytes),
    views: new ViewSealer(archiveKey, randomBytes),
  };
}

/** The same under the key in the store. Throws `key.*`. */
export async function openSealing(keys: KeyStore, randomBytes: RandomBytes): Promise<Sealing> {
  const archiveKey = await keys.seed(ARCHIVE_KEY);
  try {
    return sealingUnder(archiveKey, randomBytes);
  } finally {
    archiveKey.fill(0);
  }
}
