/** A process of a test that says `begun` and then `done` on lines of its own, and is killed in between. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs a program, and kills it so many milliseconds after it began, or never. Returns how long it worked: moments to kill it
 * at are drawn from all of that, which a slow machine takes longer for.
 */
export async function runKilled(
  program: string,
  args: readonly string[],
  killedAfter: number | null,
): Promise<number> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  await Promise.race([once(lines, 'line'), exited]);
  const began = performance.now();
  const timer = killedAfter === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killedAfter);
  await (killedAfter === null ? Promise.race([once(lines, 'line'), exited]) : exited);
  const worked = performance.now() - began;
  await exited;
  clearTimeout(timer);
  return Math.max(1, Math.ceil(worked));
}
