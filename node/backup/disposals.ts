/**
 * Disposal in a backup: `disposals/N` is the content of certificate N in clear, with its salt, so that who has no key can
 * hold it against the entry's commitment; it names entries, ids, partners and times, and nothing that was said. Guarantees: a
 * certificate is there before any content goes that it names; one whose contents still have to go is called `N.due`.
 */
import { equals } from 'uint8arrays/equals';
import {
  decodeDisposal,
  decodeEntry,
  joinSalted,
  splitFramed,
  splitSalted,
  SALT_BYTES,
  type Disposed,
} from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { TILE_WIDTH } from '../../protocol/merkle/index.ts';
import type { ArchiveLog } from '../archive/index.ts';
import type { BackupFinding } from './check-window.ts';
import type { BackupFolder } from './folder.ts';
import { DISPOSALS, windowOf, windowPaths } from './paths.ts';

const DUE = '.due';

const NOTHING = new Uint8Array(0);

/**
 * Takes out of a backup of `size` entries what was disposed of since the last. `rewrite` writes what is stored for a window
 * as it is now. Can be broken off, and is gone on with by the next backup.
 */
export async function disposeInBackup(
  folder: BackupFolder,
  log: ArchiveLog,
  size: number,
  rewrite: (index: number) => Promise<void>,
): Promise<void> {
  const there = new Set(await folder.namesIn(DISPOSALS));
  const windows = new Map<number, Set<number>>();
  for await (const { sequence, certificate } of log.disposedEntries()) {
    if (certificate >= size || there.has(String(certificate))) continue;
    const of = windows.get(certificate) ?? new Set<number>();
    windows.set(certificate, of.add(Math.floor(sequence / TILE_WIDTH)));
  }
  if (windows.size === 0) return;
  for (const certificate of windows.keys()) {
    const salt = log.salt(certificate) ?? NOTHING;
    const content = log.content(certificate) ?? NOTHING;
    await folder.write(`${DISPOSALS}/${certificate}${DUE}`, joinSalted({ salt, content }));
  }
  await folder.sync();
  for (const index of new Set([...windows.values()].flatMap((of) => [...of]))) await rewrite(index);
  await folder.sync();
  for (const certificate of windows.keys()) {
    const due = `${DISPOSALS}/${certificate}${DUE}`;
    await folder.write(`${DISPOSALS}/${certificate}`, (await folder.read(due)) ?? NOTHING);
    await folder.remove(due);
  }
  await folder.sync();
}

/** What the certificates of a backup of `size` entries name, by sequence number; and those that are not as they were archived. */
export async function readDisposals(
  folder: BackupFolder,
  size: number,
  sha256: Sha256,
): Promise<{ readonly disposed: ReadonlyMap<number, Disposed>; readonly findings: BackupFinding[] }> {
  const disposed = new Map<number, Disposed>();
  const findings: BackupFinding[] = [];
  for (const name of await folder.namesIn(DISPOSALS)) {
    const file = `${DISPOSALS}/${name}`;
    const sequence = Number(name.replace(DUE, ''));
    const named = await certified(folder, file, sequence, size, sha256);
    if (named === undefined)
      findings.push({ file, sequence, problem: 'it is not the certificate that the log has' });
    else for (const one of named) if (one.sequence < sequence) disposed.set(one.sequence, one);
  }
  return { disposed, findings };
}

async function certified(
  folder: BackupFolder,
  file: string,
  sequence: number,
  size: number,
  sha256: Sha256,
): Promise<readonly Disposed[] | undefined> {
  if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence >= size) return undefined;
  const window = windowOf(Math.floor(sequence / TILE_WIDTH), size);
  const bundle = (await folder.read(windowPaths(window).entries)) ?? NOTHING;
  const entry = splitFramed(bundle, 2, window.width).parts[sequence % TILE_WIDTH];
  const decoded = entry && decodeEntry(entry);
  const salted = await folder.read(file);
  if (decoded?.ok !== true || salted === undefined || salted.length < SALT_BYTES) return undefined;
  const { kind, commitment } = decoded.value;
  if (kind !== 'disposal' || !equals(sha256(salted), commitment)) return undefined;
  const disposal = decodeDisposal(splitSalted(salted).content);
  return disposal.ok ? disposal.value.disposed : undefined;
}
