/** A number or code as people write it: in groups, in full-width characters, with other spaces, inside of a sentence. */

/** Cuts a code into groups of the given lengths, the last of which repeats. */
export function inGroups(code: string, lengths: readonly number[], separator: string): string {
  const groups: string[] = [];
  for (let at = 0, each = 0; at < code.length; each += 1) {
    const length = lengths[Math.min(each, lengths.length - 1)]!;
    groups.push(code.slice(at, at + length));
    at += length;
  }
  return groups.join(separator);
}

/** Digits, letters and hyphens as they are typed in East Asia. */
export function fullWidth(code: string): string {
  return code.replace(/[0-9A-Za-z-]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
}

const SENTENCES: readonly ((written: string) => string)[] = [
  (written) => written,
  (written) => `Please use ${written}.`,
  (written) => `It is ${written}, and thank you for your patience!`,
  (written) => `(${written})`,
  (written) => `old;${written};new`,
  (written) => `“${written}” – so stand es da`,
  (written) => `我的号码是${written}，谢谢`,
  (written) => `first line\n${written}\nlast line`,
];

/** Each way of writing in each sentence. */
export function sentencesWith(ways: readonly string[]): string[] {
  return ways.flatMap((written) => SENTENCES.map((sentence) => sentence(written)));
}
