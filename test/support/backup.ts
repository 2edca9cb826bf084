/** A log with entries that can be read back, and a folder for its backups. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { toString } from 'uint8arrays/to-string';
import type { ArchiveLog } from '../../node/archive/index.ts';
import { backUp, BackupFolder, type BackupSource, type BackupStep } from '../../node/backup/index.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { createOrganisation } from '../../node/identity/index.ts';
import { fact, type Ledger } from '../../node/ledger/index.ts';
import { signCheckpoint } from '../../protocol/checkpoint/index.ts';
import { ORIGIN, START } from './archive.ts';
import { openLedger } from './ledger.ts';

export interface BackedUp {
  readonly ledger: Ledger;
  readonly source: BackupSource;
  readonly folder: BackupFolder;
  /** Appends so many entries. */
  readonly grow: (count: number) => Promise<void>;
}

/** Of a log without files. */
const NO_FILES: BackupSource['attachments'] = {
  // eslint-disable-next-line @typescript-eslint/require-await
  async *from() {
    yield* [];
  },
  files: { path: () => '' },
  isDisposed: () => false,
};

/** What a backup of a log is made from. */
export async function sourceOf(
  log: ArchiveLog,
  attachments: BackupSource['attachments'] = NO_FILES,
): Promise<BackupSource> {
  const made = await createOrganisation('acme.test', ['gateway', 'archive'], START, (length) =>
    crypto.getRandomValues(new Uint8Array(length)),
  );
  const signer = sodiumSigner(made.seeds.statement);
  const base64 = (bytes: Uint8Array): string => toString(bytes, 'base64pad');
  const { root, issuer, statement, node } = made.certificates;
  const certificates = {
    root: base64(root),
    issuer: base64(issuer),
    statement: base64(statement),
    node: base64(node),
  };
  return {
    log,
    attachments,
    size: () => log.size,
    checkpoint: () => {
      const { size, root: hash } = log.head;
      return signCheckpoint({ origin: ORIGIN, size, root: hash }, signer, sodiumSuite.sha256);
    },
    cosigned: () => Promise.resolve([]),
    beside: () =>
      Promise.resolve({
        domain: 'acme.test',
        time: new Date(START).toISOString(),
        version: 'test',
        config: 'domain: acme.test\n',
        certificates,
        keys: [],
      }),
    signer,
    sha256: sodiumSuite.sha256,
  };
}

export async function logToBackUp(t: TestContext, entries: number): Promise<BackedUp> {
  const ledger = await openLedger(t);
  const { log } = ledger;
  const source = await sourceOf(log);
  const directory = await mkdtemp(join(tmpdir(), 'chancery-backup-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const grow = async (count: number): Promise<void> => {
    const from = log.size;
    for (let done = 0; done < count; done += 500)
      await ledger.append(
        Array.from({ length: Math.min(500, count - done) }, (_, at) =>
          fact('administration', { actor: 'test', action: 'entry', detail: String(from + done + at) }),
        ),
      );
  };
  await grow(entries);
  return { ledger, source, folder: new BackupFolder(directory), grow };
}

/** Step after step, to the end. */
export async function backUpWhole(
  source: BackupSource,
  folder: BackupFolder,
): Promise<BackupStep & { readonly writtenInAll: number }> {
  let writtenInAll = 0;
  for (let next: number | null = 0; ;) {
    const step: BackupStep = await backUp(source, folder, next);
    writtenInAll += step.written;
    next = step.next;
    if (next === null) return { ...step, writtenInAll };
  }
}

/** Every file of a folder, by its path in it, with what tells whether it was written anew. */
export async function filesIn(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { ino, mtimeMs } = await stat(path);
    files.set(path.slice(directory.length + 1), `${ino} ${mtimeMs}`);
  }
  return files;
}
