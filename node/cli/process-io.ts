/** The process and its terminal, as the command line uses them. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ChanceryError } from '../../protocol/errors/index.ts';
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
    async askSecret(question) {
      process.stderr.write(question);
      const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
      const terminal = createInterface({
        input: process.stdin,
        output: unseen,
        terminal: true,
        historySize: 0,
      });
      const ended = Promise.withResolvers<string>();
      terminal.once('close', () => ended.reject(new ChanceryError('request.invalid', 'nothing was typed')));
      try {
        return await Promise.race([terminal.question(''), ended.promise]);
      } finally {
        terminal.close();
        process.stderr.write('\n');
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
