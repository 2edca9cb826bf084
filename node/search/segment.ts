/**
 * A full run as it is stored: its blocks under its first sequence number, and a row that says how far it goes and which
 * blocks there are. Guarantees: that row is written last, so what it names is there; a block that is missing is noticed.
 */
import { setImmediate } from 'node:timers/promises';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { decodeSequence, encodeSequence, type Ledger } from '../ledger/index.ts';
import { BLOCKS, blockOf, encodeBlock, PAIR_BYTES, placesIn, withoutPlaces } from './block.ts';
import { blocksOf } from './run-blocks.ts';
import type { Run } from './run.ts';

/** Bytes of rows that are written at once: a millisecond of the disk, so that no append waits long. */
const WRITE_BYTES = 256 * 1024;

/** Tokens that are sorted and written between two turns of other work: a millisecond or two. */
const SLICE_TOKENS = 32_768;

const SEQUENCE_BYTES = 8;
const NO_PLACES = new Uint16Array(0);

export class Segment {
  readonly from: number;
  /** The sequence number after its last. */
  readonly to: number;
  readonly #ledger: Ledger;
  /** A bit for each block that is there. */
  readonly #present: Uint8Array;

  private constructor(ledger: Ledger, from: number, to: number, present: Uint8Array) {
    this.from = from;
    this.to = to;
    this.#ledger = ledger;
    this.#present = present;
  }

  /** Those that are stored, from the first entry of the log on without a gap. Throws `archive.damaged`. */
  static async readAll(ledger: Ledger): Promise<Segment[]> {
    const segments: Segment[] = [];
    for await (const [key, value] of ledger.iterate(ledger.keys.within('searchSegment'))) {
      const from = decodeSequence(key);
      const to = decodeSequence(value.subarray(0, SEQUENCE_BYTES));
      if (from !== (segments.at(-1)?.to ?? 0) || to > ledger.log.size) break;
      segments.push(new Segment(ledger, from, to, value.slice(SEQUENCE_BYTES)));
    }
    return segments;
  }

  /** Stores a full run. Other work has its turn in between; ends early, with what was written of no effect, once stopped. */
  static async write(ledger: Ledger, run: Run, signal: AbortSignal): Promise<Segment> {
    const { from, to } = run;
    const present = new Uint8Array(BLOCKS / 8);
    const blocks = await blocksOf(run, signal);
    let [ops, bytes, turn]: [Op[], number, number] = [[], 0, 0];
    let space = new Uint8Array(0);
    for (let block = 0; block < BLOCKS; block += 1) {
      const pairs = blocks.sorted(block);
      const { length } = pairs.rests;
      if (length === 0) continue;
      if (space.length < length * PAIR_BYTES) space = new Uint8Array(2 * length * PAIR_BYTES);
      const value = encodeBlock(pairs, space);
      present[block >> 3] = (present[block >> 3] ?? 0) | (1 << (block & 7));
      ops.push({ type: 'put', key: ledger.keys.searchBlock(from, block), value });
      bytes += value.length;
      turn += length;
      if (bytes >= WRITE_BYTES) {
        await ledger.derive(ops, from);
        [ops, bytes] = [[], 0];
      }
      if (turn < SLICE_TOKENS) continue;
      turn = 0;
      await setImmediate(undefined, { signal });
    }
    const row = new Uint8Array(SEQUENCE_BYTES + present.length);
    row.set(encodeSequence(to));
    row.set(present, SEQUENCE_BYTES);
    if (ops.length > 0) await ledger.derive(ops, from);
    signal.throwIfAborted();
    await ledger.derive([{ type: 'put', key: ledger.keys.searchSegment(from), value: row }], from);
    return new Segment(ledger, from, to, present);
  }

  /** The places of the entries that have a token, the newest first. Throws `archive.damaged` where that is not as it was written. */
  places(token: number): Uint16Array {
    const block = blockOf(token);
    return this.#has(block) ? placesIn(this.#read(block), token) : NO_PLACES;
  }

  /**
   * Makes the blocks anew that have any of these entries, without them. Each is right by itself, so it can be broken off and
   * begun again. Other work has its turn in between. Throws `archive.damaged` like `places`.
   */
  async forget(sequences: readonly number[], signal: AbortSignal): Promise<void> {
    const ledger = this.#ledger;
    const gone = new Uint8Array(this.to - this.from);
    for (const sequence of sequences) gone[sequence - this.from] = 1;
    let [ops, bytes, turn]: [Op[], number, number] = [[], 0, 0];
    for (let block = 0; block < BLOCKS; block += 1) {
      const stored = this.#has(block) ? this.#read(block) : undefined;
      turn += stored?.length ?? 0;
      const value = stored && withoutPlaces(stored, (place) => gone[place] === 1);
      if (value !== undefined) {
        ops.push({ type: 'put', key: ledger.keys.searchBlock(this.from, block), value });
        bytes += value.length;
      }
      if (bytes >= WRITE_BYTES) {
        await ledger.derive(ops, this.from);
        [ops, bytes] = [[], 0];
      }
      if (turn < SLICE_TOKENS) continue;
      turn = 0;
      await setImmediate(undefined, { signal });
    }
    if (ops.length > 0) await ledger.derive(ops, this.from);
    signal.throwIfAborted();
    await ledger.log.purgeView({
      gte: ledger.keys.searchBlock(this.from, 0),
      lt: ledger.keys.searchBlock(this.from, BLOCKS),
    });
  }

  #has(block: number): boolean {
    return ((this.#present[block >> 3] ?? 0) & (1 << (block & 7))) !== 0;
  }

  #read(block: number): Uint8Array {
    try {
      const stored = this.#ledger.get(this.#ledger.keys.searchBlock(this.from, block));
      if (stored !== undefined) return stored;
    } catch (error) {
      if (!(error instanceof ChanceryError) || error.code !== 'archive.damaged') throw error;
    }
    throw new ChanceryError('archive.damaged', 'a part of the search index is damaged; try again', {
      facts: { from: this.from },
    });
  }
}
