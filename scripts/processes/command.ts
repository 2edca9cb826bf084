/** Runs one command line to its end, in a process of its own, with its output kept; ended early by a signal given. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Milliseconds a command may take on a busy machine. */
const COMMAND_MS = 120_000;

/** The commands as they lie in the sources. */
export const PROGRAMS = {
  chancery: fileURLToPath(new URL('../../node/bin/chancery.ts', import.meta.url)),
  'chancery-chat': fileURLToPath(new URL('../../client/bin/chancery-chat.ts', import.meta.url)),
} as const;

/** A command line that ended: its exit code and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly program: keyof typeof PROGRAMS;
  readonly home: string;
  /** Ends the command when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Resolves whatever becomes of the command; -1 when a signal ended it. */
export async function run(options: CommandOptions, args: readonly string[]): Promise<Ran> {
  const { program, home, signal } = options;
  const child = spawn(process.execPath, [PROGRAMS[program], '--home', home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_MS,
  });
  const end = (): void => void child.kill();
  signal?.addEventListener('abort', end);
  if (signal?.aborted === true) end();
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/** Runs a command with --json; resolves with what it wrote, and throws that when it fails. */
export async function runJson(options: CommandOptions, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(options, ['--json', ...args]);
  if (code !== 0) throw new Error(`${options.program} ${args.join(' ')} failed: ${stderr || stdout}`);
  return stdout;
}
