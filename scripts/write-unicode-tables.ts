/**
 * Writes `protocol/lookalike/unicode-tables.ts` anew from the files of a Unicode version. Run after a new version is out:
 * `node scripts/write-unicode-tables.ts FOLDER`, the folder holding confusables.txt and IdentifierStatus.txt
 * (unicode.org/Public/VERSION/security), Scripts.txt, ScriptExtensions.txt and PropertyValueAliases.txt (…/ucd).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LAST_CODE_POINT = 0x10ffff;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder that holds the files of Unicode');

/** The fields of each line that is no comment. */
function* rows(file: string): Generator<string[]> {
  for (const line of readFileSync(join(folder!, file), 'utf8').replace('\ufeff', '').split('\n')) {
    const fields = line
      .replace(/#.*/, '')
      .split(';')
      .map((field) => field.trim());
    if (fields.length > 1) yield fields;
  }
}

function* points(range: string): Generator<number> {
  const [first = '', last = first] = range.split('..');
  for (let point = parseInt(first, 16); point <= parseInt(last, 16); point++) yield point;
}

const short = (number: number): string => number.toString(36);

/** `GAP TARGET TARGET…`, and `*COUNT` where as many neighbours go to neighbours of the one target. */
function confusables(): string {
  const mapped = [...rows('confusables.txt')]
    .map(([from = '', to = '']) => ({
      from: parseInt(from, 16),
      to: to.split(' ').map((point) => parseInt(point, 16)),
    }))
    .sort((a, b) => a.from - b.from);
  const parts: string[] = [];
  let before = 0;
  for (let at = 0; at < mapped.length;) {
    const { from, to } = mapped[at]!;
    let count = 1;
    for (let next = mapped[at + 1]; to.length === 1 && next !== undefined; next = mapped[at + count]) {
      if (next.from !== from + count || next.to.length !== 1 || next.to[0] !== to[0]! + count) break;
      count++;
    }
    parts.push([from - before, ...to].map(short).join(' ') + (count > 1 ? `*${short(count)}` : ''));
    before = from + count - 1;
    at += count;
  }
  return parts.join(',');
}

/** Runs of code points of one value, as `VALUE` or `VALUE COUNT`, without a gap from zero on. */
function runs(values: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length;) {
    let count = 1;
    while (values[at + count] === values[at]) count++;
    parts.push(short(values[at]!) + (count > 1 ? ` ${short(count)}` : ''));
    at += count;
  }
  return parts.join(',');
}

/** The sets of scripts (Script_Extensions, by short names), and for runs of code points which of these sets is theirs. */
function scripts(): { sets: string; runs: string } {
  const names = new Map<string, string>();
  for (const [property, brief = '', name = ''] of rows('PropertyValueAliases.txt')) {
    if (property === 'sc') names.set(name, brief);
  }
  const extensions = new Array<string>(LAST_CODE_POINT + 1).fill('Zzzz');
  for (const [range = '', name = ''] of rows('Scripts.txt')) {
    for (const point of points(range)) extensions[point] = names.get(name)!;
  }
  for (const [range = '', briefs = ''] of rows('ScriptExtensions.txt')) {
    for (const point of points(range)) extensions[point] = briefs;
  }
  const sets = [...new Set(extensions)];
  const numbers = new Map(sets.map((set, index) => [set, index]));
  return { sets: sets.join(','), runs: runs(extensions.map((set) => numbers.get(set)!)) };
}

function allowed(): string {
  const values = new Array<number>(LAST_CODE_POINT + 1).fill(0);
  for (const [range = '', status] of rows('IdentifierStatus.txt')) {
    if (status !== 'Allowed') continue;
    for (const point of points(range)) values[point] = 1;
  }
  return runs(values);
}

const head = readFileSync(join(folder, 'confusables.txt'), 'utf8').slice(0, 1_000);
const version = /Version: (\S+)/.exec(head)![1]!;
const date = /Date: (\S+),/.exec(head)![1]!;
const { sets, runs: scriptRuns } = scripts();
writeFileSync(
  new URL('../protocol/lookalike/unicode-tables.ts', import.meta.url),
  `/**
 * Data of UTS #39 and of the properties it rests on. Written by scripts/write-unicode-tables.ts; numbers are in base 36.
 * From Unicode ${version} (confusables.txt of ${date}). © Unicode, Inc., under the Unicode License v3.
 */

/** confusables.txt: \`GAP TARGET…\`, with \`*COUNT\` for as many neighbours. */
export const CONFUSABLES =
  '${confusables()}';

/** Sets of scripts, as Script_Extensions has them. */
export const SCRIPT_SETS =
  '${sets}';

/** Which of the sets: \`SET COUNT\` from code point zero on. */
export const SCRIPT_RUNS =
  '${scriptRuns}';

/** IdentifierStatus.txt: 1 is allowed, \`STATUS COUNT\` from code point zero on. */
export const ALLOWED_RUNS =
  '${allowed()}';
`,
);
