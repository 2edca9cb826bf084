/**
 * A text that a regular expression matches, derived from how it is written: the first of alternatives, as few repetitions as
 * it allows. Guarantees: what it does not understand it does not guess; how the text reads is for who asked to check.
 */

/** Characters of an example: a message holds far more, and a pattern that asks for thousands is no pattern for people. */
const MAX_LENGTH = 2_048;

/** What stands for a class of characters. */
const CLASSES: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', S: 'a', W: '-' };

/** Escapes that stand for no character. */
const PLACES = 'bBAz';

const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };

/** Undefined where the expression has something in it that is not understood. */
export function exampleOf(pattern: string): string | undefined {
  try {
    const reader = new Reader(pattern);
    const text = reader.alternatives();
    return reader.isAtEnd && text.length <= MAX_LENGTH ? text : undefined;
  } catch (error) {
    if (error instanceof Misunderstood) return undefined;
    throw error;
  }
}

class Misunderstood extends Error {}

class Reader {
  readonly #pattern: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = Array.from(pattern);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#pattern.length;
  }

  get #next(): string {
    return this.#pattern[this.#at] ?? '';
  }

  #take(): string {
    const character = this.#next;
    if (character === '') throw new Misunderstood();
    this.#at += 1;
    return character;
  }

  #skip(text: string): boolean {
    if (
      !this.#pattern
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    this.#at += text.length;
    return true;
  }

  /** The first alternative; the others are read over. */
  alternatives(): string {
    const first = this.#sequence();
    while (this.#skip('|')) this.#sequence();
    return first;
  }

  #sequence(): string {
    let text = '';
    while (!this.isAtEnd && this.#next !== '|' && this.#next !== ')') {
      const one = this.#one();
      const times = this.#times();
      if (one.length * times + text.length > MAX_LENGTH) throw new Misunderstood();
      text += one.repeat(times);
    }
    return text;
  }

  #one(): string {
    const character = this.#take();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      case '^':
      case '$':
        return '';
      case '.':
        return 'a';
      case '{':
      case '*':
      case '+':
      case '?':
        throw new Misunderstood();
      default:
        return character;
    }
  }

  #group(): string {
    if (this.#skip('?')) {
      if (this.#skip('P<') || (this.#next === '<' && this.#skip('<'))) {
        while (this.#take() !== '>');
      } else {
        let flags = '';
        while (/[ims-]/.test(this.#next)) flags += this.#take();
        if (flags !== '' && this.#skip(')')) return '';
        if (!this.#skip(':')) throw new Misunderstood();
      }
    }
    const text = this.alternatives();
    if (!this.#skip(')')) throw new Misunderstood();
    return text;
  }

  #escape(): string {
    const character = this.#take();
    const known = CLASSES[character] ?? CONTROL[character];
    if (known !== undefined) return known;
    if (PLACES.includes(character)) return '';
    if (/[A-Za-z0-9]/.test(character)) throw new Misunderstood();
    return character;
  }

  /** The first character of a class; of one that is negated, one that it does not name. */
  #class(): string {
    const isNegated = this.#skip('^');
    const named: string[] = [];
    const ranges: [string, string][] = [];
    do {
      if (this.#next === '[') throw new Misunderstood(); // a class by name
      const from = this.#skip('\\') ? this.#escape() : this.#take();
      if (this.#next === '-' && this.#pattern[this.#at + 1] !== ']') {
        this.#take();
        ranges.push([from, this.#skip('\\') ? this.#escape() : this.#take()]);
      } else named.push(from);
    } while (!this.#skip(']'));
    if (!isNegated) return named[0] ?? ranges[0]?.[0] ?? '';
    const isNamed = (one: string): boolean =>
      named.includes(one) || ranges.some(([from, to]) => from <= one && one <= to);
    const other = Array.from('a1-Z _#').find((one) => !isNamed(one));
    if (other === undefined) throw new Misunderstood();
    return other;
  }

  /** How often what came before is said. */
  #times(): number {
    let times = 1;
    if (this.#skip('*') || this.#skip('?')) times = 0;
    else if (this.#skip('{')) {
      let written = '';
      while (this.#next !== '}') written += this.#take();
      this.#take();
      const least = /^(\d{1,4})(?:,\d{0,4})?$/.exec(written)?.[1];
      if (least === undefined) throw new Misunderstood();
      times = Number(least);
    } else this.#skip('+');
    this.#skip('?'); // as few as it allows, anyway
    return times;
  }
}
