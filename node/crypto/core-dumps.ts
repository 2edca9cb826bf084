/** Keeps this process's memory out of core dumps, where a copy of a key may lie that is not ours to wipe. */
import { writeFileSync } from 'node:fs';

/** Which parts of the memory the kernel dumps (core(5)); it is this process's own file. */
const FILTER = '/proc/self/coredump_filter';

/** From now on a core dump holds no memory of this process. Only on Linux; elsewhere, or where it is refused, nothing is done. */
export function keepOutOfCoreDumps(): void {
  try {
    writeFileSync(FILTER, '0');
  } catch {
    // no Linux, or no /proc: the secure memory of the keys that sign is kept out all the same
  }
}
