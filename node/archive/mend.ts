/**
 * Puts right what is wrong with the log: tiles from the entries below them, entries and contents from another copy.
 * Guarantees: nothing is written that does not lead to the root hash that the log is known to have, and no content that was
 * disposed of.
 */
import { equals } from 'uint8arrays/equals';
import { decodeEntry, headerAlone } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import {
  frontierRoot,
  HASH_BYTES,
  hashesAtLevel,
  hashInTile,
  hashLeaf,
  joinTile,
  perfectRoot,
  splitTile,
  TILE_WIDTH,
  tileLevels,
} from '../../protocol/merkle/index.ts';
import type { StoredRecord } from './adoption.ts';
import { readTile, readValues, type Finding } from './check.ts';
import { encodeHead, type Head } from './head.ts';
import { contentKey, contentRange, entryKey, entryRange, HEAD_KEY, tileKey } from './keys.ts';
import { Disposals, type DisposalKeys } from './disposals.ts';
import { draftOn, type MendedStore } from './draft.ts';
import { behindMark, type Mark } from './head-mark.ts';
import { loadLog, type LoadedLog } from './load.ts';
import { rebuildTree } from './stored-tree.ts';
import { decodeStoredEntry, encodeStoredEntry, storedEntryBytes } from './stored-entry.ts';
import type { Put } from './pairs.ts';

/** Another copy of the log. */
export interface Mender {
  /** What it has of these entries, as they are stored; null where it cannot be reached. */
  readonly fetch: (sequences: readonly number[]) => Promise<ReadonlyMap<number, StoredRecord> | null>;
}

/** An entry as it is here or elsewhere, whole: its leaf, and what is to be written where it came from elsewhere. */
interface Whole {
  readonly leaf: Uint8Array;
  readonly time: number;
  readonly ops: readonly Put[];
}

export interface MendOptions {
  readonly store: MendedStore;
  readonly keys: DisposalKeys;
  readonly head: Head;
  /** What was acknowledged last, where that is known. */
  readonly mark: Mark | undefined;
  readonly findings: readonly Finding[];
  readonly mender: Mender;
}

/** Mends a log as far as can be, and reads it anew: what is wrong with it still, and which entries were written. */
export async function mendAndLoad(
  options: MendOptions,
): Promise<LoadedLog & { readonly mended: readonly number[] }> {
  const { store, keys, head, mark, findings, mender } = options;
  const { sha256 } = keys;
  const target = mark !== undefined && mark.size >= head.size ? { ...head, ...mark } : head;
  const mended = await mendLog(store, keys, target, findings, mender);
  const loaded = await loadLog(store, head.origin, keys);
  const behind = mark && behindMark(mark, loaded.state, sha256, store);
  return {
    ...loaded,
    findings: behind === undefined ? loaded.findings : [...loaded.findings, behind],
    mended,
  };
}

/**
 * Mends a log that is to have the size and root of `head`. Returns the sequence numbers of the entries that were
 * written anew. Throws what the store throws.
 */
async function mendLog(
  store: MendedStore,
  keys: DisposalKeys,
  head: Head,
  findings: readonly Finding[],
  mender: Mender,
): Promise<number[]> {
  const { size } = head;
  const { sha256 } = keys;
  const disposals = new Disposals(store, keys);
  const windows = new Set(findings.map(({ sequence }) => Math.floor(sequence / TILE_WIDTH)));
  const last = Math.floor(size / TILE_WIDTH);
  windows.add(last);
  const mended: number[] = [];
  const draft = draftOn(store); // what only the root over everything can prove
  const drafted: number[] = [];
  let open: readonly (Whole | undefined)[] = [];
  for (const index of [...windows].filter((window) => window <= last).sort((a, b) => a - b)) {
    const wholes = await wholesOf(store, sha256, index, size, mender, disposals);
    if (wholes.length < TILE_WIDTH) open = wholes;
    else if (isProven(store, sha256, index, wholes))
      mended.push(...(await writeWindow(store, index, wholes)));
    else if (wholes.every((whole) => whole !== undefined))
      drafted.push(...(await writeWindow(draft.store, index, wholes)));
    else mended.push(...(await writePart(store, sha256, index, wholes)));
  }
  await mendUpperTiles(draft.store, sha256, size);
  if (await mendEnd(draft.store, sha256, head, open)) {
    await store.mend(draft.puts);
    mended.push(...drafted, ...numbersOf(last, open));
  }
  return mended;
}

/** The entries of a window: those that are whole here, and those that are had from elsewhere. */
async function wholesOf(
  store: MendedStore,
  sha256: Sha256,
  index: number,
  size: number,
  mender: Mender,
  disposals: Disposals,
): Promise<(Whole | undefined)[]> {
  const from = index * TILE_WIDTH;
  const to = Math.min(size, from + TILE_WIDTH);
  if (to <= from) return [];
  const [entries, contents] = await Promise.all([
    readValues(store, entryRange(from, to), entryKey, from, to),
    readValues(store, contentRange(from, to), contentKey, from, to),
  ]);
  const tile = readTile(store, 0, index);
  const isTile = tile?.length === TILE_WIDTH * HASH_BYTES && isUnderParent(store, sha256, index, tile);
  const wholes = entries.map((entry, at) => {
    const content = contents[at];
    const decoded = entry === undefined ? undefined : decodeStoredEntry(sha256, entry);
    if (decoded?.ok !== true || entry === undefined) return undefined;
    if (isTile && !equals(hashInTile(tile, at), decoded.value.leafHash)) return undefined;
    const isGone = disposals.explains(from + at, content);
    if (content === undefined && !isGone) return undefined;
    const record = { entry: storedEntryBytes(entry), stored: content ?? NOTHING };
    const whole = isGone ? disposedOf(sha256, record) : wholeOf(sha256, record);
    return whole && { ...whole, ops: [] };
  });
  const missing = wholes.flatMap((whole, at) => (whole === undefined ? [from + at] : []));
  const fetched = missing.length === 0 ? null : await mender.fetch(missing);
  return wholes.map((whole, at) => {
    const record = whole === undefined ? fetched?.get(from + at) : undefined;
    if (record === undefined) return whole;
    // what was disposed of is never brought back, whoever still has it
    if (disposals.find(from + at) === undefined) return wholeOf(sha256, record, from + at);
    const candidates = [contents[at] ?? NOTHING, record.stored, cut(record.stored)];
    const left = candidates.find((stored) => disposals.explains(from + at, stored));
    return left && disposedOf(sha256, { entry: record.entry, stored: left }, from + at);
  });
}

/** A record of which only what its certificate leaves is stored. */
function disposedOf(sha256: Sha256, { entry, stored }: StoredRecord, sequence = 0): Whole | undefined {
  const decoded = decodeEntry(entry);
  if (!decoded.ok) return undefined;
  const leaf = hashLeaf(sha256, entry);
  const ops: Put[] = [
    { type: 'put', key: entryKey(sequence), value: encodeStoredEntry(leaf, entry) },
    ...(stored.length > 0 ? [{ type: 'put', key: contentKey(sequence), value: stored } as const] : []),
  ];
  return { leaf, time: decoded.value.time, ops };
}

const NOTHING = new Uint8Array(0);

/** What is stored by who still has the content, without it. */
function cut(stored: Uint8Array): Uint8Array {
  try {
    return headerAlone(stored);
  } catch {
    return NOTHING;
  }
}

/** A record whose content is what its entry says, with what is to be written for it at a sequence number. */
function wholeOf(sha256: Sha256, { entry, stored }: StoredRecord, sequence = 0): Whole | undefined {
  const decoded = decodeEntry(entry);
  if (!decoded.ok || !equals(sha256(stored), decoded.value.sealed)) return undefined;
  const leaf = hashLeaf(sha256, entry);
  return {
    leaf,
    time: decoded.value.time,
    ops: [
      { type: 'put', key: entryKey(sequence), value: encodeStoredEntry(leaf, entry) },
      { type: 'put', key: contentKey(sequence), value: stored },
    ],
  };
}

/** Whether the entries of a full window lead to the hash over it. */
function isProven(
  store: MendedStore,
  sha256: Sha256,
  index: number,
  wholes: readonly (Whole | undefined)[],
): boolean {
  const leaves = wholes.flatMap((whole) => whole?.leaf ?? []);
  return leaves.length === TILE_WIDTH && isUnderParent(store, sha256, index, joinTile(leaves));
}

/** Writes what of a full window is not as it is to be. */
async function writeWindow(
  store: MendedStore,
  index: number,
  wholes: readonly (Whole | undefined)[],
): Promise<number[]> {
  const tile = joinTile(wholes.flatMap((whole) => whole?.leaf ?? []));
  const stored = readTile(store, 0, index);
  const ops = wholes.flatMap((whole) => whole?.ops ?? []);
  if (stored === undefined || !equals(stored, tile))
    ops.push({ type: 'put', key: tileKey(0, index), value: tile });
  if (ops.length > 0) await store.mend(ops);
  return numbersOf(index, wholes);
}

/** Writes those of a window's entries that its tile vouches for, where others cannot be had. */
async function writePart(
  store: MendedStore,
  sha256: Sha256,
  index: number,
  wholes: readonly (Whole | undefined)[],
): Promise<number[]> {
  const tile = readTile(store, 0, index);
  if (tile?.length !== TILE_WIDTH * HASH_BYTES || !isUnderParent(store, sha256, index, tile)) return [];
  const vouched = wholes.map((whole, at) =>
    whole !== undefined && equals(whole.leaf, hashInTile(tile, at)) ? whole : undefined,
  );
  const ops = vouched.flatMap((whole) => whole?.ops ?? []);
  if (ops.length > 0) await store.mend(ops);
  return numbersOf(index, vouched);
}

/** Whether the tile of level 1 has the root of a tile of level 0. */
function isUnderParent(store: MendedStore, sha256: Sha256, index: number, tile: Uint8Array): boolean {
  const parent = readTile(store, 1, Math.floor(index / TILE_WIDTH));
  const at = index % TILE_WIDTH;
  if (parent === undefined || parent.length < (at + 1) * HASH_BYTES) return false;
  return equals(hashInTile(parent, at), perfectRoot(sha256, splitTile(tile)));
}

/** Makes every tile above level 0 anew from those below it, and writes those that differ. */
async function mendUpperTiles(store: MendedStore, sha256: Sha256, size: number): Promise<void> {
  for (let level = 1; level < tileLevels(size); level += 1) {
    const count = hashesAtLevel(level, size);
    for (let from = 0; from < count; from += TILE_WIDTH) {
      const hashes: Uint8Array[] = [];
      for (let at = from; at < Math.min(count, from + TILE_WIDTH); at += 1) {
        const below = readTile(store, level - 1, at);
        if (below?.length !== TILE_WIDTH * HASH_BYTES) return; // nothing above it can be made
        hashes.push(perfectRoot(sha256, splitTile(below)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const key = tileKey(level, from / TILE_WIDTH);
      const tile = joinTile(hashes);
      const stored = readTile(store, level, from / TILE_WIDTH);
      // a tile that grew on meanwhile begins with these
      if (stored === undefined || !equals(stored.subarray(0, tile.length), tile))
        await store.mend([{ type: 'put', key, value: tile }]);
    }
  }
}

/** Writes the entries of the window that is not full, and the head, if all of it leads to the root; whether it does. */
async function mendEnd(
  store: MendedStore,
  sha256: Sha256,
  head: Head,
  wholes: readonly (Whole | undefined)[],
): Promise<boolean> {
  const tree = rebuildTree(
    store,
    sha256,
    head.size,
    wholes.map((whole) => whole?.leaf),
  );
  if (tree === undefined || !equals(frontierRoot(sha256, tree.frontier), head.root)) return false;
  const time = Math.max(head.time, wholes.at(-1)?.time ?? 0);
  const ops = wholes.flatMap((whole) => whole?.ops ?? []);
  await store.mend([...ops, { type: 'put', key: HEAD_KEY, value: encodeHead({ ...head, time }) }]);
  return true;
}

/** The sequence numbers of the entries that came from elsewhere. */
function numbersOf(index: number, wholes: readonly (Whole | undefined)[]): number[] {
  return wholes.flatMap((whole, at) => ((whole?.ops.length ?? 0) > 0 ? [index * TILE_WIDTH + at] : []));
}
