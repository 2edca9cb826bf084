/** What an administrator who has the disk, the keys and the database's own tools can do to an archive behind its back. */
import { createHash, randomBytes } from 'node:crypto';
import { cp, rename, rm } from 'node:fs/promises';
import { Level } from 'level';
import { commitTo, decodeEntry, encodeEntry, joinSalted, SALT_BYTES } from '../../protocol/archive/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { EMPTY_TREE, frontierRoot, growTree, hashLeaf } from '../../protocol/merkle/index.ts';
import { decodeHead, encodeHead } from '../../node/archive/head.ts';
import { contentKey, entryKey, entryRange, HEAD_KEY, tileKey } from '../../node/archive/keys.ts';
import { encodeStoredEntry, storedEntryBytes } from '../../node/archive/stored-entry.ts';
import type { Sealer } from '../../node/archive/index.ts';

type Database = Level<Uint8Array, Uint8Array>;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Changes one byte of what is stored for an entry, and nothing else. */
export async function changeByte(location: string, sequence: number): Promise<void> {
  await edit(location, async (db) => {
    const stored = Uint8Array.from(await present(db, contentKey(sequence)));
    stored[stored.length - 1] = (stored.at(-1) ?? 0) ^ 1;
    await db.put(contentKey(sequence), stored);
  });
}

/**
 * Puts something harmless in the place of an entry, sealed as it should be, and makes the whole tree and the head anew:
 * entries, tiles and head agree with each other, as if it had never been otherwise. The mark beside the archive, which
 * would tell, is removed.
 */
export async function rewriteHistory(location: string, sequence: number, sealer: Sealer): Promise<void> {
  await edit(location, async (db) => {
    const before = valueOf(decodeEntry(storedEntryBytes(await present(db, entryKey(sequence)))));
    const kind = 'refusal';
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const content = new TextEncoder().encode('nothing of note');
    const stored = sealer.seal({ sequence, kind }, new Uint8Array(), joinSalted({ salt, content }));
    const commitment = commitTo(sha256, salt, content);
    const entry = encodeEntry({ v: 1, kind, time: before.time, commitment, sealed: sha256(stored) });
    await db.put(entryKey(sequence), encodeStoredEntry(hashLeaf(sha256, entry), entry));
    await db.put(contentKey(sequence), stored);
    const leaves: Uint8Array[] = [];
    for await (const [, value] of db.iterator(entryRange(0)))
      leaves.push(hashLeaf(sha256, storedEntryBytes(value)));
    const { tree, tiles } = growTree(sha256, EMPTY_TREE, leaves);
    for (const { level, index, hashes } of tiles) await db.put(tileKey(level, index), hashes);
    const head = valueOf(decodeHead(await present(db, HEAD_KEY)));
    await db.put(HEAD_KEY, encodeHead({ ...head, root: frontierRoot(sha256, tree.frontier) }));
  });
  await rm(markOf(location));
}

/** A copy of the archive's folder and of the mark beside it, and how to put them back. */
export async function keepCopy(location: string): Promise<() => Promise<void>> {
  const kept = [location, markOf(location)];
  for (const path of kept) await cp(path, `${path}.kept`, { recursive: true });
  return async () => {
    for (const path of kept) {
      await rm(path, { recursive: true, force: true });
      await rename(`${path}.kept`, path);
    }
  };
}

/** How far the log had come is noted beside it as well. */
function markOf(location: string): string {
  return `${location}.mark`;
}

async function present(db: Database, key: Uint8Array): Promise<Uint8Array> {
  const value = (await db.get(key)) as Uint8Array | undefined;
  if (value === undefined) throw new Error('the archive has nothing there to be edited');
  return value;
}

async function edit(location: string, change: (db: Database) => Promise<void>): Promise<void> {
  const db: Database = new Level(location, { keyEncoding: 'view', valueEncoding: 'view' });
  await db.open();
  try {
    await change(db);
  } finally {
    await db.close();
  }
}
