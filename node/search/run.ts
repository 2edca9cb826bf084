/**
 * A run of entries that follow each other, with the tokens of each, in memory. Guarantees: where a run ends depends on the
 * log alone, so every copy of an archive, and every time its index is made anew, comes to the same runs.
 */
import { TOKEN_BYTES } from '../sealing/index.ts';

/** Entries of a run: a place in it takes 14 bits. */
export const RUN_ENTRIES = 16_384;

/** Tokens after which a run ends all the same, in which texts are long: 10 MB of memory. */
const RUN_TOKENS = 2_097_152;

/** Bytes of tokens that there is room for at first. */
const FIRST_CAPACITY = 65_536 * TOKEN_BYTES;

const LOW = 2 ** 32;

/** Where a run ends. The same for an archive for ever; smaller ones are for tests. */
export interface RunLimits {
  readonly entries: number;
  readonly tokens: number;
}

export const RUN_LIMITS: RunLimits = { entries: RUN_ENTRIES, tokens: RUN_TOKENS };

export class Run {
  /** Its first sequence number. */
  readonly from: number;
  /** The tokens of each entry as its header has them: ascending, each once, big-endian. */
  #tokens = new Uint8Array(FIRST_CAPACITY);
  /** Where the tokens of each entry end. */
  readonly #ends: Uint32Array;
  readonly #limits: RunLimits;
  #count = 0;
  /** Tokens that it was given, also those that are gone: it does not begin to grow again. */
  #given = 0;

  constructor(from: number, limits: RunLimits) {
    this.from = from;
    this.#ends = new Uint32Array(limits.entries);
    this.#limits = limits;
  }

  /** The sequence number after its last. */
  get to(): number {
    return this.from + this.#count;
  }

  get tokenCount(): number {
    return this.#endOf(this.#count - 1) / TOKEN_BYTES;
  }

  get isFull(): boolean {
    return this.#count === this.#limits.entries || this.#given >= this.#limits.tokens;
  }

  /** Adds the next entry, with its tokens as a header has them. */
  add(tokens: Uint8Array | undefined): void {
    let end = this.#endOf(this.#count - 1);
    if (tokens !== undefined) {
      const needed = end + tokens.length;
      if (needed > this.#tokens.length) this.#grow(needed);
      this.#tokens.set(tokens, end);
      this.#given += tokens.length / TOKEN_BYTES;
      end = needed;
    }
    this.#ends[this.#count] = end;
    this.#count += 1;
  }

  /** Entries of it that were disposed of have no tokens any more. */
  forget(sequences: readonly number[]): void {
    const gone = new Set(sequences);
    let [from, to] = [0, 0];
    for (let place = 0; place < this.#count; place += 1) {
      const end = this.#endOf(place);
      if (!gone.has(this.from + place)) {
        this.#tokens.copyWithin(to, from, end);
        to += end - from;
      }
      this.#ends[place] = to;
      from = end;
    }
    this.#tokens.fill(0, to, from);
  }

  /** The tokens of an entry, big-endian one after the other. */
  tokensAt(place: number): Uint8Array {
    return this.#tokens.subarray(this.#endOf(place - 1), this.#endOf(place));
  }

  /** The places of the entries that have a token, the newest first. */
  places(token: number): Uint16Array {
    const found = new Uint16Array(this.#count);
    const high = Math.floor(token / LOW);
    const low = token >>> 0;
    let length = 0;
    for (let place = this.#count - 1; place >= 0; place -= 1)
      if (this.#has(high, low, this.#endOf(place - 1), this.#endOf(place))) found[length++] = place;
    return found.slice(0, length);
  }

  #has(high: number, low: number, from: number, to: number): boolean {
    const bytes = this.#tokens;
    let [first, end] = [from, to];
    while (first < end) {
      const middle = from + TOKEN_BYTES * Math.floor((first + end - 2 * from) / (2 * TOKEN_BYTES));
      const [topOf, restOf] = [bytes[middle] ?? 0, restAt(bytes, middle)];
      if (topOf < high || (topOf === high && restOf < low)) first = middle + TOKEN_BYTES;
      else end = middle;
    }
    return first < to && bytes[first] === high && restAt(bytes, first) === low;
  }

  #endOf(place: number): number {
    return place < 0 ? 0 : (this.#ends[place] ?? 0);
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.#tokens.length));
    larger.set(this.#tokens);
    this.#tokens = larger;
  }
}

/** The low 32 bits of the token that is written there. */
function restAt(bytes: Uint8Array, at: number): number {
  const [second = 0, third = 0, fourth = 0, last = 0] = [
    bytes[at + 1],
    bytes[at + 2],
    bytes[at + 3],
    bytes[at + 4],
  ];
  return ((second << 24) | (third << 16) | (fourth << 8) | last) >>> 0;
}
