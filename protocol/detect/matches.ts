/**
 * All matches of an expression: those that a search from left to right finds one after the other, of several at one
 * place the one that Perl prefers. Guarantees: a text is gone through once from its end, to know what of the expression
 * can still lead to a match, and once from its beginning, along the matches; so time is linear in the text whatever the
 * expression and however many matches, and what a character takes is bounded by the expression's size. After A. Frisch
 * and L. Cardelli, Greedy Regular Expression Matching (ICALP 2004).
 */
import {
  include,
  includes,
  kindOf,
  meet,
  setOf,
  stepBack,
  type Expression,
  type Places,
} from './expression.ts';
import { NOTHING, type Span } from './found.ts';

/** UTF-16 units for which sets are kept. Of a longer text they are worked out a second time where it has matches. */
const BLOCK = 65_536;

const HIGH = 0xd800;
const LOW = 0xdc00;
const SURROGATES = 0x400;

/** A part of a text, and the set at its end. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly last: Places;
}

/** The matches of an expression that never matches the empty string; after `most` of them the rest is part of the last. */
export function matchesIn(expression: Expression, text: string, most: number): readonly Span[] {
  const { outside, borderOf } = expression;
  if (!expression.mayMatch(text)) return NOTHING;
  const ahead = new Ahead(expression, text);
  let spans: Span[] | undefined;
  for (let start = ahead.beginsFrom(0); start >= 0;) {
    let at = start;
    for (let place = outside; ;) {
      const { next } = borderOf(kindOf(text.charCodeAt(at - 1)), kindOf(text.charCodeAt(at)));
      place = ahead.firstOf(next[place] ?? NOTHING, at);
      if (place === outside) break;
      at += isPair(text, at) ? 2 : 1;
    }
    spans ??= [];
    spans.push({ start, end: spans.length + 1 < most ? at : text.length });
    if (spans.length === most) break;
    start = ahead.beginsFrom(at);
  }
  return spans ?? NOTHING;
}

/** What there is of matches after each place of a text. */
class Ahead {
  readonly #expression: Expression;
  readonly #text: string;
  /** By place: 1 where a match begins. */
  readonly #begins: Uint8Array;
  /** For each place in the block and its end, one after the other, the set of what comes next and leads to a match's end. */
  readonly #sets: Places;
  /** Those to come, the next one last. */
  readonly #blocks: Block[] = [];
  #block: Block;

  constructor(expression: Expression, text: string) {
    const { width, outside } = expression;
    this.#expression = expression;
    this.#text = text;
    this.#begins = new Uint8Array(text.length + 1);
    this.#sets = new Uint32Array((Math.min(text.length, BLOCK + 1) + 1) * width);
    this.#block = { from: text.length, to: text.length, last: setOf([outside], width) };
    while (this.#block.from > 0) {
      const to = this.#block.from;
      const last = to === text.length ? this.#block.last : this.#sets.slice(0, width);
      const from = Math.max(0, to - BLOCK);
      this.#turnTo({ from: isPair(text, from - 1) ? from - 1 : from, to, last });
      this.#blocks.push(this.#block);
    }
  }

  /** The first place from here on where a match begins, -1 where none does. */
  beginsFrom(at: number): number {
    return this.#begins.indexOf(1, at);
  }

  /** The first of the given places that leads to a match's end; never asked of a place before the last one asked of. */
  firstOf(places: ArrayLike<number>, at: number): number {
    if (at > this.#block.to) {
      let block = this.#blocks.pop();
      while (block !== undefined && at > block.to) block = this.#blocks.pop();
      if (block !== undefined) this.#turnTo(block);
    }
    const start = (at - this.#block.from) * this.#expression.width;
    for (let each = 0; each < places.length; each += 1) {
      const place = places[each] ?? 0;
      if (includes(this.#sets, start, place)) return place;
    }
    return this.#expression.outside;
  }

  /** Works out the sets of a block, from the one at its end. */
  #turnTo(block: Block): void {
    const { from, to, last } = block;
    const { width, outside, borderOf, fitting } = this.#expression;
    const [text, sets] = [this.#text, this.#sets];
    this.#block = block;
    sets.set(last, (to - from) * width);
    let after = kindOf(text.charCodeAt(to));
    for (let at = to; at >= from;) {
      const code = text.charCodeAt(at - 1);
      const before = kindOf(code);
      const border = borderOf(before, after);
      const start = (at - from) * width;
      if (meet(border.first, sets, start)) this.#begins[at] = 1;
      if (at === from) break;
      const size = isPair(text, at - 2) ? 2 : 1;
      const fits = fitting(size === 2 ? (text.codePointAt(at - 2) ?? 0) : code);
      for (let each = start - size * width; each < start; each += 1) sets[each] = 0;
      if (fits !== null) stepBack(border, sets, start, start - size * width, fits);
      include(sets, start - size * width, outside);
      at -= size;
      after = before;
    }
  }
}

/** Whether a surrogate pair begins here. */
function isPair(text: string, at: number): boolean {
  const isHigh = isSurrogate(text.charCodeAt(at), HIGH);
  return isHigh && isSurrogate(text.charCodeAt(at + 1), LOW);
}

function isSurrogate(code: number, first: number): boolean {
  return code >= first && code < first + SURROGATES;
}
