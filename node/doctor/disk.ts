/** Whether there is room for the archive to grow. */
import { statfs } from 'node:fs/promises';
import type { HomeLayout } from '../home/index.ts';
import { failed, ok, warning, type Check } from './check.ts';

const MIB = 1024 * 1024;

/** Below this a batch of the archive with its compaction may not fit; an archive that cannot write stops everything. */
const FAILED_BELOW = 256 * MIB;

/** Below this it is time to make room: some weeks of a busy organisation. */
const WARNING_BELOW = 4096 * MIB;

export async function checkDisk({ directory }: HomeLayout): Promise<readonly Check[]> {
  const { bavail, bsize } = await statfs(directory);
  return [judgeRoom(bavail * bsize, directory)];
}

/** @param free bytes that this user may still write */
export function judgeRoom(free: number, directory: string): Check {
  const message = `${Math.floor(free / MIB)} MiB free at ${directory}`;
  const mend = 'make room, or move the home to a larger disk';
  if (free < FAILED_BELOW) return failed('disk', message, mend);
  return free < WARNING_BELOW ? warning('disk', message, mend) : ok('disk', message);
}
