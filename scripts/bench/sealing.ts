/** Seals an archive that is made to be measured. */
import { platform } from '../../node/composition/platform.ts';
import { sealingUnder, type Sealing } from '../../node/sealing/index.ts';

/** The same in every process that has part in a measure. */
const KEY = new Uint8Array(32).fill(7);

export function benchSealing(): Sealing {
  return sealingUnder(KEY, platform.randomBytes);
}
