/**
 * Reads the log's state when the archive opens, and says where its sequence and tree do not agree.
 * LevelDB does not notice a flipped bit in its own log file: it drops records from the middle without a word. So all
 * that such a file can have held is hashed again here, and the root that results must be the head's. What lies further
 * back is covered by the background verification, which walks everything.
 */
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { ChanceryError, type Refusal } from '../../protocol/errors/index.ts';
import {
  emptyRoot,
  EMPTY_TREE,
  frontierRoot,
  TILE_WIDTH,
  type TiledTree,
} from '../../protocol/merkle/index.ts';
import { checkWindow, readValue, type Finding } from './check.ts';
import { Disposals, type DisposalKeys } from './disposals.ts';
import { decodeHead, type Head } from './head.ts';
import { contentRange, entryKey, entryRange, HEAD_KEY, sequenceOf } from './keys.ts';
import { WRITE_BUFFER_BYTES } from './level-store.ts';
import { rebuildTree, standInTree } from './stored-tree.ts';
import type { Range, ReadablePairs } from './pairs.ts';
import { verifyLog } from './verify.ts';

/**
 * At least this many entries are hashed again on opening, however large they are: a tenth of a second's work that
 * also covers records which reached a table not long ago.
 */
const RECHECKED_ENTRIES_MIN = 8192;

/** And at least so many bytes: LevelDB's two log files hold no more than one write buffer each. */
const RECHECKED_BYTES_MIN = 2 * WRITE_BUFFER_BYTES;

/** Before those, so many entries are checked to be there at all: a quarter of a second's work. */
const COUNTED_ENTRIES_MAX = 65_536;

/** And before those one entry of each window, of so many windows at most, evenly spread: each brings its pages into memory. */
const PROBED_WINDOWS_MAX = 1_024;

export interface LogState {
  readonly head: Head;
  readonly tree: TiledTree;
  /** The head as it is stored, whatever it says: what the next that is put must continue. */
  readonly stored: Uint8Array | undefined;
}

export interface LoadedLog {
  readonly state: LogState;
  /** What is wrong, by rising sequence number: with anything here the log is not proven, and may only be read. */
  readonly findings: readonly Finding[];
}

/**
 * The log's head and tree, and what is wrong with it. Throws `config.invalid` where the archive is another organisation's.
 */
export async function loadLog(store: ReadablePairs, origin: string, keys: DisposalKeys): Promise<LoadedLog> {
  const { sha256 } = keys;
  const disposals = new Disposals(store, keys);
  const { head, stored, findings } = await readHead(store, origin, sha256);
  findings.push(...(await uncounted(store, head.size)));
  if (head.size === 0) return { state: { head, tree: EMPTY_TREE, stored }, findings };
  const { size } = head;
  const tail = await recheckTail(store, sha256, size, disposals);
  const counted = Math.max(0, tail.from - COUNTED_ENTRIES_MAX);
  const gap = probe(store, counted) ?? (await findGap(store, counted, tail.from));
  findings.push(...(gap === undefined ? [] : [gap]), ...tail.findings);
  const tree = rebuildTree(store, sha256, size, tail.openLeaves);
  const isProven = tree !== undefined && equals(frontierRoot(sha256, tree.frontier), head.root);
  if (!isProven && findings.length === 0) {
    // Something older is wrong, or the head itself: only a walk over everything can name it.
    const walked = (await verifyLog(store, sha256, head, {}, disposals)).findings;
    const unnamed = { sequence: size, problem: 'the head has another root than the tree' };
    findings.push(...(walked.length > 0 ? walked : [unnamed]));
  }
  findings.sort((a, b) => a.sequence - b.sequence);
  const known = tree ?? standInTree(store, sha256, size, tail.openLeaves);
  return { state: { head, tree: known, stored }, findings };
}

/** The head as it is stored; where it cannot be read, one that counts the entries that are there. */
async function readHead(
  store: ReadablePairs,
  origin: string,
  sha256: Sha256,
): Promise<{ readonly head: Head; readonly stored: Uint8Array | undefined; readonly findings: Finding[] }> {
  const stored = readValue(store, HEAD_KEY);
  const decoded = stored === undefined ? undefined : decodeHead(stored);
  if (decoded?.ok === true) {
    const head = decoded.value;
    if (head.origin === origin) return { head, stored, findings: [] };
    throw new ChanceryError(
      'config.invalid',
      `the archive is the log ${head.origin}, not ${origin}; point the configuration at the right archive`,
      { facts: { origin, found: head.origin } },
    );
  }
  const [last] = await sequencesIn(store, { ...entryRange(0), reverse: true, limit: 1 });
  const size = (last ?? -1) + 1;
  const head: Head = { v: 1, origin, size, root: emptyRoot(sha256), time: 0 };
  if (decoded === undefined && size === 0) return { head, stored, findings: [] };
  return {
    head,
    stored,
    findings: [{ sequence: 0, problem: decoded?.refusal.message ?? 'the head of the log is missing' }],
  };
}

/** A head that went back leaves entries behind which it does not count. */
async function uncounted(store: ReadablePairs, size: number): Promise<Finding[]> {
  for (const range of [entryRange(size), contentRange(size)]) {
    const [sequence] = await sequencesIn(store, { ...range, limit: 1 });
    if (sequence !== undefined)
      return [{ sequence: size, problem: `the head does not count entry ${sequence}` }];
  }
  return [];
}

/** Checks whole windows from the last one back, until they hold all that LevelDB's log files can have lost. */
async function recheckTail(
  store: ReadablePairs,
  sha256: Sha256,
  size: number,
  disposals: Disposals,
): Promise<{
  readonly findings: Finding[];
  readonly openLeaves: (Uint8Array | undefined)[];
  readonly from: number;
}> {
  const findings: Finding[] = [];
  let openLeaves: (Uint8Array | undefined)[] = [];
  let bytes = 0;
  let from = size;
  while (from > 0 && (size - from < RECHECKED_ENTRIES_MIN || bytes < RECHECKED_BYTES_MIN)) {
    const index = Math.ceil(from / TILE_WIDTH) - 1;
    const window = await checkWindow(store, sha256, index, size, disposals);
    if (window.leaves.length < TILE_WIDTH) openLeaves = [...window.leaves];
    findings.unshift(...window.findings);
    bytes += window.bytes;
    from = index * TILE_WIDTH;
  }
  return { findings: findings.sort((a, b) => a.sequence - b.sequence), openLeaves, from };
}

/** The first of those that are looked at below `to` that has no entry. */
function probe(store: ReadablePairs, to: number): Finding | undefined {
  const step = TILE_WIDTH * Math.max(1, Math.ceil(to / TILE_WIDTH / PROBED_WINDOWS_MAX));
  for (let sequence = 0; sequence < to; sequence += step) {
    if (readValue(store, entryKey(sequence)) === undefined)
      return { sequence, problem: 'the entry is missing' };
  }
  return undefined;
}

/** The first sequence number that has no entry. */
async function findGap(store: ReadablePairs, from: number, to: number): Promise<Finding | undefined> {
  let expected = from;
  try {
    for await (const [key] of store.iterate(entryRange(from, to))) {
      if (sequenceOf(key) !== expected) break;
      expected += 1;
    }
  } catch {
    return { sequence: expected, problem: 'the database cannot read it' };
  }
  return expected < to ? { sequence: expected, problem: 'the entry is missing' } : undefined;
}

/** What can be read of the sequence numbers in a range. */
async function sequencesIn(store: ReadablePairs, range: Range): Promise<number[]> {
  const sequences: number[] = [];
  try {
    for await (const [key] of store.iterate(range)) sequences.push(sequenceOf(key));
  } catch {
    return sequences;
  }
  return sequences;
}

/** Why a log with such a finding is not appended to. */
export function damaged({ sequence, problem }: Finding): Refusal {
  return {
    code: 'archive.damaged',
    message: `the archive is wrong from sequence number ${sequence} on: ${problem}; it can be read and exported, but not appended to, until it is restored from a copy`,
    facts: { sequence },
  };
}
