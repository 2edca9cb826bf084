/** Which process has a file locked (fcntl), where the system tells: Linux lists all locks (proc(5), /proc/locks). */
import { readFile, stat } from 'node:fs/promises';

/** The process id; undefined where nobody is known to hold the file. */
export async function lockHolder(file: string): Promise<number | undefined> {
  const [locks, found] = await Promise.all([
    readFile('/proc/locks', 'latin1').catch(() => ''),
    stat(file).catch(() => undefined),
  ]);
  if (found === undefined) return undefined;
  for (const line of locks.split('\n')) {
    // 1: POSIX  ADVISORY  WRITE 1234 fe:00:131 0 EOF
    const [, kind, , mode, pid, place] = line.trim().split(/\s+/);
    const inode = Number(place?.split(':')[2]);
    if (kind === 'POSIX' && mode === 'WRITE' && inode === found.ino && Number(pid) > 0) return Number(pid);
  }
  return undefined;
}
