/** The archive's own key in the key store: made with the organisation, and needed for as long as anything is to be read. */
import type { KeyStore } from '../keys/index.ts';
import { EntrySealer } from './entry-sealer.ts';

/** What it is called there. */
export const ARCHIVE_KEY = 'archive';

/** What seals under the key in the store. Throws `key.*`. */
export async function openSealer(
  keys: KeyStore,
  randomBytes: (length: number) => Uint8Array,
): Promise<EntrySealer> {
  const archiveKey = await keys.seed(ARCHIVE_KEY);
  try {
    return new EntrySealer({ archiveKey, randomBytes });
  } finally {
    archiveKey.fill(0);
  }
}
