/**
 * Reads the durable part of the log: entries, contents, and proofs about them. Guarantees: an entry is returned only if
 * the tree has its leaf, and what is stored for it only if it is byte for byte what the entry says; anything else throws
 * `archive.damaged` and names the sequence number.
 */
import { equals } from 'uint8arrays/equals';
import { commitTo, type Entry, type EntryKind } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  emptyRoot,
  HASH_BYTES,
  hashesAtLevel,
  hashInTile,
  joinTile,
  proveConsistency,
  proveInclusion,
  readFromTiles,
  TILE_WIDTH,
  tileSpan,
  treeRoot,
  type HashReader,
} from '../../protocol/merkle/index.ts';
import type { StoredRecord } from './adoption.ts';
import { decodeContent, type SaltedContent } from './content.ts';
import { contentKey, contentRange, entryKey, entryRange, sequenceOf, tileKey } from './keys.ts';
import type { LogState } from './load.ts';
import { decodeStoredEntry, storedEntryBytes } from './stored-entry.ts';
import type { Range, Store } from './store.ts';

/** One read returns at most so many records: some milliseconds of work. */
const READ_ENTRIES_MAX = 1024;

/** And stops after so many bytes of content, so that a read of large records does not fill the memory. */
const READ_BYTES_MAX = 8 * 1024 * 1024;

/** A read of stored records ends here: they fit one frame of a replica and, with their views, one batch. */
const STORED_BYTES_MAX = 256 * 1024;

const NOTHING = new Uint8Array(0);

/** A durable entry with its content. */
export interface LogRecord {
  readonly sequence: number;
  readonly kind: EntryKind;
  /** Receipt time in milliseconds since 1970. */
  readonly time: number;
  readonly content: Uint8Array;
}

/** An entry that is in the tree, its bytes, and what is stored for it once that was looked at. */
interface Proven {
  readonly sequence: number;
  readonly entry: Entry;
  readonly bytes: Uint8Array;
  stored?: SaltedContent;
}

export class LogReader {
  readonly #store: Store;
  readonly #sha256: Sha256;
  readonly state: LogState;
  /** Header, content and time of an entry are mostly asked for one after the other. */
  #last: Proven | undefined;
  #leaves: { readonly index: number; readonly hashes: Uint8Array } | undefined;

  constructor(store: Store, sha256: Sha256, state: LogState) {
    this.#store = store;
    this.#sha256 = sha256;
    this.state = state;
  }

  entry(sequence: number): Entry | undefined {
    return this.#holds(sequence) ? this.#proven(sequence).entry : undefined;
  }

  entryBytes(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#proven(sequence).bytes : undefined;
  }

  content(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#opened(sequence).content : undefined;
  }

  salt(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#opened(sequence).salt : undefined;
  }

  header(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#opened(sequence).header : undefined;
  }

  /** Ends before a record that is damaged; throws where that is the first. */
  async read(from: number, limit: number): Promise<LogRecord[]> {
    const to = Math.min(this.state.head.size, from + Math.min(limit, READ_ENTRIES_MAX));
    if (to <= from) return [];
    const contents = await this.#run(contentRange(from, to), from, READ_BYTES_MAX);
    const entries = await this.#run(entryRange(from, from + contents.length), from, Infinity);
    const records: LogRecord[] = [];
    try {
      for (const [at, stored] of entries.entries()) {
        const proven = this.#check(from + at, stored);
        const { content } = this.#open(proven, contents[at]);
        records.push({ sequence: from + at, kind: proven.entry.kind, time: proven.entry.time, content });
      }
    } catch (error) {
      if (records.length === 0) throw error;
    }
    if (records.length > 0) return records;
    // what comes first may be missing, or lie where the database cannot read on: asked for alone, that is told
    const { kind, time } = this.#proven(from).entry;
    return [{ sequence: from, kind, time, content: this.#opened(from).content }];
  }

  /** Records as they are stored. Ends before one that is damaged; throws where that is the first. */
  async records(from: number, limit: number): Promise<StoredRecord[]> {
    const to = Math.min(this.state.head.size, from + Math.min(limit, READ_ENTRIES_MAX));
    if (to <= from) return [];
    const contents = await this.#run(contentRange(from, to), from, STORED_BYTES_MAX);
    const entries = await this.#run(entryRange(from, from + contents.length), from, Infinity);
    const records: StoredRecord[] = [];
    try {
      for (const [at, bytes] of entries.entries()) {
        const proven = this.#check(from + at, bytes);
        this.#open(proven, contents[at]);
        records.push({ entry: proven.bytes, stored: contents[at] ?? NOTHING });
      }
    } catch (error) {
      if (records.length === 0) throw error;
    }
    if (records.length === 0) this.#opened(from); // throws what is wrong with it
    return records;
  }

  inclusionProof(sequence: number, size: number): Uint8Array[] {
    if (!this.#counts(size) || !Number.isSafeInteger(sequence) || sequence < 0 || sequence >= size) {
      throw outside(`entry ${sequence} in a log of ${size}`, this.state.head.size);
    }
    return proveInclusion(this.#sha256, this.#hashes(), sequence, size);
  }

  consistencyProof(older: number, newer: number): Uint8Array[] {
    if (!this.#counts(older) || !this.#counts(newer) || older === 0 || older > newer) {
      throw outside(`a log of ${older} in one of ${newer}`, this.state.head.size);
    }
    return proveConsistency(this.#sha256, this.#hashes(), older, newer);
  }

  /** The root of the log as it was at a size. */
  rootAt(size: number): Uint8Array {
    if (!this.#counts(size)) throw outside(`the root of a log of ${size}`, this.state.head.size);
    return size === 0 ? emptyRoot(this.#sha256) : treeRoot(this.#sha256, this.#hashes(), size);
  }

  /** The first hashes of a tile, `width` of them; undefined where the log has fewer. */
  tile(level: number, index: number, width: number): Uint8Array | undefined {
    const known = hashesAtLevel(level, this.state.head.size);
    return index * TILE_WIDTH + width > known
      ? undefined
      : this.#tile(level, index).slice(0, width * HASH_BYTES);
  }

  #proven(sequence: number): Proven {
    if (this.#last?.sequence === sequence) return this.#last;
    this.#last = this.#check(sequence, this.#get(entryKey(sequence), sequence));
    return this.#last;
  }

  #opened(sequence: number): SaltedContent {
    const proven = this.#proven(sequence);
    return (proven.stored ??= this.#open(proven, this.#get(contentKey(sequence), sequence)));
  }

  /** An entry as it was stored, if the tree has its leaf. */
  #check(sequence: number, stored: Uint8Array | undefined): Proven {
    if (stored === undefined) throw damaged(sequence, 'the entry is missing');
    const decoded = decodeStoredEntry(this.#sha256, stored);
    if (!decoded.ok) throw damaged(sequence, decoded.refusal.message);
    const { entry, leafHash } = decoded.value;
    if (!equals(this.#leafInTree(sequence), leafHash)) {
      throw damaged(sequence, 'the tree has another leaf in its place');
    }
    return { sequence, entry, bytes: storedEntryBytes(stored) };
  }

  /** What is stored for an entry, if it is what the entry says. */
  #open({ sequence, entry }: Proven, stored: Uint8Array | undefined): SaltedContent {
    if (stored === undefined) throw damaged(sequence, 'the content is missing');
    if (!equals(this.#sha256(stored), entry.sealed)) {
      throw damaged(sequence, 'the content is not as it was stored');
    }
    const content = decodeContent(stored);
    if (content === undefined) throw damaged(sequence, 'its content is stored in an unknown form');
    if (!equals(commitTo(this.#sha256, content.salt, content.content), entry.commitment)) {
      throw damaged(sequence, 'the content is not what the entry commits to');
    }
    return content;
  }

  #leafInTree(sequence: number): Uint8Array {
    const index = Math.floor(sequence / TILE_WIDTH);
    if (this.#leaves?.index !== index) this.#leaves = { index, hashes: this.#tile(0, index) };
    return hashInTile(this.#leaves.hashes, sequence % TILE_WIDTH);
  }

  #get(key: Uint8Array, sequence: number): Uint8Array | undefined {
    try {
      return this.#store.getSync(key);
    } catch (cause) {
      throw damaged(sequence, 'the database cannot read it', cause);
    }
  }

  /** The values of a dense run from its first number on, as far as it is dense, readable and within `bytes`. */
  async #run(range: Range, from: number, bytes: number): Promise<Uint8Array[]> {
    const values: Uint8Array[] = [];
    let left = bytes;
    try {
      for await (const [key, value] of this.#store.iterate(range)) {
        if (sequenceOf(key) !== from + values.length || left <= 0) break;
        values.push(value);
        left -= value.length;
      }
    } catch {
      return values;
    }
    return values;
  }

  #hashes(): HashReader {
    return readFromTiles(this.#sha256, (level, index) => this.#tile(level, index));
  }

  #tile(level: number, index: number): Uint8Array {
    const { open, frontier } = this.state.tree;
    if (index === Math.floor(frontier.size / tileSpan(level + 1))) return joinTile(open[level] ?? []);
    const sequence = index * tileSpan(level + 1);
    const tile = this.#get(tileKey(level, index), sequence);
    if (tile?.length !== TILE_WIDTH * HASH_BYTES) throw damaged(sequence, 'a tile is missing or cut short');
    return tile;
  }

  #holds(sequence: number): boolean {
    return Number.isSafeInteger(sequence) && sequence >= 0 && sequence < this.state.head.size;
  }

  #counts(size: number): boolean {
    return Number.isSafeInteger(size) && size >= 0 && size <= this.state.head.size;
  }
}

function damaged(sequence: number, problem: string, cause?: unknown): ChanceryError {
  return new ChanceryError(
    'archive.damaged',
    `entry ${sequence} of the archive cannot be read: ${problem}; verify the archive and restore it from a copy`,
    { facts: { sequence }, cause },
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
