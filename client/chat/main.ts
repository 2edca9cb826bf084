/** Composes the terminal client for a real process: with `process-terminal.ts` the only file of it that reads `process`. */
import { hostname } from 'node:os';
import {
  defaultHome,
  enrolNodeClient,
  findPassphrase,
  openNodeClient,
  programVersion,
} from '../adapters/index.ts';
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
    open: (home) => openNodeClient({ home, passphrase }),
    enrol: (options) => enrolNodeClient({ ...options, passphrase }),
  });
}
