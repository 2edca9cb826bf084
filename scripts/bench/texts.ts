/**
 * Texts with words as often as in a language: few everywhere, most of them rare, some of them numbers that come once. The
 * same with the same seed. Who writes them, and where, is as uneven.
 */

/** Different words, but for the numbers. */
const WORDS = 100_000;

/** One in so many words is a number. */
const NUMBER_EVERY = 40;

const SYLLABLES = 'ba ke lo mi su tra ven gor pil den sha rou cha ti na ri'.split(' ');

export class Texts {
  readonly #words: readonly string[];
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
    this.#words = Array.from({ length: WORDS }, (_, at) => wordOf(at));
  }

  /** At least 0, below 1. */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0; // mulberry32
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below `count`, the small ones more often (Zipf's law). */
  uneven(count: number): number {
    return Math.min(count - 1, Math.floor(Math.exp(this.random() * Math.log(count + 1))) - 1);
  }

  word(rank: number = this.uneven(WORDS)): string {
    return this.#words[rank] ?? '';
  }

  /** Words up to so many characters. */
  text(length: number): string {
    let text = '';
    while (text.length < length) {
      const isNumber = this.random() * NUMBER_EVERY < 1;
      text += `${isNumber ? Math.floor(this.random() * 1_000_000) : this.word()} `;
    }
    return text.trimEnd();
  }
}

/** The longer the rarer, and each another one. */
function wordOf(rank: number): string {
  let word = '';
  for (let rest = rank + 16; rest > 0; rest = Math.floor(rest / 16)) word += SYLLABLES[rest % 16] ?? '';
  return word;
}
