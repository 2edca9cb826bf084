/**
 * Checks a backup with no key and no node: each tile, each entry, what is stored for it, the root, and who signed that.
 * Guarantees: what is not as it was written is named by its file, and by the sequence number of the first entry it is about.
 */
import { equals } from 'uint8arrays/equals';
import type { CryptoSuite, Sha256 } from '../../protocol/crypto/index.ts';
import {
  EMPTY_TREE,
  frontierRoot,
  growTree,
  hashesAtLevel,
  HASH_BYTES,
  hashInTile,
  joinTile,
  perfectRoot,
  tilePath,
  tileSpan,
  TILE_WIDTH,
  type TiledTree,
} from '../../protocol/merkle/index.ts';
import { checkAttachments } from './attachments.ts';
import { checkWindow, type BackupFinding } from './check-window.ts';
import { readCosigned } from './cosigned.ts';
import { readDisposals } from './disposals.ts';
import type { BackupFolder } from './folder.ts';
import type { OpenedBackup } from './open-backup.ts';
import { CHECKPOINT, upperTiles, windowOf, windowsIn } from './paths.ts';

/** More findings than this are not listed. */
const FINDINGS_MAX = 1_000;

export interface BackupCheck {
  /** How many entries were looked at. */
  readonly checked: number;
  readonly findings: readonly BackupFinding[];
  /** Files of messages that were looked at, and what is wrong with them: the log is whole without. */
  readonly files: number;
  readonly fileFindings: readonly BackupFinding[];
  /** How many entries each partner cosigned, which may be more than the backup has. */
  readonly cosigned: readonly { readonly domain: string; readonly size: number }[];
}

/** Walks the whole backup. */
export async function checkBackup(
  folder: BackupFolder,
  opened: OpenedBackup,
  suite: CryptoSuite,
  onProgress: (checked: number, size: number) => void = () => undefined,
): Promise<BackupCheck> {
  const { sha256 } = suite;
  const { size, root } = opened.checkpoint;
  const { cosigned, findings } = await readCosigned(folder, opened, suite);
  const { disposed, findings: uncertified } = await readDisposals(folder, size, sha256);
  findings.push(...uncertified);
  const uppers = upperReader(folder, size);
  let tree: TiledTree | undefined = EMPTY_TREE;
  let checked = 0;
  for (let index = 0; index < windowsIn(size) && findings.length < FINDINGS_MAX; index += 1) {
    const window = windowOf(index, size);
    const grown: TiledTree | undefined = tree;
    const isRight = await judge(window.width, index, uppers, grown, { sha256, root });
    const { leaves, findings: found } = await checkWindow(folder, sha256, window, isRight, disposed);
    findings.push(...found);
    if (grown !== undefined && leaves !== undefined) {
      const from = index * TILE_WIDTH;
      for (const one of cosigned.filter((each) => each.size > from && each.size <= from + window.width)) {
        const part = growTree(sha256, grown, leaves.slice(0, one.size - from)).tree;
        if (!equals(frontierRoot(sha256, part.frontier), one.root))
          findings.push({ file: one.file, sequence: 0, problem: `${one.domain} cosigned other entries` });
      }
      const { tree: next, tiles } = growTree(sha256, grown, leaves);
      tree = next;
      for (const { level, index: at, hashes } of tiles)
        if (level > 0 && hashes.length === TILE_WIDTH * HASH_BYTES)
          findings.push(...(await checkUpper(folder, level, at, hashes)));
    } else tree = undefined;
    checked += window.width;
    onProgress(checked, size);
  }
  if (tree !== undefined && checked === size) {
    for (const { level, index, width } of upperTiles(size))
      if (width < TILE_WIDTH)
        findings.push(...(await checkUpper(folder, level, index, joinTile(tree.open[level] ?? []))));
    if (findings.length === 0 && !equals(frontierRoot(sha256, tree.frontier), root))
      findings.push({ file: CHECKPOINT, sequence: 0, problem: 'its root is not that of the entries' });
  }
  const attachments = await checkAttachments(folder, opened.manifest.attachments, disposed, {
    sha256,
    findingsMax: FINDINGS_MAX,
  });
  return {
    checked,
    findings: findings.slice(0, FINDINGS_MAX),
    files: attachments.files,
    fileFindings: attachments.findings,
    cosigned: cosigned.map(({ domain, size: upTo }) => ({ domain, size: upTo })),
  };
}

/** A stored tile above level 0 against the hashes that it should have. */
async function checkUpper(
  folder: BackupFolder,
  level: number,
  index: number,
  hashes: Uint8Array,
): Promise<BackupFinding[]> {
  const file = tilePath({ level, index, width: hashes.length / HASH_BYTES });
  const kept = await folder.read(file);
  const first = index * tileSpan(level + 1);
  if (kept === undefined) return [{ file, sequence: first, problem: 'it is missing' }];
  if (equals(kept, hashes)) return [];
  let at = 0;
  while (at < hashes.length / HASH_BYTES && equals(hashInTile(kept, at), hashInTile(hashes, at))) at += 1;
  const problem = 'it is not the hashes of the tiles below it';
  return [{ file, sequence: first + at * tileSpan(level), problem }];
}

/** What level 1 says of a window; undefined where it cannot say. */
type UpperReader = (index: number) => Promise<Uint8Array | undefined>;

function upperReader(folder: BackupFolder, size: number): UpperReader {
  let known: { index: number; tile: Uint8Array | undefined } | undefined;
  return async (window) => {
    const index = Math.floor(window / TILE_WIDTH);
    if (known?.index !== index) {
      const width = Math.min(TILE_WIDTH, hashesAtLevel(1, size) - index * TILE_WIDTH);
      known = { index, tile: await folder.read(tilePath({ level: 1, index, width })) };
    }
    const hash = known.tile && hashInTile(known.tile, window % TILE_WIDTH);
    return hash?.length === HASH_BYTES ? hash : undefined;
  };
}

/** How to tell, of two lists of leaves for a window, which is right: what lies above knows. */
async function judge(
  width: number,
  index: number,
  upper: UpperReader,
  tree: TiledTree | undefined,
  { sha256, root }: { readonly sha256: Sha256; readonly root: Uint8Array },
): Promise<(leaves: readonly Uint8Array[]) => boolean> {
  if (width === TILE_WIDTH) {
    const parent = await upper(index);
    return (leaves) => parent !== undefined && equals(perfectRoot(sha256, leaves), parent);
  }
  return (leaves) =>
    tree !== undefined && equals(frontierRoot(sha256, growTree(sha256, tree, leaves).tree.frontier), root);
}
