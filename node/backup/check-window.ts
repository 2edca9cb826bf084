/** Checks the three files of one window of a backup against each other and against what lies above them in the tree. */
import { equals } from 'uint8arrays/equals';
import { decodeEntry, splitFramed, type Disposed } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { hashLeaf, HASH_BYTES, splitTile, TILE_WIDTH } from '../../protocol/merkle/index.ts';
import type { BackupFolder } from './folder.ts';
import { windowPaths, type Window } from './paths.ts';

const NOTHING = new Uint8Array(0);

/** A file that is not as it was written, and the first entry it is wrong about. */
export interface BackupFinding {
  readonly file: string;
  readonly sequence: number;
  readonly problem: string;
}

interface CheckedWindow {
  readonly findings: readonly BackupFinding[];
  /** The leaf hashes, from whichever file is right; undefined where none is known to be. */
  readonly leaves: readonly Uint8Array[] | undefined;
}

type Leaves = readonly Uint8Array[];

/** @param isRight whether a full list of leaf hashes is what the tree above says */
export async function checkWindow(
  folder: BackupFolder,
  sha256: Sha256,
  window: Window,
  isRight: (leaves: Leaves) => boolean,
  disposed: ReadonlyMap<number, Disposed>,
): Promise<CheckedWindow> {
  const { width } = window;
  const paths = windowPaths(window);
  const tile = await folder.read(paths.tile);
  const bundle = await folder.read(paths.entries);
  const { parts, whole } = splitFramed(bundle ?? NOTHING, 2, width);
  const hashed = parts.map((entry) => hashLeaf(sha256, entry));
  const fromEntries = whole && hashed.length === width ? hashed : undefined;
  const fromTile = tile?.length === width * HASH_BYTES ? splitTile(tile) : undefined;
  const agree = fromEntries && fromTile && firstDifference(fromEntries, fromTile) === undefined;
  const right = agree ? fromTile : [fromEntries, fromTile].find((leaves) => leaves && isRight(leaves));
  const first = window.index * TILE_WIDTH;
  const findings: BackupFinding[] = [];
  const judge = (file: string, bytes: Uint8Array | undefined, leaves: Leaves, other: Leaves): void => {
    const at = firstDifference(leaves, right ?? other) ?? width - 1;
    const problem = bytes === undefined ? 'it is missing' : 'it is not what the tree says';
    findings.push({ file, sequence: first + (bytes === undefined ? 0 : at), problem });
  };
  const isWrong = (leaves: Leaves | undefined): boolean =>
    !agree && (right === undefined || right !== leaves);
  if (isWrong(fromEntries)) judge(paths.entries, bundle, hashed, fromTile ?? []);
  if (isWrong(fromTile)) judge(paths.tile, tile, splitTile(tile ?? NOTHING), hashed);
  findings.push(...(await checkSealed(folder, sha256, window, parts, right, disposed)));
  return { findings: findings.toSorted((a, b) => a.sequence - b.sequence), leaves: right };
}

/** Where two lists of hashes differ first; undefined where they are the same. */
function firstDifference(some: Leaves, others: Leaves): number | undefined {
  const length = Math.max(some.length, others.length);
  for (let at = 0; at < length; at += 1) if (!equals(some[at] ?? NOTHING, others[at] ?? NOTHING)) return at;
  return undefined;
}

/** What is stored, against the entries that are in the tree. */
async function checkSealed(
  folder: BackupFolder,
  sha256: Sha256,
  window: Window,
  entries: readonly Uint8Array[],
  leaves: readonly Uint8Array[] | undefined,
  disposed: ReadonlyMap<number, Disposed>,
): Promise<BackupFinding[]> {
  const from = window.index * TILE_WIDTH;
  const { sealed: file } = windowPaths(window);
  const bytes = await folder.read(file);
  if (bytes === undefined) return [{ file, sequence: from, problem: 'it is missing' }];
  const { parts, whole } = splitFramed(bytes, 4, window.width);
  const findings: BackupFinding[] = [];
  for (const [at, stored] of parts.entries()) {
    const entry = entries[at];
    const leaf = leaves?.[at];
    if (entry === undefined || leaf === undefined || !equals(hashLeaf(sha256, entry), leaf)) continue;
    const decoded = decodeEntry(entry);
    if (decoded.ok && equals(sha256(stored), decoded.value.sealed)) continue;
    const kept = disposed.get(from + at)?.kept;
    if (kept === null ? stored.length === 0 : kept !== undefined && equals(sha256(stored), kept)) continue;
    findings.push({ file, sequence: from + at, problem: 'what is stored is not what the entry says' });
    if (!whole) break; // a length was changed: nothing after it is in its place
  }
  if (findings.length === 0 && (!whole || parts.length < window.width))
    findings.push({
      file,
      sequence: from + parts.length,
      problem: 'it is cut short, or longer than its entries',
    });
  return findings;
}
