/**
 * Reads the durable part of the log: entries, contents, and proofs about them. Guarantees: an entry is returned only if
 * the tree has its leaf, and what is stored for it only if it is byte for byte what the entry says; anything else throws
 * `archive.damaged` and names the sequence number.
 */
import { equals } from 'uint8arrays/equals';
import {
  decodeProvenEntry,
  type Entry,
  type EntryKind,
  type OpenedContent,
} from '../../protocol/archive/index.ts';
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
import { Disposals, type DisposedEntry } from './disposals.ts';
import { contentKey, contentRange, entryKey, entryRange, sequenceOf, tileKey } from './keys.ts';
import type { LogState } from './load.ts';
import { isSealed, type Sealer } from './sealer.ts';
import { provenLeafHash, storedEntryBytes } from './stored-entry.ts';
import type { Range, ReadablePairs } from './pairs.ts';

/** One read returns at most so many records: some milliseconds of work. */
const READ_ENTRIES_MAX = 1024;

/** And stops after so many bytes of content, so that a read of large records does not fill the memory. */
const READ_BYTES_MAX = 8 * 1024 * 1024;

/** A read of stored records ends here: they fit one frame of a replica and, with their views, one batch. */
const STORED_BYTES_MAX = 256 * 1024;

/** A durable entry with its content. */
export interface LogRecord {
  readonly sequence: number;
  readonly kind: EntryKind;
  /** Receipt time in milliseconds since 1970. */
  readonly time: number;
  /** Null where it is sealed under a key that is not at hand any more, or was disposed of. */
  readonly content: Uint8Array | null;
  /** Whether it was disposed of. */
  readonly disposed?: boolean;
}

/** An entry that is in the tree, its bytes, and what is stored for it once that was looked at. */
interface Proven {
  readonly sequence: number;
  readonly entry: Entry;
  readonly bytes: Uint8Array;
  stored?: Uint8Array;
  header?: Uint8Array;
  salted?: OpenedContent;
  disposed?: DisposedEntry | undefined;
}

const NOTHING = new Uint8Array(0);

export interface LogReaderOptions {
  readonly sha256: Sha256;
  readonly sealer: Sealer;
}

export class LogReader {
  readonly store: ReadablePairs;
  readonly #sha256: Sha256;
  readonly #sealer: Sealer;
  readonly state: LogState;
  readonly #disposals: Disposals;
  /** Header, content and time of an entry are mostly asked for one after the other. */
  #last: Proven | undefined;
  #hashReader: HashReader | undefined;
  #leaves: { readonly index: number; readonly hashes: Uint8Array } | undefined;

  constructor(store: ReadablePairs, { sha256, sealer }: LogReaderOptions, state: LogState) {
    this.store = store;
    this.#sha256 = sha256;
    this.#sealer = sealer;
    this.state = state;
    this.#disposals = new Disposals(store, { sha256, sealer });
  }

  entry(sequence: number): Entry | undefined {
    return this.#holds(sequence) ? this.#proven(sequence).entry : undefined;
  }

  entryBytes(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#proven(sequence).bytes : undefined;
  }

  content(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#salted(this.#proven(sequence)).content : undefined;
  }

  salt(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#salted(this.#proven(sequence)).salt : undefined;
  }

  header(sequence: number): Uint8Array | undefined {
    return this.#holds(sequence) ? this.#header(this.#proven(sequence)) : undefined;
  }

  /** Ends before a record that is damaged; throws where that is the first. */
  async read(from: number, limit: number): Promise<LogRecord[]> {
    const to = Math.min(this.state.head.size, from + Math.min(limit, READ_ENTRIES_MAX));
    if (to <= from) return [];
    const contents = await this.#contents(from, to, READ_BYTES_MAX);
    const entries = await this.#run(entryRange(from, contents.end), from, Infinity);
    const records: LogRecord[] = [];
    try {
      for (const [at, stored] of entries.entries()) {
        const proven = this.#check(from + at, stored);
        this.#stored(proven, contents.found.get(from + at));
        records.push(this.#record(proven));
      }
    } catch (error) {
      if (records.length === 0) throw error;
    }
    if (records.length > 0) return records;
    // what comes first may be missing, or lie where the database cannot read on: asked for alone, that is told
    return [this.#record(this.#proven(from))];
  }

  /** Records as they are stored; what was disposed of as what is left of it, mostly nothing. Ends before one that is damaged; throws where that is the first. */
  async records(from: number, limit: number): Promise<StoredRecord[]> {
    const to = Math.min(this.state.head.size, from + Math.min(limit, READ_ENTRIES_MAX));
    if (to <= from) return [];
    const contents = await this.#contents(from, to, STORED_BYTES_MAX);
    const entries = await this.#run(entryRange(from, contents.end), from, Infinity);
    const records: StoredRecord[] = [];
    try {
      for (const [at, bytes] of entries.entries()) {
        const proven = this.#check(from + at, bytes);
        records.push({ entry: proven.bytes, stored: this.#stored(proven, contents.found.get(from + at)) });
      }
    } catch (error) {
      if (records.length === 0) throw error;
    }
    if (records.length === 0) this.#stored(this.#proven(from)); // throws what is wrong with it
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

  /** An entry as it was stored, if the tree has its leaf. */
  #check(sequence: number, stored: Uint8Array | undefined): Proven {
    if (stored === undefined) throw damaged(sequence, 'the entry is missing');
    const leafHash = provenLeafHash(this.#sha256, stored);
    if (leafHash === undefined) throw damaged(sequence, 'the entry does not have its leaf hash');
    if (!equals(this.#leafInTree(sequence), leafHash)) {
      throw damaged(sequence, 'the tree has another leaf in its place');
    }
    const bytes = storedEntryBytes(stored);
    return { sequence, entry: decodeProvenEntry(bytes), bytes };
  }

  /** What is stored for an entry, if it is what the entry says. */
  #stored(proven: Proven, found?: Uint8Array): Uint8Array {
    if (proven.stored !== undefined) return proven.stored;
    const { sequence, entry } = proven;
    const stored = found ?? this.#get(contentKey(sequence), sequence);
    if (stored === undefined || !equals(this.#sha256(stored), entry.sealed)) {
      if (!this.#disposals.explains(sequence, stored)) {
        const problem =
          stored === undefined ? 'the content is missing' : 'the content is not as it was stored';
        throw damaged(sequence, problem);
      }
      proven.disposed = this.#disposals.find(sequence);
    }
    proven.stored = stored ?? NOTHING;
    return proven.stored;
  }

  #header(proven: Proven): Uint8Array {
    if (proven.header !== undefined) return proven.header;
    const { sequence, entry } = proven;
    const place = { sequence, kind: entry.kind };
    const stored = this.#stored(proven);
    if (proven.disposed !== undefined && stored.length === 0) throw gone(proven.disposed);
    proven.header = this.#sealer.header(place, stored) ?? unopened(sequence);
    return proven.header;
  }

  /** What an entry says, if it is what it commits to. */
  #salted(proven: Proven): OpenedContent {
    if (proven.salted !== undefined) return proven.salted;
    const { sequence, entry } = proven;
    const stored = this.#stored(proven);
    if (proven.disposed !== undefined) throw gone(proven.disposed);
    const opened = this.#sealer.content({ sequence, kind: entry.kind }, stored) ?? unopened(sequence);
    if (!equals(this.#sha256(opened.salted), entry.commitment)) {
      throw damaged(sequence, 'the content is not what the entry commits to');
    }
    proven.salted = opened;
    return opened;
  }

  #record(proven: Proven): LogRecord {
    const { sequence, entry } = proven;
    const content = this.#contentUnlessSealed(proven);
    const { kind, time } = entry;
    return { sequence, kind, time, content, ...(proven.disposed && { disposed: true }) };
  }

  #contentUnlessSealed(proven: Proven): Uint8Array | null {
    try {
      return this.#salted(proven).content;
    } catch (error) {
      if (isSealed(error)) return null;
      throw error;
    }
  }

  #leafInTree(sequence: number): Uint8Array {
    const index = Math.floor(sequence / TILE_WIDTH);
    if (this.#leaves?.index !== index) this.#leaves = { index, hashes: this.#tile(0, index) };
    return hashInTile(this.#leaves.hashes, sequence % TILE_WIDTH);
  }

  #get(key: Uint8Array, sequence: number): Uint8Array | undefined {
    try {
      return this.store.getSync(key);
    } catch (cause) {
      throw damaged(sequence, 'the database cannot read it', cause);
    }
  }

  /** The values of a dense run from its first number on, as far as it is dense, readable and within `bytes`. */
  async #run(range: Range, from: number, bytes: number): Promise<Uint8Array[]> {
    const values: Uint8Array[] = [];
    let left = bytes;
    try {
      for await (const [key, value] of this.store.iterate(range)) {
        if (sequenceOf(key) !== from + values.length || left <= 0) break;
        values.push(value);
        left -= value.length;
      }
    } catch {
      return values;
    }
    return values;
  }

  /** What contents there are from a number on, and where `bytes` of them end. */
  async #contents(
    from: number,
    to: number,
    bytes: number,
  ): Promise<{ readonly found: ReadonlyMap<number, Uint8Array>; readonly end: number }> {
    const found = new Map<number, Uint8Array>();
    let left = bytes;
    try {
      for await (const [key, value] of this.store.iterate(contentRange(from, to))) {
        if (left <= 0) return { found, end: sequenceOf(key) };
        found.set(sequenceOf(key), value);
        left -= value.length;
      }
    } catch {
      return { found, end: Math.max(from, ...found.keys()) + 1 };
    }
    return { found, end: to };
  }

  #hashes(): HashReader {
    this.#hashReader ??= readFromTiles(this.#sha256, (level, index) => this.#tile(level, index));
    return this.#hashReader;
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

/** Why there is nothing to be read. */
function gone({ sequence, certificate, time }: DisposedEntry): ChanceryError {
  const date = new Date(time).toISOString();
  return new ChanceryError(
    'archive.disposed',
    `the content of entry ${sequence} was disposed of on ${date}; see its certificate, entry ${certificate}`,
    { facts: { sequence, certificate } },
  );
}

function unopened(sequence: number): never {
  throw damaged(sequence, 'what is stored for it was not sealed for this place by the key of this archive');
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
