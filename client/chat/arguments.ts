/** Readers of arguments and options: each refuses what it cannot read, as wrong usage. And what every help ends with. */
import { InvalidArgumentError, type Command } from 'commander';
import { parseTime } from '../../protocol/names/index.ts';

/** For options that can be given several times. */
export function several(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** An entry's number, or how many. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
}

/** How many, where none would make no sense. */
export function countAboveZero(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is not a whole number above zero.');
  return Number(text);
}

/** A day or a time, in UTC where it does not say otherwise; comes out as milliseconds since 1970. */
export function time(text: string): number {
  const at = parseTime(text);
  if (at === undefined) throw new InvalidArgumentError('Write it like 2026-05-04 or 2026-05-04T03:02:01Z.');
  return at;
}

/** What every help ends with: commands that can be copied. */
export function examples(command: Command, ...lines: readonly string[]): void {
  command.addHelpText('after', ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n'));
}
