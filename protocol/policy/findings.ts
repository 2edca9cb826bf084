/** What is found in a message's texts, each kind of it once however many rules ask. */
import { detector, patternDetector, plainOf, wordsDetector, type Find, type Plain } from '../detect/index.ts';
import { accept, type Result } from '../errors/index.ts';
import type { Finding } from './decision.ts';
import type { PolicyDocument, When } from './document.ts';
import type { FoundInFile, PlacedText, Talk, TalkFile } from './talk.ts';

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

/** Places that are a message's own, see `talk.ts`, and that a file as a whole has in a finding. */
const OWN_PLACES: ReadonlySet<string> = new Set(['text', 'title', 'file name', 'file']);

/** Characters of a place that are kept on record. */
const MAX_PLACE = 512;

/** A text in a file: a file may be called as it likes, and its place is none of the message's own for that. */
function inFile({ place, text }: PlacedText): PlacedText {
  return { place: (OWN_PLACES.has(place) ? `./${place}` : place).slice(0, MAX_PLACE), text };
}

/** Findings of one kind of one thing that are named of a file: rules ask for fewer. */
const MAX_FOUND_IN_FILE = 10_000;

/** Looks for all that a policy looks for. */
export function lookInto(texts: readonly PlacedText[], all: Iterable<Sought>): FoundInFile {
  const found = new Map<string, readonly Finding[]>();
  const own = plainly(texts.map(inFile));
  for (const sought of all) {
    const counts = new Map<string | null, number>();
    const kept = findingsIn(own, sought).filter(({ kind }) => {
      const before = counts.get(kind) ?? 0;
      counts.set(kind, before + 1);
      return before < MAX_FOUND_IN_FILE;
    });
    found.set(sought.type, kept);
  }
  return found;
}

/** A text in the form in which it is looked into, worked out once for all that look. */
interface PlacedPlain {
  readonly place: string;
  readonly text: Plain;
}

function plainly(texts: readonly PlacedText[]): PlacedPlain[] {
  return texts.map(({ place, text }) => ({ place, text: plainOf(text) }));
}

function findingsIn(texts: readonly PlacedPlain[], { type, find }: Sought): Finding[] {
  return texts.flatMap(({ place, text }) =>
    find(text).map(({ kind, start, end }) => ({ type, kind: kind ?? null, place, start, end })),
  );
}

/** What is found in one message by a policy. Made for it, and thrown away with it. */
export class Findings {
  readonly #texts: readonly PlacedText[];
  readonly #files: readonly TalkFile[];
  readonly #document: PolicyDocument;
  #plain: readonly PlacedPlain[] | undefined;
  readonly #found = new Map<string, readonly Finding[]>();

  constructor({ texts, files }: Pick<Talk, 'texts' | 'files'>, document: PolicyDocument) {
    this.#texts = texts;
    this.#files = files;
    this.#document = document;
  }

  /** Findings of what is sought; none where there are fewer than it asks for. */
  of(sought: Sought): readonly Finding[] {
    const { type, kinds, atLeast } = sought;
    const all = this.once(type, () => this.#find(sought));
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

  #find(sought: Sought): readonly Finding[] {
    this.#plain ??= plainly(this.#texts);
    const inText = findingsIn(this.#plain, sought);
    const inFiles = this.#files.flatMap((file) => this.#inFile(file, sought));
    return inFiles.length === 0 ? inText : [...inText, ...inFiles];
  }

  /** What was found when the file was looked into, by this very policy; else it is looked for now. */
  #inFile({ texts, found }: TalkFile, sought: Sought): readonly Finding[] {
    const before = found?.get(this.#document)?.get(sought.type);
    return before ?? findingsIn(plainly(texts.map(inFile)), sought);
  }
}
