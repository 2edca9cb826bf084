/**
 * Runs the checks that need no test to run, side by side, and says what each of them found. Each works on one processor
 * alone, so that together they take as long as the longest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/** Scripts of the package, the longest first. */
const CHECKS = ['check:lint', 'check:types', 'check:format', 'check:layers', 'check:dead'];

const waiting = [...CHECKS];
const failed: string[] = [];

async function runChecks(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    process.stdout.write(`${name}\n`);
    process.stdout.write(Buffer.concat(said));
    if (code !== 0) failed.push(name);
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, runChecks));
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
