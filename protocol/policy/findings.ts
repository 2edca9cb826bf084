/** What is found in a message's texts, each kind of it once however many rules ask. */
import { detector, patternDetector, wordsDetector, type Find } from '../detect/index.ts';
import { accept, type Result } from '../errors/index.ts';
import type { Finding } from './decision.ts';
import type { PolicyDocument, When } from './document.ts';
import type { PlacedText, Talk } from './talk.ts';

type Contains = NonNullable<When['contains']>[number];

/** One thing to look for, under its name. */
export interface Sought {
  readonly type: string;
  readonly find: Find;
  readonly kinds: ReadonlySet<string> | null;
  readonly atLeast: number;
}

/** Refuses with `policy.invalid`. */
export function compileContains(one: Contains, { lexicons, patterns }: PolicyDocument): Result<Sought> {
  const kinds = one.kinds === undefined ? null : new Set(one.kinds);
  const { atLeast } = one;
  if (one.detector !== undefined)
    return accept({ type: one.detector, find: detector(one.detector), kinds, atLeast });
  if (one.lexicon !== undefined) {
    const lexicon = lexicons[one.lexicon];
    const type = `lexicon:${one.lexicon}@${lexicon?.version ?? 0}`;
    const find = wordsDetector(type, lexicon?.words ?? []);
    return find.ok ? accept({ type, find: find.value, kinds, atLeast }) : find;
  }
  const type = `pattern:${one.pattern ?? ''}`;
  const find = patternDetector(type, patterns[one.pattern ?? ''] ?? '');
  return find.ok ? accept({ type, find: find.value, kinds, atLeast }) : find;
}

/** Places in the message itself: what stands there can be taken out, or is shown. */
const OWN_PLACES: ReadonlySet<string> = new Set(['text', 'title', 'file name']);

/** A text of a file, never under the name of a place in the message, whatever the file is called. */
function apart({ place, text }: PlacedText): PlacedText {
  return { place: OWN_PLACES.has(place) ? `./${place}` : place, text };
}

/** What is found in one message. Made for it, and thrown away with it. */
export class Findings {
  readonly #texts: readonly PlacedText[];
  readonly #found = new Map<string, readonly Finding[]>();

  constructor({ texts, files }: Pick<Talk, 'texts' | 'files'>) {
    this.#texts = files.length === 0 ? texts : [...texts, ...files.flatMap((file) => file.texts.map(apart))];
  }

  /** Findings of what is sought; none where there are fewer than it asks for. */
  of({ type, find, kinds, atLeast }: Sought): readonly Finding[] {
    let found = this.#found.get(type);
    if (found === undefined) {
      found = this.#texts.flatMap(({ place, text }) =>
        find(text).map(({ kind, start, end }) => ({ type, kind: kind ?? null, place, start, end })),
      );
      this.#found.set(type, found);
    }
    const meant = kinds === null ? found : found.filter(({ kind }) => kind !== null && kinds.has(kind));
    return meant.length >= atLeast ? meant : [];
  }
}
