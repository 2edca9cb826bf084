/**
 * The node's logger: pino, to standard error, with what must never be in a log taken out by name.
 * JSON, one object a line; or lines for a person at a terminal.
 */
import { destination, pino, type DestinationStream, type Level, type Logger } from 'pino';
import { prettyLines } from './pretty.ts';

/** Fields that hold keys, codes or what people wrote, at the top of a log line and one level below it. */
const SECRET = [
  'seed',
  'privateKey',
  'key',
  'secret',
  'invitation',
  'password',
  'text',
  'body',
  'content',
  'envelope',
];

export interface LoggerOptions {
  readonly level: Level | 'silent';
  readonly format: 'json' | 'pretty';
  /** Standard error if left out. */
  readonly sink?: DestinationStream;
}

export function createLogger({
  level,
  format,
  sink = destination({ fd: 2, sync: true }),
}: LoggerOptions): Logger {
  const stream = format === 'pretty' ? prettyLines(sink) : sink;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [...SECRET, ...SECRET.map((field) => `*.${field}`)],
        censor: '[not logged]',
      },
    },
    stream,
  );
}
