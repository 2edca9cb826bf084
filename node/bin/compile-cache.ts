/**
 * Where compiled code is kept for the next start, which then takes half as long. It is code that will run as whoever
 * starts the program: it is kept only where nobody else can write, and not in the home of somebody else, which is what
 * root has under many a `sudo`. Where it cannot be kept, nothing is lost.
 */
import { mkdirSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Permissions by which group or others write. */
const OTHERS_WRITE = 0o022;

export function keepCompiled(): void {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(caches, 'chancery');
  try {
    if (!isSafe(dirname(caches))) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isSafe(caches) && isSafe(folder)) enableCompileCache(folder);
  } catch {
    // no such home, or a disk that is full or not to be written to
  }
}

/** Whether only we, or root, decide what lies in a folder. */
function isSafe(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  const own = process.geteuid?.();
  if (own === undefined) return true; // Windows: a home is its user's alone
  return (uid === own || uid === 0) && (mode & OTHERS_WRITE) === 0;
}
