/** Log lines for a person: time, level, message, then the fields. Without colours, as they also go to files. */
import type { DestinationStream } from 'pino';
import { printable } from './printable.ts';

/** Rewrites each JSON line that pino makes. */
export function prettyLines(sink: DestinationStream): DestinationStream {
  return {
    write(line) {
      sink.write(`${pretty(line)}\n`);
    },
  };
}

function pretty(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const details = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const message = typeof msg === 'string' ? msg : '';
  return printable([String(time), String(level).padEnd(5), message, ...details].join(' '));
}
