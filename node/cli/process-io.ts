/** The process and its terminal, as the command line uses them. */
import { createInterface } from 'node:readline/promises';
import type { Io } from './dependencies.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export function processIo(): Io {
  process.stdout.on('error', endQuietly);
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal: [process.stdout, process.stdin].every((stream) => stream.isTTY), // undefined where there is none
    async confirm(question) {
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
      } finally {
        terminal.close();
      }
    },
    onSignal(handler) {
      for (const signal of SIGNALS) process.on(signal, handler);
      return () => {
        for (const signal of SIGNALS) process.off(signal, handler);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/** The reader went away, as `head` does when it has seen enough: nothing is left to say to it. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
