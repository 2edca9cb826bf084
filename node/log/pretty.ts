/** Log lines for a person: time, level, message, then the fields. Without colours, as they also go to files. */
import type { DestinationStream } from 'pino';

/** Characters that would let a peer's text write to the terminal: control characters, shown as escapes instead. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

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
  return [String(time), String(level).padEnd(5), typeof msg === 'string' ? msg : '', ...details]
    .join(' ')
    .replace(CONTROL, (character) => JSON.stringify(character).slice(1, -1));
}
