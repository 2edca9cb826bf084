/** Seals an archive that is made to be measured. */
import { randomBytes } from 'node:crypto';
import { sealingUnder, type Sealing } from '../../node/sealing/index.ts';

export function benchSealing(): Sealing {
  return sealingUnder(randomBytes(32), randomBytes);
}
