/** The process and its terminal, as the terminal client uses them. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { LineConsole, Terminal } from './dependencies.ts';

export function processTerminal(): Terminal {
  process.stdout.on('error', endQuietly);
  return {
    stdout: (out) => void process.stdout.write(out),
    stderr: (out) => void process.stderr.write(out),
    isTerminal: [process.stdout].every((stream) => stream.isTTY), // undefined where there is none
    input: () => text(process.stdin),
    askSecret: [process.stdin].every((stream) => stream.isTTY) ? askSecret : null,
    console: lineConsole,
    onInterrupt(handler) {
      process.once('SIGINT', handler);
      process.once('SIGTERM', handler);
      return () => {
        process.off('SIGINT', handler);
        process.off('SIGTERM', handler);
      };
    },
  };
}

async function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  const typed = Promise.withResolvers<string>();
  lines.once('line', typed.resolve);
  lines.once('close', () => typed.reject(new ChanceryError('request.invalid', 'nothing was typed')));
  try {
    return await typed.promise;
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

function lineConsole(): LineConsole {
  const { isTTY } = process.stdout;
  const echo = new Echo();
  const lines = createInterface({ input: process.stdin, output: echo, terminal: isTTY });
  let open = true; // piped input ends while its last line is still being acted on
  lines.once('close', () => (open = false));
  lines.on('SIGINT', () => lines.close());
  const typed = lines[Symbol.asyncIterator](); // from now on, so that nothing typed before it is read is lost
  return {
    lines: { [Symbol.asyncIterator]: () => typed },
    print(shown) {
      process.stdout.write(isTTY ? `\r\u001b[K${shown}\n` : `${shown}\n`);
      if (isTTY && open) lines.prompt(true);
    },
    prompt(before) {
      if (!open) return;
      lines.setPrompt(isTTY ? before : '');
      lines.prompt(true);
    },
    clear() {
      if (isTTY) process.stdout.write('\u001b[2J\u001b[3J\u001b[H'); // the screen, what has scrolled off it, and home
    },
    conceal(hidden) {
      echo.hidden = hidden;
    },
    close: () => lines.close(),
  };
}

/** What shows the line being typed, unless it is to stay unseen. */
class Echo extends Writable {
  hidden = false;

  constructor() {
    super();
    process.stdout.on('resize', () => this.emit('resize'));
  }

  get columns(): number {
    return process.stdout.columns;
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    if (!this.hidden) process.stdout.write(chunk);
    done();
  }
}

/** The reader went away, as `head` does when it has seen enough: nothing is left to say to it. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
