/** Which process has a file locked (fcntl), where the system tells: Linux lists locks and open files (proc(5)). */
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';

/** The process id; undefined where nobody is known to hold the file. */
export async function lockHolder(file: string): Promise<number | undefined> {
  const [locks, found] = await Promise.all([
    readFile('/proc/locks', 'latin1').catch(() => ''),
    stat(file).catch(() => undefined),
  ]);
  if (found === undefined) return undefined;
  const path = await realpath(file);
  for (const line of locks.split('\n')) {
    // 1: POSIX  ADVISORY  WRITE 1234 fe:00:131 0 EOF
    const [, kind, , mode, pid, place] = line.trim().split(/\s+/);
    const inode = Number(place?.split(':')[2]);
    if (kind !== 'POSIX' || mode !== 'WRITE' || inode !== found.ino) continue;
    if (await hasOpen(Number(pid), path)) return Number(pid);
  }
  return undefined;
}

/** Whether a process has a file open: another file system may have a locked file of the same inode number. */
async function hasOpen(pid: number, path: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  let open: string[];
  try {
    open = await readdir(folder);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'; // somebody else's: better taken for the holder
  }
  const links = await Promise.all(open.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return links.includes(path);
}
