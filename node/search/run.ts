/**
 * A run of entries that follow each other, with the tokens of each, in memory. Guarantees: where a run ends depends on the
 * log alone, so every copy of an archive, and every time its index is made anew, comes to the same runs.
 */
import { TOKEN_BYTES } from '../sealing/index.ts';

/** Entries of a run: a place in it takes 14 bits. */
export const RUN_ENTRIES = 16_384;

/** Tokens after which a run ends all the same, in which texts are long: 16 MB of memory. */
const RUN_TOKENS = 2_097_152;

const FIRST_CAPACITY = 65_536;

/** Where a run ends. The same for an archive for ever; smaller ones are for tests. */
export interface RunLimits {
  readonly entries: number;
  readonly tokens: number;
}

export const RUN_LIMITS: RunLimits = { entries: RUN_ENTRIES, tokens: RUN_TOKENS };

export class Run {
  /** Its first sequence number. */
  readonly from: number;
  #tokens = new Float64Array(FIRST_CAPACITY);
  /** Where the tokens of each entry end. */
  readonly #ends = new Uint32Array(RUN_ENTRIES);
  readonly #limits: RunLimits;
  #count = 0;

  constructor(from: number, limits: RunLimits) {
    this.from = from;
    this.#limits = limits;
  }

  /** The sequence number after its last. */
  get to(): number {
    return this.from + this.#count;
  }

  get tokenCount(): number {
    return this.#endOf(this.#count - 1);
  }

  get isFull(): boolean {
    return this.#count === this.#limits.entries || this.tokenCount >= this.#limits.tokens;
  }

  /** Adds the next entry, with its tokens as a header has them: ascending, each once. */
  add(tokens: Uint8Array | undefined): void {
    let end = this.tokenCount;
    const { length = 0 } = tokens ?? {};
    const needed = end + length / TOKEN_BYTES;
    if (needed > this.#tokens.length) this.#grow(needed);
    for (let at = 0; tokens !== undefined && at < length; at += TOKEN_BYTES) {
      this.#tokens[end] = tokenAt(tokens, at);
      end += 1;
    }
    this.#ends[this.#count] = end;
    this.#count += 1;
  }

  /** Tells each token with the place of its entry in the run, from one entry on, until so many were told; where to go on. */
  tell(fromPlace: number, atLeast: number, told: (token: number, place: number) => void): number {
    let at = this.#endOf(fromPlace - 1);
    const enough = at + atLeast;
    let place = fromPlace;
    for (; place < this.#count && at < enough; place += 1)
      for (const end = this.#endOf(place); at < end; at += 1) told(this.#tokens[at] ?? 0, place);
    return place;
  }

  /** The places of the entries that have a token, the newest first. */
  places(token: number): Uint16Array {
    const found = new Uint16Array(this.#count);
    let length = 0;
    for (let place = this.#count - 1; place >= 0; place -= 1)
      if (this.#has(token, this.#endOf(place - 1), this.#endOf(place))) found[length++] = place;
    return found.subarray(0, length);
  }

  #has(token: number, from: number, to: number): boolean {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tokens[middle] ?? 0) < token) low = middle + 1;
      else high = middle;
    }
    return low < to && this.#tokens[low] === token;
  }

  #endOf(place: number): number {
    return place < 0 ? 0 : (this.#ends[place] ?? 0);
  }

  #grow(needed: number): void {
    const larger = new Float64Array(Math.max(needed, 2 * this.#tokens.length));
    larger.set(this.#tokens);
    this.#tokens = larger;
  }
}

function tokenAt(bytes: Uint8Array, at: number): number {
  const [high = 0, second = 0] = [bytes[at], bytes[at + 1]];
  const low =
    (second << 24) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
  return high * 2 ** 32 + (low >>> 0);
}
