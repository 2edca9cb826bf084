/**
 * Text from elsewhere, made safe to show: no control sequence reaches the terminal, nothing changes the direction of
 * what follows, nothing invisible hides in a name. What is taken out stays visible as its code point.
 */

/** Controls, line separators, lone surrogates and invisible formatting, but for the joiners that scripts and emoji need. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** One line of text. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Several lines: each but the first is indented, so that no message can pass for another one's beginning. */
export function printableLines(text: string, indent: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => printable(line.replaceAll('\t', '    ')))
    .join(`\n${indent}`);
}

/** JSON on one line that is as safe to show: the same characters, escaped as JSON escapes them. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
