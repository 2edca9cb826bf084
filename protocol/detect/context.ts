/**
 * The words near a number that tell what it is, where its check digit alone does not: nine digits of which one is a
 * check digit are found in every tenth order number. Guarantees: time linear in the text for each list of words.
 */

/** How far, in characters, such a word may stand before or after. */
const NEAR = 40;

/** Words this short are matched whole: SIN is no since, NI no night. */
const SHORT = 5;

/** What mask.ts writes says of what kind the removed was, and not what stands beside it. */
const MARK = /\[[^[\]\n]{1,70} removed\]/g;

/** Words of a script with spaces are found where a word begins, those of others anywhere. */
const SPACED = /^[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]/u;

/** A list of words. */
export interface Words {
  /** By {@link keyAt} of their beginnings. */
  readonly spaced: ReadonlyMap<number, readonly string[]>;
  readonly others: readonly string[];
}

/** Where a word of a list stands in a text. */
interface Place {
  readonly start: number;
  readonly end: number;
}

const NONE: readonly never[] = [];

/** Where words begin in a text in small letters, by the keys of their beginnings. */
export interface WordStarts {
  readonly small: string;
  readonly starts: ReadonlyMap<number, readonly number[]>;
  readonly marks: readonly Place[];
  readonly places: Map<Words, readonly Place[]>;
}

/** A longer word may go on (Ausweis finds Ausweisnummer), and a space stands for any one separator or none. */
export function words(...list: readonly string[]): Words {
  const spaced = new Map<number, string[]>();
  const others: string[] = [];
  for (const word of list.map((each) => each.toLowerCase())) {
    if (!SPACED.test(word)) others.push(word);
    else spaced.set(keyAt(word, 0), [...(spaced.get(keyAt(word, 0)) ?? []), word]);
  }
  return { spaced, others };
}

/** Whether one of the words stands near a span. */
export function isNear(text: WordStarts, start: number, end: number, list: Words): boolean {
  const places = placesOf(text, list);
  // the first place that ends late enough: a text may have as many of them as numbers
  let at = 0;
  for (let high = places.length; at < high;) {
    const middle = (at + high) >>> 1;
    if ((places[middle]?.end ?? 0) < start - NEAR) at = middle + 1;
    else high = middle;
  }
  for (let place = places[at]; place !== undefined && place.start < end + NEAR; place = places[(at += 1)]) {
    if (place.end <= start || place.start >= end) return true;
  }
  return false;
}

/** Whether one of the words stands anywhere. */
export function holds(text: WordStarts, list: Words): boolean {
  return placesOf(text, list).length > 0;
}

export function wordStartsOf(text: string): WordStarts {
  // the one letter that is longer in small
  const small = text.replaceAll('\u0130', 'I').toLowerCase();
  const starts = new Map<number, number[]>();
  for (let at = 0, inWord = false; at < small.length; at += 1) {
    const isInWord = isLetter(small.charCodeAt(at));
    if (isInWord && !inWord) {
      const key = keyAt(small, at);
      const known = starts.get(key);
      if (known === undefined) starts.set(key, [at]);
      else known.push(at);
    }
    inWord = isInWord;
  }
  const marks = text.includes(' removed]')
    ? [...text.matchAll(MARK)].map(({ 0: { length }, index }) => ({ start: index, end: index + length }))
    : NONE;
  return { small, starts, marks, places: new Map() };
}

function placesOf(text: WordStarts, list: Words): readonly Place[] {
  const { small, starts, marks, places } = text;
  const known = places.get(list);
  if (known !== undefined) return known;
  const found: Place[] = [];
  for (const [key, spaced] of list.spaced) {
    for (const start of starts.get(key) ?? NONE) {
      for (const word of spaced) {
        const end = endOf(small, start, word);
        if (end > 0) found.push({ start, end });
      }
    }
  }
  for (const word of list.others) {
    for (let start = small.indexOf(word); start >= 0; start = small.indexOf(word, start + word.length)) {
      found.push({ start, end: start + word.length });
    }
  }
  const kept = withoutMarks(
    found.sort((a, b) => a.start - b.start),
    marks,
  );
  places.set(list, kept);
  return kept;
}

/** Where the word ends that is to stand here; 0 where it does not. */
function endOf(small: string, start: number, word: string): number {
  let at = start;
  for (const character of word) {
    if (small.charAt(at) === character) at += 1;
    else if (character !== ' ') return 0;
    else if (/[\s_.-]/.test(small.charAt(at))) at += 1;
  }
  return word.length <= SHORT && isLetter(small.charCodeAt(at)) ? 0 : at;
}

function withoutMarks(found: readonly Place[], marks: readonly Place[]): readonly Place[] {
  if (marks.length === 0) return found;
  let at = 0;
  return found.filter(({ start }) => {
    while ((marks[at]?.end ?? Infinity) <= start) at += 1;
    return start < (marks[at]?.start ?? Infinity);
  });
}

/** A number of the first three letters, which different ones may share. */
function keyAt(small: string, at: number): number {
  let key = 0;
  for (let each = at; each < at + 3; each += 1) {
    const code = small.charCodeAt(each);
    if (!isLetter(code)) break;
    key = key * 1021 + code;
  }
  return key;
}

/** Letters and marks for the purpose here: beyond Latin-1, all but the blocks of punctuation and symbols. */
function isLetter(code: number): boolean {
  if (code < 128) return code >= 97 && code <= 122;
  return code >= 0xc0 && (code < 0x2000 || code > 0x303f) && code !== 0xd7 && code !== 0xf7;
}
