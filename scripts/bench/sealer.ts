/** Seals an archive that is made to be measured. */
import { randomBytes } from 'node:crypto';
import { EntrySealer } from '../../node/sealing/index.ts';

export function benchSealer(): EntrySealer {
  return new EntrySealer({ archiveKey: randomBytes(32), randomBytes });
}
