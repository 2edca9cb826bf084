/** Programs named `node` on the PATH that are older than what chancery needs: none, or those of the machine. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

export function olderNodes(): string[] {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return [...new Set(candidates)].filter((node) => {
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    return typeof stdout === 'string' && /^v\d+/.test(stdout) && Number.parseInt(stdout.slice(1), 10) < 24;
  });
}
