/**
 * Builds the archive of a backup anew. Guarantees: records are taken over as they were archived, in order, from where an
 * attempt that was broken off had come; the log that results has the very root that the backup's checkpoint signs.
 */
import { equals } from 'uint8arrays/equals';
import { splitFramed } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { EMPTY_TREE, frontierRoot, growTree, hashLeaf, TILE_WIDTH } from '../../protocol/merkle/index.ts';
import type { StoredRecord } from '../archive/index.ts';
import { firstAwaited, type Ledger } from '../ledger/index.ts';
import type { BackupFolder } from './folder.ts';
import type { OpenedBackup } from './open-backup.ts';
import { windowOf, windowPaths, windowsIn, type Window } from './paths.ts';

/** Refuses with `backup.damaged`, `archive.damaged`, or `backup.forked` where the archive holds something else already. */
export async function restoreLog(
  folder: BackupFolder,
  { checkpoint: { size, root } }: OpenedBackup,
  ledger: Ledger,
  sha256: Sha256,
  onProgress: (restored: number, size: number) => void = () => undefined,
): Promise<Result<void>> {
  const { log } = ledger;
  let tree = EMPTY_TREE;
  for (let index = 0; index < windowsIn(size); index += 1) {
    const from = index * TILE_WIDTH;
    const records = await readWindow(folder, windowOf(index, size));
    if (!records.ok) return records;
    const leaves = records.value.map(({ entry }) => hashLeaf(sha256, entry));
    const known = Math.max(0, Math.min(log.size - from, leaves.length));
    const before = growTree(sha256, tree, leaves.slice(0, known)).tree;
    if (known > 0 && !equals(log.rootAt(from + known), frontierRoot(sha256, before.frontier)))
      return refuse(
        'backup.forked',
        'the archive of this home holds other entries than the backup; choose another home',
      );
    ({ tree } = growTree(sha256, tree, leaves));
    const expected = { size: from + leaves.length, root: frontierRoot(sha256, tree.frontier) };
    const adopted =
      known === leaves.length ? accept(undefined) : await ledger.adopt(records.value.slice(known), expected);
    if (!adopted.ok) return adopted;
    onProgress(expected.size, size);
  }
  const awaited = await firstAwaited(ledger);
  if (awaited !== undefined)
    return refuse(
      'backup.damaged',
      `the backup lacks what is stored for entry ${awaited}, and no certificate says that it was disposed of; use another copy`,
      { sequence: awaited },
    );
  return log.size === size && equals(log.head.root, root)
    ? accept(undefined)
    : refuse(
        'backup.damaged',
        'the entries of the backup do not lead to the root of its checkpoint; use another copy',
      );
}

async function readWindow(folder: BackupFolder, window: Window): Promise<Result<readonly StoredRecord[]>> {
  const { entries, sealed } = windowPaths(window);
  const parts = async (file: string, lengthBytes: 2 | 4): Promise<readonly Uint8Array[]> =>
    splitFramed((await folder.read(file)) ?? new Uint8Array(0), lengthBytes, window.width).parts;
  const stored = await parts(sealed, 4);
  const records = (await parts(entries, 2)).map((entry, at) => ({
    entry,
    stored: stored[at] ?? new Uint8Array(0),
  }));
  if (records.length === window.width) return accept(records);
  const facts = { file: entries, sequence: window.index * TILE_WIDTH + records.length };
  return refuse(
    'backup.damaged',
    `${entries} of the backup is missing or cut short; use another copy`,
    facts,
  );
}
