/**
 * The tokens of a full run by block, each block sorted: by token, and the newest place first. Guarantees: the order is the
 * same every time. Tokens are sorted by their bits (a radix sort), in time that depends on nothing but how many there are.
 */
import { setImmediate } from 'node:timers/promises';
import { TOKEN_BYTES } from '../sealing/index.ts';
import { BLOCKS, REST_BITS, type Pairs } from './block.ts';
import type { Run } from './run.ts';

/** Tokens that are looked at between two turns of other work: a millisecond or less. */
const SLICE_TOKENS = 65_536;

/** A rest is sorted by so many bits at a time. */
const DIGIT_BITS = 10;
const DIGITS = 2 ** DIGIT_BITS;

export interface RunBlocks {
  /** The pairs of a block, in memory that the next one is given as well; none where no entry has such a token. */
  sorted(block: number): Pairs;
}

/** Other work has its turn in between. Rejects once stopped. */
export async function blocksOf(run: Run, signal: AbortSignal): Promise<RunBlocks> {
  const begins = new Uint32Array(BLOCKS + 1);
  await eachEntry(run, signal, (tokens) => {
    for (let at = 0; at < tokens.length; at += TOKEN_BYTES) {
      const block = blockAt(tokens, at);
      begins[block + 1] = (begins[block + 1] ?? 0) + 1;
    }
  });
  for (let block = 0; block < BLOCKS; block += 1)
    begins[block + 1] = (begins[block + 1] ?? 0) + (begins[block] ?? 0);
  const next = begins.slice();
  const all: Pairs = {
    rests: new Uint32Array(run.tokenCount),
    places: new Uint16Array(run.tokenCount),
  };
  await eachEntry(run, signal, (tokens, place) => {
    for (let at = 0; at < tokens.length; at += TOKEN_BYTES) {
      const block = blockAt(tokens, at);
      const to = next[block] ?? 0;
      all.rests[to] = restAt(tokens, at);
      all.places[to] = place;
      next[block] = to + 1;
    }
  });
  const sorter = new Sorter();
  return {
    sorted(block) {
      const [from, to] = [begins[block] ?? 0, begins[block + 1] ?? 0];
      return sorter.sort({ rests: all.rests.subarray(from, to), places: all.places.subarray(from, to) });
    },
  };
}

/** The newest entry first: a sort that leaves what is the same in its order keeps it so. */
async function eachEntry(
  run: Run,
  signal: AbortSignal,
  told: (tokens: Uint8Array, place: number) => void,
): Promise<void> {
  let gone = 0;
  for (let place = run.to - run.from - 1; place >= 0; place -= 1) {
    const tokens = run.tokensAt(place);
    told(tokens, place);
    gone += tokens.length / TOKEN_BYTES;
    if (gone < SLICE_TOKENS) continue;
    gone = 0;
    await setImmediate(undefined, { signal });
  }
}

function blockAt(tokens: Uint8Array, at: number): number {
  return ((tokens[at] ?? 0) << 2) | ((tokens[at + 1] ?? 0) >> 6);
}

function restAt(tokens: Uint8Array, at: number): number {
  const high = ((tokens[at + 1] ?? 0) & 0x3f) << 24;
  return high | ((tokens[at + 2] ?? 0) << 16) | ((tokens[at + 3] ?? 0) << 8) | (tokens[at + 4] ?? 0);
}

/** Sorts one block after the other in the same memory. */
class Sorter {
  readonly #counts = new Uint32Array(DIGITS);
  #one: Pairs = { rests: new Uint32Array(0), places: new Uint16Array(0) };
  #other: Pairs = this.#one;

  sort(pairs: Pairs): Pairs {
    const { length } = pairs.rests;
    if (this.#one.rests.length < length) {
      const room = (): Pairs => ({ rests: new Uint32Array(2 * length), places: new Uint16Array(2 * length) });
      [this.#one, this.#other] = [room(), room()];
    }
    let from = pairs;
    let to = this.#one;
    for (let shift = 0; shift < REST_BITS; shift += DIGIT_BITS) {
      this.#sortBy(shift, from, to, length);
      [from, to] = [to, to === this.#one ? this.#other : this.#one];
    }
    return { rests: from.rests.subarray(0, length), places: from.places.subarray(0, length) };
  }

  #sortBy(shift: number, from: Pairs, to: Pairs, length: number): void {
    const counts = this.#counts.fill(0);
    const { rests, places } = from;
    for (let at = 0; at < length; at += 1) {
      const digit = ((rests[at] ?? 0) >>> shift) & (DIGITS - 1);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const count = counts[digit] ?? 0;
      counts[digit] = sum;
      sum += count;
    }
    for (let at = 0; at < length; at += 1) {
      const rest = rests[at] ?? 0;
      const digit = (rest >>> shift) & (DIGITS - 1);
      const place = counts[digit] ?? 0;
      counts[digit] = place + 1;
      to.rests[place] = rest;
      to.places[place] = places[at] ?? 0;
    }
  }
}
