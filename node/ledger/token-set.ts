/**
 * Collects the tokens of one message at a time and writes them as its header has them: ascending, each once, big-endian.
 * All in the same memory: to have some of its own for each message costs more than all else.
 */
import { MAX_TEXT_BYTES } from '../../protocol/message/index.ts';
import { TOKEN_BYTES } from '../sealing/index.ts';

/** Of one message: the longest text in Chinese has a word and a pair for every three bytes, and nearly all are told apart. */
export const MAX_TOKENS: number = 0.75 * MAX_TEXT_BYTES;

/** Up to so many are sorted here, a call of the engine's sort takes as long as that; it is the faster for more. */
const FEW = 256;

/** Tokens are hashes: by their first six bits a few fall into each place. */
const PLACES = 64;
const PLACE = 2 ** 34;

const LOW = 2 ** 32;

export class TokenSet {
  static readonly #found = new Float64Array(MAX_TOKENS);
  static readonly #sorted = new Float64Array(FEW);
  /** Where the next token of each place goes. */
  static readonly #next = new Uint16Array(PLACES + 1);
  #count = 0;

  /** More than {@link MAX_TOKENS} are left out. */
  add(token: number): void {
    TokenSet.#found[this.#count] = token;
    if (this.#count < MAX_TOKENS) this.#count += 1;
  }

  encode(): Uint8Array {
    const sorted = this.#count > FEW ? TokenSet.#found.subarray(0, this.#count).sort() : this.#sortFew();
    const bytes = Buffer.allocUnsafe(this.#count * TOKEN_BYTES);
    let at = 0;
    let last = -1;
    for (let index = 0; index < this.#count; index += 1) {
      const token = sorted[index] ?? 0;
      if (token === last) continue;
      last = token;
      const low = token | 0;
      bytes[at] = token / LOW;
      bytes[at + 1] = low >> 24;
      bytes[at + 2] = low >> 16;
      bytes[at + 3] = low >> 8;
      bytes[at + 4] = low;
      at += TOKEN_BYTES;
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, at);
  }

  /** Puts each where those of its first bits go, and then in front of the greater ones that are there. */
  #sortFew(): Float64Array {
    const found = TokenSet.#found;
    const sorted = TokenSet.#sorted;
    const next = TokenSet.#next.fill(0);
    for (let at = 0; at < this.#count; at += 1) {
      const after = (((found[at] ?? 0) / PLACE) | 0) + 1;
      next[after] = (next[after] ?? 0) + 1;
    }
    for (let place = 1; place < PLACES; place += 1) next[place] = (next[place] ?? 0) + (next[place - 1] ?? 0);
    for (let at = 0; at < this.#count; at += 1) {
      const token = found[at] ?? 0;
      const place = (token / PLACE) | 0;
      const to = next[place] ?? 0;
      sorted[to] = token;
      next[place] = to + 1;
    }
    for (let at = 1; at < this.#count; at += 1) {
      const token = sorted[at] ?? 0;
      let to = at;
      for (; to > 0 && (sorted[to - 1] ?? 0) > token; to -= 1) sorted[to] = sorted[to - 1] ?? 0;
      sorted[to] = token;
    }
    return sorted;
  }
}
