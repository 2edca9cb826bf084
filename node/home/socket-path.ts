/**
 * Unix sockets in deep folders. The system limits a socket's path to some hundred bytes, a home's path may be longer:
 * then the socket is reached through a short-lived symbolic link to its folder. The socket itself always lies in the
 * home, so whoever knows the home knows the socket, and the home's permissions protect it.
 */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Bytes of the longest path that every system takes: macOS has 104 with the final zero, Linux 108. */
const MAX_PATH_BYTES = 103;

/** Calls `use` with a path, short enough for the system, at which the socket can be bound or reached now. */
export async function withSocketPath<T>(socket: string, use: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(socket) <= MAX_PATH_BYTES) return use(socket);
  const folder = await mkdtemp(join(tmpdir(), 'chancery-'));
  const link = join(folder, 'h');
  try {
    await symlink(dirname(socket), link, 'dir');
    return await use(join(link, basename(socket)));
  } finally {
    await rm(folder, { recursive: true, force: true }); // removes the link, not what it points to
  }
}
