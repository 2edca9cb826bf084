/**
 * The archive's storage on LevelDB. Every batch is synced: a batch that resolved outlives a power failure.
 */
import { Level, type Iterator } from 'level';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { storeOn } from './pair-store.ts';
import type { Range } from './pairs.ts';
import type { Store } from './store.ts';

/**
 * How much LevelDB keeps in its log file before it moves it to a table, in bytes: four times the default, so that each
 * record is written anew less often. Up to two such logs exist at once. The archive's check on opening looks back over
 * as much: see `load.ts`.
 */
export const WRITE_BUFFER_BYTES: number = 16 * 1024 * 1024;

/** How large a table becomes before another is begun, in bytes: LevelDB's default. */
const TABLE_BYTES = 2 * 1024 * 1024;

/**
 * Files that LevelDB keeps open; ten are not tables. It maps each open table into memory, and what was read of it counts
 * as this process's memory for as long as it is open: 64 tables of 2 MB bound that at 128 MB, however large the archive is.
 */
const OPEN_FILES_MAX = 74;

/** Recently read blocks in memory, in bytes. */
const CACHE_BYTES = 32 * 1024 * 1024;

/** A block of a table, in bytes: four times the default, so that compaction writes and indexes a quarter as many. */
const BLOCK_BYTES = 16 * 1024;

/** What Level is in Node.js: its types are those of every platform. */
interface Compacting {
  compactRange(from: Uint8Array, to: Uint8Array): Promise<void>;
}

/** A key of nothing. */
const NOWHERE = Uint8Array.of(0);

/** How much one step of an iterator fetches, in bytes: fewer, larger steps across the threads. */
const ITERATOR_STEP_BYTES = 128 * 1024;
const ITERATOR_STEP_PAIRS = 1_000;

/**
 * Opens or creates the database in a directory.
 * Throws `archive.locked` where another process has it open, `archive.damaged` where LevelDB itself notices damage,
 * `archive.unavailable` for everything else.
 */
export async function openLevelStore(location: string): Promise<Store> {
  const db = new Level<Uint8Array, Uint8Array>(location, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    writeBufferSize: WRITE_BUFFER_BYTES,
    cacheSize: CACHE_BYTES,
    blockSize: BLOCK_BYTES,
    maxFileSize: TABLE_BYTES,
    maxOpenFiles: OPEN_FILES_MAX,
    compression: false, // nearly all of it is sealed or hashes: nothing to be gained
  });
  try {
    await db.open();
  } catch (cause) {
    throw openingError(location, cause);
  }
  return storeOn({
    getSync(key) {
      try {
        return db.getSync(key);
      } catch (cause) {
        throw unreadable(location, cause);
      }
    },
    batch(ops) {
      // a call for each change costs less than half of what an array of them does, whose objects are read from the other side
      const batch = db.batch();
      for (const op of ops) {
        if (op.type === 'put') batch.put(op.key, op.value);
        else batch.del(op.key);
      }
      return batch.write({ sync: true });
    },
    iterate: (range: Range) =>
      pairsOf(db.iterator({ ...range, highWaterMarkBytes: ITERATOR_STEP_BYTES }), location),
    // LevelDB moves what is in its log file to a table first, whatever the range
    settle: () => (db as unknown as Compacting).compactRange(NOWHERE, NOWHERE),
    purge: (from, to) => (db as unknown as Compacting).compactRange(from, to),
    close: () => db.close(),
  });
}

async function* pairsOf(
  iterator: Iterator<Level<Uint8Array, Uint8Array>, Uint8Array, Uint8Array>,
  location: string,
): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
  try {
    for (;;) {
      const step = await iterator.nextv(ITERATOR_STEP_PAIRS);
      if (step.length === 0) return;
      for (const pair of step) yield pair;
    }
  } catch (cause) {
    throw unreadable(location, cause);
  } finally {
    await iterator.close();
  }
}

/** LevelDB looks at no checksum when it reads: this is what it cannot make sense of at all. */
function unreadable(location: string, cause: unknown): unknown {
  if (!isCorruption(cause)) return cause;
  return new ChanceryError(
    'archive.damaged',
    `the database of the archive at ${location} cannot be read in places; run chancery archive verify`,
    { cause, facts: { location } },
  );
}

function openingError(location: string, error: unknown): ChanceryError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = codeOf(cause);
  const facts = { location };
  if (code === 'LEVEL_LOCKED') return locked(location, undefined, cause);
  if (isCorruption(cause)) {
    return new ChanceryError(
      'archive.damaged',
      `the database of the archive at ${location} is damaged; restore it from a copy`,
      { cause, facts },
    );
  }
  return new ChanceryError(
    'archive.unavailable',
    `the archive at ${location} cannot be opened; check the directory, its permissions and the free space`,
    { cause, facts },
  );
}

/** Why a database that another has open is not opened. @param holder its process, where that is known */
export function locked(location: string, holder: number | undefined, cause?: unknown): ChanceryError {
  const process = holder === undefined ? 'another process' : `process ${holder}`;
  return new ChanceryError(
    'archive.locked',
    `the archive at ${location} is open in ${process}; stop that one first`,
    { cause, facts: { location, ...(holder === undefined ? {} : { pid: holder }) } },
  );
}

/** Whether LevelDB itself says that it cannot make sense of its files. */
export function isCorruption(error: unknown): boolean {
  return codeOf(error) === 'LEVEL_CORRUPTION';
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | undefined)?.code;
}
