/** The forms in which a label of a domain is compared with others. All are of the U-label, for that is what people see. */
import { isMixedScript } from './scripts.ts';
import { skeleton, withoutAccents } from './skeleton.ts';

/** Groups that pass for one letter in small type, and digits for letters. What a skeleton makes of `m` comes first. */
const HOMOGLYPHS: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/0/g, 'o'],
];

export interface Label {
  readonly text: string;
  /** Equal for labels that look alike (UTS #39), accents aside. */
  readonly skeleton: string;
  /** Equal for labels that look alike at a glance: 0 and o, 1 and l, rn and m, vv and w, cl and d are one. */
  readonly glance: string;
  /** The characters whose edit distance counts: of the label itself, or of what it looks like. */
  readonly characters: readonly string[];
  /** One bit a character, so that most pairs need no look at their distance. */
  readonly mask: number;
  readonly isAscii: boolean;
  readonly isMixed: boolean;
}

/** The forms of a label, given as a U-label in lower case. */
export function labelOf(text: string): Label {
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const bare = isAscii ? text : withoutAccents(text);
  const seen = skeleton(bare).toLowerCase();
  const characters = Array.from(isAscii ? text : seen.replaceAll('rn', 'm'));
  return {
    text,
    skeleton: seen,
    glance: HOMOGLYPHS.reduce((label, [group, letter]) => label.replace(group, letter), seen),
    characters,
    mask: characters.reduce((mask, character) => mask | (1 << (character.charCodeAt(0) & 31)), 0),
    isAscii,
    isMixed: !isAscii && isMixedScript(text),
  };
}

/** How many steps of editing could lie between the two at the least: each changes at most two bits of the masks. */
export function leastDistance(one: Label, other: Label): number {
  let bits = one.mask ^ other.mask;
  let count = 0;
  for (; bits !== 0; bits &= bits - 1) count++;
  return Math.max(Math.ceil(count / 2), Math.abs(one.characters.length - other.characters.length));
}
