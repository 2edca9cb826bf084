/**
 * An organisation's own list of words and phrases, such as the names of its projects. Guarantees: whole words only, in
 * any script; case, width, composition and invisible characters make no difference, as in a search (search/words.ts);
 * time is linear in the text, for a phrase has a greatest length.
 */
import { accept, refuse, type Result } from '../errors/result.ts';
import { wordsOf } from '../search/words.ts';
import { foundIn, MAX_FINDINGS, NOTHING, type Find, type Span } from './found.ts';
import type { Placed } from './placed-words.ts';
import { plainOf } from './plain.ts';

/** A list is held in memory and looked up word by word. */
export const MAX_WORDS = 50_000;
/** Words in a phrase: each place of a text is compared with as many. */
export const MAX_PHRASE = 16;

/** Words are placed in the text as it was given. */
const AS_GIVEN = { placeOf: (start: number, end: number): Pick<Span, 'start' | 'end'> => ({ start, end }) };

/** The phrases that begin with the same words: what may follow, and whether one ends here. */
interface Branch {
  readonly next: Map<string, Branch>;
  ends: boolean;
}

/** Refuses (`policy.invalid`) an empty or too long list, and an entry without a word or of too many. */
export function wordsDetector(name: string, words: readonly string[]): Result<Find> {
  if (words.length === 0 || words.length > MAX_WORDS) {
    const message = `list ${name} has to hold 1 to ${String(MAX_WORDS)} words or phrases; split it in several`;
    return refuse('policy.invalid', message, { list: name, words: words.length });
  }
  const root: Branch = { next: new Map(), ends: false };
  for (const [at, phrase] of words.entries()) {
    const cut = wordsOf(phrase);
    if (cut.length === 0 || cut.length > MAX_PHRASE) {
      const message = `entry ${String(at + 1)} of list ${name} has to hold 1 to ${String(MAX_PHRASE)} words; shorten or remove it`;
      return refuse('policy.invalid', message, { list: name, entry: at + 1 });
    }
    plant(root, cut);
  }
  return accept((text) => foundIn(name, AS_GIVEN, phrasesIn(plainOf(text).words, root)));
}

function plant(root: Branch, phrase: readonly string[]): void {
  let branch = root;
  for (const word of phrase) {
    const next = branch.next.get(word) ?? { next: new Map<string, Branch>(), ends: false };
    branch.next.set(word, next);
    branch = next;
  }
  branch.ends = true;
}

/** The longest phrase that begins at each word. */
function phrasesIn(words: readonly Placed[], root: Branch): readonly Span[] {
  let spans: Span[] | undefined;
  for (const [first, { word, start }] of words.entries()) {
    let branch = root.next.get(word);
    let end = start;
    for (let at = first; branch !== undefined; at += 1) {
      if (branch.ends) end = words[at]?.end ?? start;
      branch = branch.next.get(words[at + 1]?.word ?? '');
    }
    if (end === start) continue;
    spans ??= [];
    spans.push({ start, end: spans.length + 1 < MAX_FINDINGS ? end : (words.at(-1)?.end ?? end) });
    if (spans.length === MAX_FINDINGS) break;
  }
  return spans ?? NOTHING;
}
