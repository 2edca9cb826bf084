/**
 * A regular expression of RE2 as matches.ts searches with it: the places of its program that take a character, which of
 * them may come after which, and which a character fits. Parsed and compiled by re2js, whose own search may take a pass
 * over the rest of the text for each finding.
 */
import { RE2JS } from 're2js';

/** A set of places, a bit for each. */
export type Places = Uint32Array;

/** What may come after what between two characters; by the assertions of an expression (`\b`, `^`, `$`) it differs. */
export interface Border {
  /** For each place, those that may come next, the preferred first. */
  readonly next: readonly Uint16Array[];
  /** Where a match begins. */
  readonly first: Places;
  /** For each {@link TOGETHER} places that stand together and each set of those, the set of the places before any of them. */
  readonly before: Places;
}

export interface Expression {
  /** Instructions of the program. */
  readonly size: number;
  readonly matchesEmpty: boolean;
  /** Numbers of a set. */
  readonly width: number;
  /** The place before a match begins and after it ends; it takes no character. */
  readonly outside: number;
  /** By the kinds ({@link kindOf}) of the characters before and after. */
  readonly borderOf: (before: number, after: number) => Border;
  /** Whether a text has the words that every match has; true where there are none. */
  readonly mayMatch: (text: string) => boolean;
  /** The places that a character fits, given by its code point; null where it fits none. */
  readonly fitting: (rune: number) => Places | null;
}

/** An expression as re2js has it, whose types leave it open. */
interface Compiled {
  readonly prog: Program;
  /** Characters of one class fit the same places. */
  readonly dfa: { readonly runeClass: (rune: number) => number };
  readonly prefilter: { readonly eval: (text: Searched, from: number) => boolean } | null;
}

/** A text as a prefilter asks about it. */
interface Searched {
  readonly hasString: (word: { readonly str: string }) => boolean;
  readonly hasAnyString: (words: { readonly automaton16: () => Automaton }) => boolean;
}

interface Automaton {
  readonly searchUTF16: (text: string, from: number, to: number) => boolean;
}

interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
}

interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly matchRune: (rune: number) => boolean;
}

/** Of re2js (Inst.js), as far as programs without look-behind have them. */
const OP = {
  ...{ alternative: 1, alternativeMatch: 2, capture: 3, assertion: 4, fail: 5, match: 6, nothing: 7 },
  ...{ rune: 8, any: 10, anyButNewline: 11 },
};

/** What assertions ask for, in re2js (Utils.js). */
const ASKED = { beginLine: 1, endLine: 2, beginText: 4, endText: 8, wordBorder: 16, noWordBorder: 32 };

/** Kinds of characters that assertions tell apart; none is around a text. */
const KIND = { none: 0, newline: 1, word: 2, other: 3 };
const KINDS = Object.values(KIND);

const NEWLINE = 10;
const UNDERSCORE = 95;

/** Bits of a number of a set, and how many of them are looked up together. */
const LOG_BITS = 5;
const BITS = 1 << LOG_BITS;
const LOG_TOGETHER = 2;
const TOGETHER = 1 << LOG_TOGETHER;
const SETS = 1 << TOGETHER;

/** Throws what re2js throws where it is no expression of RE2. */
export function compileExpression(pattern: string): Expression {
  const { prog, dfa, prefilter } = RE2JS.compile(pattern).re2() as unknown as Compiled;
  const steps = prog.inst.filter(({ op }) => op >= OP.rune && op <= OP.anyButNewline);
  const places = new Map(steps.map((step, place) => [step, place]));
  const outside = steps.length;
  const width = Math.ceil((outside + 1) / BITS);
  const byClass: (Places | null | undefined)[] = [];
  const { borderOf, matchesEmpty } = bordersOf(prog, steps, places, width);
  return {
    ...{ size: prog.inst.length, width, outside, borderOf, matchesEmpty },
    mayMatch: (text) => prefilter?.eval(searched(text), 0) ?? true,
    fitting(rune) {
      const alike = dfa.runeClass(rune);
      let known = byClass[alike];
      if (known === undefined) {
        const fits = steps.flatMap((step, place) => (takes(step, rune) ? [place] : []));
        byClass[alike] = known = fits.length === 0 ? null : setOf(fits, width);
      }
      return known;
    },
  };
}

function searched(text: string): Searched {
  return {
    hasString: ({ str }) => text.includes(str),
    hasAnyString: (words) => words.automaton16().searchUTF16(text, 0, text.length),
  };
}

/** The kind of a UTF-16 unit; of NaN, that there is none. */
export function kindOf(code: number): number {
  if (code === NEWLINE) return KIND.newline;
  if (code > 127) return KIND.other;
  const small = code | 0x20;
  const isWord = (small >= 97 && small <= 122) || (code >= 48 && code <= 57) || code === UNDERSCORE;
  if (isWord) return KIND.word;
  return Number.isNaN(code) ? KIND.none : KIND.other;
}

export function setOf(places: Iterable<number>, width: number): Places {
  const set = new Uint32Array(width);
  for (const place of places) include(set, 0, place);
  return set;
}

/** Of sets that stand one after the other, the one that begins at `start`. */
export function includes(sets: Places, start: number, place: number): boolean {
  return ((sets[start + (place >>> LOG_BITS)] ?? 0) & (1 << place)) !== 0;
}

export function include(sets: Places, start: number, place: number): void {
  const at = start + (place >>> LOG_BITS);
  sets[at] = (sets[at] ?? 0) | (1 << place);
}

/** Whether two sets have a place in common. */
export function meet(set: Places, sets: Places, start: number): boolean {
  for (let each = 0; each < set.length; each += 1)
    if (((set[each] ?? 0) & (sets[start + each] ?? 0)) !== 0) return true;
  return false;
}

/** Adds to the set at `to` those of the fitting places that come before one of the set at `start`. */
export function stepBack({ before }: Border, sets: Places, start: number, to: number, fitting: Places): void {
  const width = fitting.length;
  for (let at = 0; at < width; at += 1) {
    let rest = sets[start + at] ?? 0;
    for (let group = at << (LOG_BITS - LOG_TOGETHER); rest !== 0; group += 1, rest >>>= TOGETHER) {
      const row = (group * SETS + (rest & (SETS - 1))) * width;
      for (let each = 0; each < width; each += 1)
        sets[to + each] = (sets[to + each] ?? 0) | (before[row + each] ?? 0);
    }
  }
  for (let each = 0; each < width; each += 1) sets[to + each] = (sets[to + each] ?? 0) & (fitting[each] ?? 0);
}

function bordersOf(
  prog: Program,
  steps: readonly Instruction[],
  places: ReadonlyMap<Instruction, number>,
  width: number,
): Pick<Expression, 'borderOf' | 'matchesEmpty'> {
  const asked = prog.inst.reduce((all, { op, arg }) => (op === OP.assertion ? all | arg : all), 0);
  const held = KINDS.flatMap((before) => KINDS.map((after) => heldBetween(before, after) & asked));
  const outs = [...steps.map(({ out }) => out), prog.start];
  const byHeld = new Map<number, Border>();
  const byKinds: (Border | undefined)[] = held.map(() => undefined);
  const borderBy = (holds: number): Border => {
    const next = outs.map((from) => nextOf(prog, places, from, holds));
    return { next, first: setOf(next.at(-1) ?? [], width), before: beforeOf(next, width) };
  };
  return {
    matchesEmpty: held.some((holds) => nextOf(prog, places, prog.start, holds).includes(steps.length)),
    borderOf(before, after) {
      const kinds = before * KINDS.length + after;
      const holds = held[kinds] ?? 0;
      const border = byKinds[kinds] ?? byHeld.get(holds) ?? borderBy(holds);
      byHeld.set(holds, border);
      return (byKinds[kinds] = border);
    },
  };
}

/** The places that come next from an instruction on, in order; what holds there decides on assertions. */
function nextOf(
  { inst }: Program,
  places: ReadonlyMap<Instruction, number>,
  from: number,
  holds: number,
): Uint16Array {
  const seen = new Set<number>();
  const found: number[] = [];
  const waiting = [from];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const step = inst[at];
    if (step === undefined || seen.has(at)) continue;
    seen.add(at);
    const { op, out, arg } = step;
    const place = op === OP.match ? places.size : places.get(step);
    if (place !== undefined) found.push(place);
    else if (op === OP.alternative || op === OP.alternativeMatch) waiting.push(arg, out);
    else if (op === OP.capture || op === OP.nothing) waiting.push(out);
    else if (op === OP.assertion && (arg & ~holds) === 0) waiting.push(out);
  }
  return Uint16Array.from(found);
}

/** The same turned around, for whole sets. */
function beforeOf(next: readonly Uint16Array[], width: number): Places {
  const before = new Uint32Array(((width * BITS) / TOGETHER) * SETS * width);
  for (const [place, after] of next.slice(0, -1).entries()) {
    for (const each of after) {
      const set = Math.floor(each / TOGETHER) * SETS + (1 << (each % TOGETHER));
      include(before, set * width, place);
    }
  }
  // a set of several is the one of its lowest place and the one of all others
  for (let set = 0; set < before.length / width; set += 1) {
    const members = set % SETS;
    const lowest = members & -members;
    if (members === lowest) continue;
    const [one, others] = [set - members + lowest, set - lowest];
    for (let at = 0; at < width; at += 1)
      before[set * width + at] = (before[one * width + at] ?? 0) | (before[others * width + at] ?? 0);
  }
  return before;
}

function heldBetween(before: number, after: number): number {
  let held = (before === KIND.word) === (after === KIND.word) ? ASKED.noWordBorder : ASKED.wordBorder;
  if (before === KIND.none) held |= ASKED.beginText | ASKED.beginLine;
  if (before === KIND.newline) held |= ASKED.beginLine;
  if (after === KIND.none) held |= ASKED.endText | ASKED.endLine;
  if (after === KIND.newline) held |= ASKED.endLine;
  return held;
}

function takes(step: Instruction, rune: number): boolean {
  if (step.op === OP.any) return true;
  return step.op === OP.anyButNewline ? rune !== NEWLINE : step.matchRune(rune);
}
