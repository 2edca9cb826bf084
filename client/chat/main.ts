/** Composes the terminal client for a real process: with `process-terminal.ts` the only file of it that reads `process`. */
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { defaultHome, enrolNodeClient, openNodeClient } from '../adapters/index.ts';
import { processTerminal } from './process-terminal.ts';
import { runProgram } from './program.ts';

/** Where the package's own description lies, from the sources and from the compiled program. */
const PACKAGES = ['../../package.json', '../../../package.json'];

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

function programVersion(): string {
  const url = PACKAGES.map((path) => new URL(path, import.meta.url)).find((file) => existsSync(file));
  if (url === undefined) return 'unknown';
  const { version } = JSON.parse(readFileSync(url, 'utf8')) as { readonly version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}
