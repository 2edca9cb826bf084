/** The process and its terminal, as the terminal client uses them. */
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { LineConsole, Terminal } from './dependencies.ts';

export function processTerminal(): Terminal {
  process.stdout.on('error', endQuietly);
  return {
    stdout: (out) => void process.stdout.write(out),
    stderr: (out) => void process.stderr.write(out),
    isTerminal: [process.stdout].every((stream) => stream.isTTY), // undefined where there is none
    input: () => text(process.stdin),
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

function lineConsole(): LineConsole {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const { isTTY } = process.stdout;
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
    close: () => lines.close(),
  };
}

/** The reader went away, as `head` does when it has seen enough: nothing is left to say to it. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
