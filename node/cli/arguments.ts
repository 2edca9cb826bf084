/** Readers of arguments and options: each refuses what it cannot read, as wrong usage. */
import { InvalidArgumentError, type Command } from 'commander';
import { parseTime } from '../../protocol/names/time.ts';

/** For options that can be given several times. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
}

/** A day or a time, in UTC where it does not say otherwise; comes out as ISO 8601 in UTC. */
export function time(text: string): string {
  const at = parseTime(text);
  if (at !== undefined) return new Date(at).toISOString();
  throw new InvalidArgumentError('Write it like 2026-05-04 or 2026-05-04T03:02:01Z.');
}

/** What every help ends with: commands that can be copied. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n'));
}
