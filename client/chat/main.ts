/**
 * Composes the terminal client for a real process: with `process-terminal.ts` the only file of it that reads `process`.
 * The device is loaded when a command uses it, so that all others answer at once.
 */
import { hostname } from 'node:os';
import { defaultHome } from '../adapters/default-home.ts';
import { findPassphrase } from '../adapters/passphrase.ts';
import { programVersion } from '../adapters/version.ts';
import { processTerminal } from './process-terminal.ts';
import { runProgram } from './program.ts';

/** Runs one command line, without the program's name; returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  const passphrase = findPassphrase(process.env, terminal.askSecret);
  return runProgram(args, {
    terminal,
    env: process.env,
    version: programVersion(),
    defaultHome: defaultHome(process.env),
    hostname: hostname(),
    open: async (home) => {
      const { openNodeClient } = await import('../adapters/node-client.ts');
      return await openNodeClient({ home, passphrase });
    },
    enrol: async (options) => {
      const { enrolNodeClient } = await import('../adapters/node-client.ts');
      return await enrolNodeClient({ ...options, passphrase });
    },
  });
}
