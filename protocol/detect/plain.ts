/**
 * A text as the detectors read it: digits of any script, full-width letters, the many spaces and dashes are those of
 * ASCII, and invisible characters are gone. Guarantees: every place in it leads back to its place in the text as given.
 */

export interface Plain {
  readonly text: string;
  /** For each UTF-16 unit of `text`, where it begins and ends in the original; undefined where nothing has moved. */
  readonly places: { readonly starts: Uint32Array; readonly ends: Uint32Array } | undefined;
}

const ASCII = /^[\0-\x7f]*$/;

/** What is read as something else, or not at all. */
const FOLDED =
  /[[\p{Nd}\p{Zs}\p{Pd}\p{Default_Ignorable_Code_Point}\u2212\uff01-\uff5e]--[\0-\x7f]]/gv;

/** The zeros of the decimal digits in the Basic Multilingual Plane that are in use today. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
  0xf20, 0x1040, 0x17e0, 0x1810,
];

const FULL_WIDTH_FIRST = 0xff01;
const FULL_WIDTH_LAST = 0xff5e;
/** Between a full-width character and its ASCII form. */
const FULL_WIDTH_SHIFT = 0xfee0;

/** Linear in the text; a text of plain ASCII is taken as it is. */
export function plainOf(original: string): Plain {
  if (ASCII.test(original) || original.search(FOLDED) < 0) return { text: original, places: undefined };
  let same = true;
  const text = original.replace(FOLDED, (character) => {
    const plain = folded(character);
    if (plain.length !== character.length) same = false;
    return plain;
  });
  return { text, places: same ? undefined : placesOf(original, text.length) };
}

/** Where a span of the plain text stands in the original. */
export function placeOf(
  { places }: Plain,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  if (places === undefined) return { start, end };
  return { start: places.starts[start] ?? start, end: places.ends[end - 1] ?? end };
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
  if (/\p{Nd}/u.test(character)) return asDigit(character);
  return '';
}

/** Mathematical digits are compatible with ASCII's; those of scripts no longer written stay as they are. */
function asDigit(character: string): string {
  const compatible = character.normalize('NFKC');
  return /^[0-9]$/.test(compatible) ? compatible : character;
}

function placesOf(original: string, length: number): NonNullable<Plain['places']> {
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  let at = 0;
  let from = 0;
  const keep = (until: number): void => {
    for (; from < until; from += 1, at += 1) {
      starts[at] = from;
      ends[at] = from + 1;
    }
  };
  for (const { 0: character, index } of original.matchAll(FOLDED)) {
    keep(index);
    const plain = folded(character);
    if (plain === character) keep(index + character.length);
    else if (plain !== '') {
      starts[at] = index;
      ends[at] = index + character.length;
      at += 1;
    }
    from = index + character.length;
  }
  keep(original.length);
  return { starts, ends };
}
