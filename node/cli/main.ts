/**
 * Composes the command line for a real process: the only file of it that reads `process`. What a command does is loaded
 * when it runs, so that all others answer at once.
 */
import { randomBytes } from 'node:crypto';
import { keepOutOfCoreDumps } from '../crypto/core-dumps.ts';
import { programVersion } from '../version.ts';
import { processIo } from './process-io.ts';
import { runProgram } from './program.ts';

/** Runs one command line, without the program's name; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  keepOutOfCoreDumps();
  return runProgram(args, {
    init: async (options) => (await import('../init.ts')).initHome(options),
    restore: async (options) => (await import('../restore.ts')).restoreHome(options),
    reindex: async (options) => (await import('../reindex.ts')).reindexHome(options),
    start: async (home, passphrase) => (await import('../start.ts')).startNode(home, process.env, passphrase),
    doctor: async () => (await import('./doctor-tools.ts')).doctorTools(process.versions.node),
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    clock: () => Date.now(),
    io: processIo(),
    env: process.env,
    version: programVersion(),
  });
}
