/** Reads the durable part of the log: entries, contents, and proofs about them. */
import { decodeEntry, type Entry, type EntryKind } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  emptyRoot,
  HASH_BYTES,
  hashesAtLevel,
  joinTile,
  proveConsistency,
  proveInclusion,
  readFromTiles,
  TILE_WIDTH,
  tileSpan,
  treeRoot,
  type HashReader,
} from '../../protocol/merkle/index.ts';
import { decodeContent, type SaltedContent } from './content.ts';
import { contentKey, contentRange, entryKey, entryRange, sequenceOf, tileKey } from './keys.ts';
import type { LogState } from './load.ts';
import { storedEntryBytes } from './stored-entry.ts';
import type { Store } from './store.ts';

/** One read returns at most so many records: some milliseconds of work. */
const READ_ENTRIES_MAX = 1024;

/** And stops after so many bytes of content, so that a read of large records does not fill the memory. */
const READ_BYTES_MAX = 8 * 1024 * 1024;

/** A durable entry with its content. */
export interface LogRecord {
  readonly sequence: number;
  readonly kind: EntryKind;
  /** Receipt time in milliseconds since 1970. */
  readonly time: number;
  readonly content: Uint8Array;
}

export class LogReader {
  readonly #store: Store;
  readonly #sha256: Sha256;
  readonly #state: LogState;

  constructor(store: Store, sha256: Sha256, state: LogState) {
    this.#store = store;
    this.#sha256 = sha256;
    this.#state = state;
  }

  entry(sequence: number): Entry | undefined {
    const bytes = this.entryBytes(sequence);
    return bytes === undefined ? undefined : entryOf(sequence, bytes);
  }

  entryBytes(sequence: number): Uint8Array | undefined {
    if (!this.#holds(sequence)) return undefined;
    const stored = this.#store.getSync(entryKey(sequence));
    if (stored === undefined) throw damaged(sequence, 'the entry is missing');
    return storedEntryBytes(stored);
  }

  content(sequence: number): Uint8Array | undefined {
    return this.#stored(sequence)?.content;
  }

  header(sequence: number): Uint8Array | undefined {
    return this.#stored(sequence)?.header;
  }

  #stored(sequence: number): SaltedContent | undefined {
    if (!this.#holds(sequence)) return undefined;
    const stored = this.#store.getSync(contentKey(sequence));
    if (stored === undefined) throw damaged(sequence, 'the content is missing');
    return contentOf(sequence, stored);
  }

  async read(from: number, limit: number): Promise<LogRecord[]> {
    const to = Math.min(this.#state.head.size, from + Math.min(limit, READ_ENTRIES_MAX));
    const contents: Uint8Array[] = [];
    let bytes = 0;
    if (to > from) {
      for await (const [key, stored] of this.#store.iterate(contentRange(from, to))) {
        const sequence = expectNext(key, from + contents.length);
        contents.push(contentOf(sequence, stored).content);
        bytes += stored.length;
        if (bytes >= READ_BYTES_MAX) break;
      }
    }
    const records: LogRecord[] = [];
    if (contents.length === 0) return records;
    for await (const [key, stored] of this.#store.iterate(entryRange(from, from + contents.length))) {
      const sequence = expectNext(key, from + records.length);
      const { kind, time } = entryOf(sequence, storedEntryBytes(stored));
      records.push({ sequence, kind, time, content: contents[records.length] as Uint8Array });
    }
    return records;
  }

  inclusionProof(sequence: number, size: number): Uint8Array[] {
    if (!this.#counts(size) || !Number.isSafeInteger(sequence) || sequence < 0 || sequence >= size) {
      throw outside(`entry ${sequence} in a log of ${size}`, this.#state.head.size);
    }
    return proveInclusion(this.#sha256, this.#hashes(), sequence, size);
  }

  consistencyProof(older: number, newer: number): Uint8Array[] {
    if (!this.#counts(older) || !this.#counts(newer) || older === 0 || older > newer) {
      throw outside(`a log of ${older} in one of ${newer}`, this.#state.head.size);
    }
    return proveConsistency(this.#sha256, this.#hashes(), older, newer);
  }

  /** The root of the log as it was at a size. */
  rootAt(size: number): Uint8Array {
    if (!this.#counts(size)) throw outside(`the root of a log of ${size}`, this.#state.head.size);
    return size === 0 ? emptyRoot(this.#sha256) : treeRoot(this.#sha256, this.#hashes(), size);
  }

  /** The first hashes of a tile, `width` of them; undefined where the log has fewer. */
  tile(level: number, index: number, width: number): Uint8Array | undefined {
    const known = hashesAtLevel(level, this.#state.head.size);
    return index * TILE_WIDTH + width > known
      ? undefined
      : this.#tile(level, index).slice(0, width * HASH_BYTES);
  }

  #hashes(): HashReader {
    return readFromTiles(this.#sha256, (level, index) => this.#tile(level, index));
  }

  #tile(level: number, index: number): Uint8Array {
    const { open, frontier } = this.#state.tree;
    if (index === Math.floor(frontier.size / tileSpan(level + 1))) return joinTile(open[level] ?? []);
    const tile = this.#store.getSync(tileKey(level, index));
    if (tile === undefined) throw damaged(index * tileSpan(level + 1), 'a tile is missing');
    return tile;
  }

  #holds(sequence: number): boolean {
    return Number.isSafeInteger(sequence) && sequence >= 0 && sequence < this.#state.head.size;
  }

  #counts(size: number): boolean {
    return Number.isSafeInteger(size) && size >= 0 && size <= this.#state.head.size;
  }
}

function expectNext(key: Uint8Array, expected: number): number {
  if (sequenceOf(key) !== expected) throw damaged(expected, 'it is missing');
  return expected;
}

function entryOf(sequence: number, bytes: Uint8Array): Entry {
  const decoded = decodeEntry(bytes);
  if (!decoded.ok) throw damaged(sequence, decoded.refusal.message);
  return decoded.value;
}

function contentOf(sequence: number, stored: Uint8Array): SaltedContent {
  const decoded = decodeContent(stored);
  if (decoded === undefined) throw damaged(sequence, 'its content is stored in an unknown form');
  return decoded;
}

function damaged(sequence: number, problem: string): ChanceryError {
  return new ChanceryError(
    'archive.damaged',
    `entry ${sequence} of the archive cannot be read: ${problem}; verify the archive and restore it from a copy`,
    { facts: { sequence } },
  );
}

function outside(what: string, size: number): ChanceryError {
  return new ChanceryError(
    'request.invalid',
    `there is no proof of ${what}: the archive has ${size} entries`,
    {
      facts: { size },
    },
  );
}
