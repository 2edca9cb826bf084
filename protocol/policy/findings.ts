/** What is found in a message's texts, each kind of it once however many rules ask. */
import { detector, patternDetector, plainOf, wordsDetector, type Find, type Plain } from '../detect/index.ts';
import { accept, type Result } from '../errors/index.ts';
import type { Finding } from './decision.ts';
import type { PolicyDocument, When } from './document.ts';
import type { PlacedText, Talk } from './talk.ts';

type Contains = NonNullable<When['contains']>[number];

/** One thing to look for, under its name. */
export interface Sought {
  readonly type: string;
  readonly find: Find;
  /** In order; null for all. */
  readonly kinds: readonly string[] | null;
  readonly atLeast: number;
}

/** Refuses with `policy.invalid`. */
export function compileContains(one: Contains, { lexicons, patterns }: PolicyDocument): Result<Sought> {
  const kinds = one.kinds?.toSorted() ?? null;
  const { atLeast } = one;
  if (one.detector !== undefined)
    return accept({ type: one.detector, find: detector(one.detector), kinds, atLeast });
  if (one.lexicon !== undefined) {
    const lexicon = lexicons[one.lexicon];
    const type = `lexicon:${one.lexicon}@${lexicon?.version ?? 0}`;
    const find = wordsDetector(one.lexicon, lexicon?.words ?? []);
    return find.ok ? accept({ type, find: find.value, kinds, atLeast }) : find;
  }
  const { pattern = '' } = one;
  const find = patternDetector(pattern, patterns[pattern] ?? '');
  return find.ok ? accept({ type: `pattern:${pattern}`, find: find.value, kinds, atLeast }) : find;
}

/** What is found in one message. Made for it, and thrown away with it. */
export class Findings {
  readonly #texts: readonly PlacedText[];
  #plain: readonly { readonly place: string; readonly text: Plain }[] | undefined;
  readonly #found = new Map<string, readonly Finding[]>();

  constructor({ texts, files }: Pick<Talk, 'texts' | 'files'>) {
    this.#texts = files.length === 0 ? texts : [...texts, ...files.flatMap((file) => file.texts)];
  }

  /** Findings of what is sought; none where there are fewer than it asks for. */
  of({ type, find, kinds, atLeast }: Sought): readonly Finding[] {
    const all = this.once(type, () => this.#find(type, find));
    const meant =
      kinds === null
        ? all
        : this.once(`${type} ${kinds.join(' ')}`, () =>
            all.filter(({ kind }) => kind !== null && kinds.includes(kind)),
          );
    return meant.length >= atLeast ? meant : [];
  }

  /** What is found under a name that stands for nothing else, looked for once however many rules ask. */
  once(name: string, find: () => readonly Finding[]): readonly Finding[] {
    let found = this.#found.get(name);
    if (found === undefined) this.#found.set(name, (found = find()));
    return found;
  }

  #find(type: string, find: Find): readonly Finding[] {
    this.#plain ??= this.#texts.map(({ place, text }) => ({ place, text: plainOf(text) }));
    return this.#plain.flatMap(({ place, text }) =>
      find(text).map(({ kind, start, end }) => ({ type, kind: kind ?? null, place, start, end })),
    );
  }
}
