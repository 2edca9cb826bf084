/**
 * Reads the log's state when the archive opens, and refuses to open one whose sequence and tree do not agree.
 * LevelDB does not notice a flipped bit in its own log file: it drops records from the middle without a word. So all
 * that such a file can have held is hashed again here, and the root that results must be the head's. What lies further
 * back is covered by the background verification, which walks everything.
 */
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  emptyRoot,
  EMPTY_TREE,
  frontierRoot,
  TILE_WIDTH,
  type TiledTree,
} from '../../protocol/merkle/index.ts';
import { checkWindow, type Finding } from './check.ts';
import { decodeHead, type Head } from './head.ts';
import { contentRange, entryRange, HEAD_KEY, sequenceOf } from './keys.ts';
import { WRITE_BUFFER_BYTES } from './level-store.ts';
import { rebuildTree } from './stored-tree.ts';
import type { Range, Store } from './store.ts';
import { verifyLog } from './verify.ts';

/**
 * At least this many entries are hashed again on opening, however large they are: a tenth of a second's work that
 * also covers records which reached a table not long ago.
 */
const RECHECKED_ENTRIES_MIN = 8192;

/** And at least so many bytes: LevelDB's two log files hold no more than one write buffer each. */
const RECHECKED_BYTES_MIN = 2 * WRITE_BUFFER_BYTES;

/** Before those, so many entries are checked to be there at all: under a second's work at this number. */
const COUNTED_ENTRIES_MAX = 1_048_576;

export interface LogState {
  readonly head: Head;
  readonly tree: TiledTree;
}

/**
 * The log's head and tree. Throws `archive.damaged`, naming the first wrong sequence number in its facts, or
 * `config.invalid` where the archive is another organisation's.
 */
export async function loadLog(store: Store, origin: string, sha256: Sha256): Promise<LogState> {
  const head = readHead(store, origin, sha256);
  await refuseUncounted(store, head.size);
  if (head.size === 0) return { head, tree: EMPTY_TREE };
  const { findings, openLeaves, from } = await recheckTail(store, sha256, head.size);
  const gap = await findGap(store, Math.max(0, from - COUNTED_ENTRIES_MAX), from);
  const first = gap ?? findings[0];
  if (first !== undefined) throw damaged(first);
  const tree = rebuildTree(store, sha256, head.size, openLeaves);
  if (tree !== undefined && equals(frontierRoot(sha256, tree.frontier), head.root)) return { head, tree };
  // Something older is wrong, or the head itself: only a walk over everything can name it.
  const { findings: all } = await verifyLog(store, sha256, head, { findingsMax: 1 });
  throw damaged(all[0] ?? { sequence: head.size, problem: 'the head has another root than the tree' });
}

function readHead(store: Store, origin: string, sha256: Sha256): Head {
  const stored = store.getSync(HEAD_KEY);
  if (stored === undefined) return { v: 1, origin, size: 0, root: emptyRoot(sha256), time: 0 };
  const decoded = decodeHead(stored);
  if (!decoded.ok) throw damaged({ sequence: 0, problem: decoded.refusal.message });
  if (decoded.value.origin !== origin) {
    throw new ChanceryError(
      'config.invalid',
      `the archive is the log ${decoded.value.origin}, not ${origin}; point the configuration at the right archive`,
      { facts: { origin, found: decoded.value.origin } },
    );
  }
  return decoded.value;
}

/** A head that went back leaves entries behind which it does not count. */
async function refuseUncounted(store: Store, size: number): Promise<void> {
  for (const range of [entryRange(size), contentRange(size)]) {
    const [sequence] = await sequencesIn(store, { ...range, limit: 1 });
    if (sequence !== undefined)
      throw damaged({ sequence: size, problem: `the head does not count entry ${sequence}` });
  }
}

/** Checks whole windows from the last one back, until they hold all that LevelDB's log files can have lost. */
async function recheckTail(
  store: Store,
  sha256: Sha256,
  size: number,
): Promise<{ readonly findings: Finding[]; readonly openLeaves: Uint8Array[]; readonly from: number }> {
  const findings: Finding[] = [];
  let openLeaves: Uint8Array[] = [];
  let bytes = 0;
  let from = size;
  while (from > 0 && (size - from < RECHECKED_ENTRIES_MIN || bytes < RECHECKED_BYTES_MIN)) {
    const index = Math.ceil(from / TILE_WIDTH) - 1;
    const window = await checkWindow(store, sha256, index, size);
    if (window.leaves.length < TILE_WIDTH) openLeaves = window.leaves.filter((leaf) => leaf !== undefined);
    findings.unshift(...window.findings);
    bytes += window.bytes;
    from = index * TILE_WIDTH;
  }
  return { findings: findings.sort((a, b) => a.sequence - b.sequence), openLeaves, from };
}

/** The first sequence number that has no entry. */
async function findGap(store: Store, from: number, to: number): Promise<Finding | undefined> {
  let expected = from;
  for await (const [key] of store.iterate(entryRange(from, to))) {
    if (sequenceOf(key) !== expected) break;
    expected += 1;
  }
  return expected < to ? { sequence: expected, problem: 'the entry is missing' } : undefined;
}

async function sequencesIn(store: Store, range: Range): Promise<number[]> {
  const sequences: number[] = [];
  for await (const [key] of store.iterate(range)) sequences.push(sequenceOf(key));
  return sequences;
}

function damaged(finding: Finding): ChanceryError {
  return new ChanceryError(
    'archive.damaged',
    `the archive is wrong from sequence number ${finding.sequence} on: ${finding.problem}; restore it from a copy`,
    { facts: { sequence: finding.sequence } },
  );
}
