/**
 * A text as the detectors read it: digits of any script, full-width letters, the many spaces and dashes are those of
 * ASCII, and invisible characters are gone. Guarantees: every place in it leads back to its place in the text as given;
 * what several detectors need of it is worked out once, and only when it is needed.
 */
import { wordStartsOf, type WordStarts } from './context.ts';
import { headsOf, type Heads } from './heads.ts';
import { placedWordsOf, type Placed } from './placed-words.ts';

export class Plain {
  readonly text: string;
  readonly #original: string;
  /** For each UTF-16 unit of `text`, where it begins and ends in the original; undefined where nothing has moved. */
  readonly #places: Places | undefined;
  #heads: Heads | undefined;
  #wordStarts: WordStarts | undefined;
  #words: readonly Placed[] | undefined;

  constructor(original: string, text = original, places?: Places) {
    this.#original = original;
    this.text = text;
    this.#places = places;
  }

  /** The runs of characters that numbers and codes can begin with. */
  get heads(): Heads {
    return (this.#heads ??= headsOf(this.text));
  }

  /** Where words begin. */
  get wordStarts(): WordStarts {
    return (this.#wordStarts ??= wordStartsOf(this.text));
  }

  /** The words of the original, at their places there. */
  get words(): readonly Placed[] {
    return (this.#words ??= placedWordsOf(this.#original));
  }

  /** Where a span stands in the original. */
  placeOf(start: number, end: number): { readonly start: number; readonly end: number } {
    if (this.#places === undefined) return { start, end };
    return { start: this.#places.starts[start] ?? start, end: this.#places.ends[end - 1] ?? end };
  }
}

interface Places {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const ASCII = /^[\0-\x7f]*$/;

/** What is read as something else, or not at all. */
const FOLDED = /[[\p{Nd}\p{Zs}\p{Pd}\p{Default_Ignorable_Code_Point}\u2212\uff01-\uff5e]--[\0-\x7f]]/gv;

const SIGN = /[\p{P}\p{S}]/u;

/** The zeros of the decimal digits in the Basic Multilingual Plane that are in use today. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20,
  0x1040, 0x17e0, 0x1810,
];

const FULL_WIDTH_FIRST = 0xff01;
const FULL_WIDTH_LAST = 0xff5e;
/** Between a full-width character and its ASCII form. */
const FULL_WIDTH_SHIFT = 0xfee0;

/** Linear in the text; a text of plain ASCII is taken as it is. */
export function plainOf(original: string | Plain): Plain {
  if (original instanceof Plain) return original;
  if (ASCII.test(original)) return new Plain(original);
  const known = new Map<string, string>();
  /** For each character that folds to another length, its place, its length and that of its folded form. */
  const moved: number[] = [];
  const text = original.replace(FOLDED, (character, at: number) => {
    let plain = known.get(character);
    if (plain === undefined) known.set(character, (plain = folded(character)));
    if (plain.length !== character.length) moved.push(at, character.length, plain.length);
    return plain;
  });
  if (moved.length === 0) return new Plain(original, text);
  return new Plain(original, text, placesOf(original.length, text.length, moved));
}

/** An expression as it matches plain texts: what folds to a sign stands for that sign, and not for what an expression makes of it. */
export function plainPattern(pattern: string): string {
  return pattern.replace(FOLDED, (character) => folded(character).replace(SIGN, '\\$&'));
}

/** At most one character for one, so that a plain text is never longer than the original. */
function folded(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= FULL_WIDTH_FIRST && code <= FULL_WIDTH_LAST)
    return String.fromCharCode(code - FULL_WIDTH_SHIFT);
  const zero = ZEROS.find((first) => code >= first && code <= first + 9);
  if (zero !== undefined) return String(code - zero);
  if (/\p{Zs}/u.test(character)) return ' ';
  if (/[\p{Pd}\u2212]/u.test(character)) return '-';
  return /\p{Nd}/u.test(character) ? asDigit(character) : '';
}

/** Mathematical digits are compatible with ASCII's; those of scripts no longer written stay as they are. */
function asDigit(character: string): string {
  const compatible = character.normalize('NFKC');
  return /^[0-9]$/.test(compatible) ? compatible : character;
}

function placesOf(originalLength: number, length: number, moved: readonly number[]): Places {
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  let at = 0;
  let from = 0;
  const place = (until: number): void => {
    for (; from < until; from += 1, at += 1) {
      starts[at] = from;
      ends[at] = from + 1;
    }
  };
  for (let each = 0; each < moved.length; each += 3) {
    const index = moved[each] ?? 0;
    place(index);
    from = index + (moved[each + 1] ?? 0);
    if (moved[each + 2] === 0) continue;
    starts[at] = index;
    ends[at] = from;
    at += 1;
  }
  place(originalLength);
  return { starts, ends };
}
