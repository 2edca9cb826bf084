/** Composes the terminal client for a real process: with `process-terminal.ts` the only file of it that reads `process`. */
import { hostname } from 'node:os';
import { defaultHome, enrolNodeClient, openNodeClient, programVersion } from '../adapters/index.ts';
import { processTerminal } from './process-terminal.ts';
import { runProgram } from './program.ts';

/** Runs one command line, without the program's name; returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runProgram(args, {
    terminal: processTerminal(),
    env: process.env,
    version: programVersion(),
    defaultHome: defaultHome(process.env),
    hostname: hostname(),
    open: (home) => openNodeClient({ home }),
    enrol: enrolNodeClient,
  });
}
