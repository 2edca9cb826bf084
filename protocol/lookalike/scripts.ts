/**
 * Scripts of a text (UTS #39, section 5): its resolved script set, whether it mixes scripts, and how restricted it is.
 * Guarantees: pure and linear in the text's length; scripts by their short names (ISO 15924), such as `Latn`.
 */
import { ALLOWED_RUNS, SCRIPT_RUNS, SCRIPT_SETS } from './unicode-tables.ts';

/** Section 5.1: writing systems that use several scripts. */
const AUGMENTED: Readonly<Record<string, readonly string[]>> = {
  Hani: ['Hanb', 'Jpan', 'Kore'],
  Hira: ['Jpan'],
  Kana: ['Jpan'],
  Hang: ['Kore'],
  Bopo: ['Hanb'],
};

/** The combinations that are highly restrictive (section 5.2, level 3). */
const WITH_LATIN = ['Jpan', 'Hanb', 'Kore'];

/** Scripts of which characters are allowed, without Latin, and without Cyrillic and Greek, which level 4 leaves out. */
const RECOMMENDED = [
  ...['Arab', 'Armn', 'Beng', 'Deva', 'Ethi', 'Geor', 'Gujr', 'Guru', 'Hang', 'Hani', 'Hebr', 'Hira'],
  ...['Kana', 'Khmr', 'Knda', 'Laoo', 'Mlym', 'Mymr', 'Orya', 'Sinh', 'Taml', 'Telu', 'Thaa', 'Thai', 'Tibt'],
];

/** From the most to the least restrictive (UTS #39, section 5.2). */
export type RestrictionLevel =
  | 'ascii-only'
  | 'single-script'
  | 'highly-restrictive'
  | 'moderately-restrictive'
  | 'minimally-restrictive'
  | 'unrestricted';

/** Runs of code points with one value: where each begins, in order, and its value. */
interface Runs {
  readonly starts: readonly number[];
  readonly values: readonly number[];
}

interface Tables {
  /** Undefined for what any script uses. */
  readonly sets: readonly (ReadonlySet<string> | undefined)[];
  readonly scripts: Runs;
  readonly allowed: Runs;
}

let tables: Tables | undefined;

/**
 * The scripts that each character of the text can belong to: the intersection of their augmented script sets
 * (section 5.1). Undefined for all scripts, as of digits alone; an empty set where the text mixes scripts.
 */
export function resolvedScripts(text: string): ReadonlySet<string> | undefined {
  let resolved: ReadonlySet<string> | undefined;
  for (const character of text) {
    const scripts = scriptsOf(character);
    if (scripts === undefined || scripts === resolved) continue;
    const before: ReadonlySet<string> = resolved ?? scripts;
    resolved = new Set([...scripts].filter((script) => before.has(script)));
  }
  return resolved;
}

/** Whether no script has all the characters of the text (section 5.1). */
export function isMixedScript(text: string): boolean {
  return resolvedScripts(text)?.size === 0;
}

/**
 * How restricted the text is (section 5.2), over the identifier profile of section 3.1, which a space is not of: ask
 * of a label or a word, in lower or upper case.
 */
export function restrictionLevel(text: string): RestrictionLevel {
  const characters = Array.from(text);
  const { allowed } = (tables ??= readTables());
  if (!characters.every((character) => valueAt(allowed, character) === 1)) return 'unrestricted';
  if (characters.every((character) => character <= '\x7f')) return 'ascii-only';
  if (!isMixedScript(text)) return 'single-script';
  const sets = new Set(characters.map(scriptsOf).filter((set) => set !== undefined));
  const covered = (script: string): boolean => [...sets].every((set) => set.has('Latn') || set.has(script));
  if (WITH_LATIN.some(covered)) return 'highly-restrictive';
  return RECOMMENDED.some(covered) ? 'moderately-restrictive' : 'minimally-restrictive';
}

function scriptsOf(character: string): ReadonlySet<string> | undefined {
  const { sets, scripts } = (tables ??= readTables());
  return sets[valueAt(scripts, character)];
}

function valueAt(runs: Runs, character: string): number {
  const point = character.codePointAt(0) ?? 0;
  let low = 0;
  let high = runs.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs.starts[middle] ?? 0) <= point) low = middle;
    else high = middle - 1;
  }
  return runs.values[low] ?? 0;
}

function readTables(): Tables {
  const sets = SCRIPT_SETS.split(',').map((set) => {
    const scripts = set.split(' ');
    if (set === 'Zyyy' || set === 'Zinh') return undefined;
    return new Set([...scripts, ...scripts.flatMap((script) => AUGMENTED[script] ?? [])]);
  });
  return { sets, scripts: readRuns(SCRIPT_RUNS), allowed: readRuns(ALLOWED_RUNS) };
}

function readRuns(text: string): Runs {
  const starts: number[] = [];
  const values: number[] = [];
  let start = 0;
  for (const run of text.split(',')) {
    const [value = '0', count = '1'] = run.split(' ');
    starts.push(start);
    values.push(parseInt(value, 36));
    start += parseInt(count, 36);
  }
  return { starts, values };
}
