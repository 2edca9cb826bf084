/** `chancery backup`: copies the archive of the running node, and checks such copies with nothing but themselves. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ChanceryError, valueOf } from '../../../protocol/errors/index.ts';
import { readBackupRecord, writeBackupRecord } from '../../home/backup-record.ts';
import type { HomeLayout } from '../../home/index.ts';
import { examples } from '../arguments.ts';
import type { Dependencies } from '../dependencies.ts';
import { count, fields, table, when } from '../layout.ts';
import type { OpenSession, Session } from '../session.ts';
import type { Paint } from '../voice.ts';

export function declareBackup(command: Command, open: OpenSession, dependencies: Dependencies): void {
  command
    .description(
      'Copies the archive of the running node, its configuration and its certificates to a folder on another disk: only what ' +
        'is new since the last time. The log lies there as C2SP tlog-tiles, which any static file server can serve. ' +
        'A damaged archive is copied up to the first entry that is; the command then ends with 1. ' +
        'Private keys go along only with --with-keys, and only under a passphrase. Without the keys a backup opens to nobody: ' +
        'keep a copy of them apart (chancery key backup).',
    )
    .argument('<folder>', 'where to, outside the home')
    .option('--with-keys', 'the private keys as well, which have to be under a passphrase')
    .action(async (folder: string, { withKeys = false }: { withKeys?: boolean }, self: Command) => {
      await backUp(open(self), resolve(folder), withKeys, dependencies);
    });
  addVerify(command, open);
  examples(
    command,
    'chancery backup /mnt/backup/acme',
    'chancery backup /mnt/backup/acme --with-keys --json',
    'chancery backup verify /mnt/backup/acme',
  );
}

/** Files that are named one by one. */
const LOST_SHOWN = 20;

async function backUp(
  { home, voice, ask }: Session,
  directory: string,
  keys: boolean,
  { clock }: Dependencies,
): Promise<void> {
  let step = await ask('backup', { directory, keys });
  let written = step.written;
  const lost = new Map(step.lost.map((one) => [one.sequence, one.problem]));
  while (step.next !== null) {
    voice.note(`${step.copied} of ${count(step.size, 'entry', 'entries')}`);
    step = await ask('backup', { directory, keys, from: step.next });
    written += step.written;
    for (const { sequence, problem } of step.lost) lost.set(sequence, problem);
  }
  const time = new Date(clock()).toISOString();
  const last = { directory, time, size: step.size, root: step.root ?? '' };
  const before = await readBackupRecord(home);
  const { damaged } = step;
  const copied = { ...before.keys, ...Object.fromEntries(step.keys.map((name) => [name, time])) };
  await writeBackupRecord(home, { last: damaged === null ? last : before.last, keys: copied });
  const keysNotCopied = await notCopied(home, copied);
  const lostFiles = [...lost].map(([sequence, problem]) => ({ sequence, problem }));
  voice.result({ ...last, written, keys: step.keys, keysNotCopied, damaged, lostFiles }, (shown) =>
    fields([
      ['backup', shown.directory],
      ['entries', String(shown.size)],
      ['root', shown.root],
      ['new', `${count(shown.written, 'full window')} of 256 entries, and what follows them`],
      ['keys', shown.keys.join(', ') || 'not in it'],
    ]),
  );
  if (keysNotCopied.length > 0)
    voice.note(
      `warning: no copy was ever made of the keys ${keysNotCopied.join(', ')}; without them this backup opens to nobody. ` +
        'Run chancery key backup, to a place apart from this one.',
    );
  for (const { sequence, problem } of lostFiles.slice(0, LOST_SHOWN))
    voice.note(`warning: entry ${sequence}: ${problem}`);
  if (damaged !== null)
    throw new ChanceryError(
      'archive.damaged',
      `the archive is damaged at entry ${damaged}, so the backup ends before it; what comes after it is in the archive alone, see chancery archive verify`,
      { facts: { sequence: damaged } },
    );
  if (lostFiles.length > 0)
    throw new ChanceryError(
      'archive.damaged',
      `the backup lacks the files of ${count(lostFiles.length, 'message')}, which the archive does not have as they were; see chancery archive verify`,
    );
}

async function notCopied(
  { keysDirectory }: HomeLayout,
  copied: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { namesIn } = await import('../../keys/index.ts');
  return (await namesIn(keysDirectory)).filter((name) => !Object.hasOwn(copied, name));
}

function addVerify(group: Command, open: OpenSession): void {
  const command = group
    .command('verify')
    .summary('check a backup, with no key and no node')
    .description(
      'Checks every file of a backup against its tree, its root and its signature, and the files that messages brought along ' +
        'against the hashes that are named for them: with no key, no node and no network. Names ' +
        'each damaged or missing file with the first entry it is wrong about, and ends with 1 if there is one.',
    )
    .argument('<folder>', 'the folder of the backup')
    .option('--root-id <fingerprint>', 'the root that has to vouch for it, as DNS or your own record has it')
    .action(async (directory: string, { rootId }: { rootId?: string }, self: Command) => {
      const { voice } = open(self);
      const { BackupFolder, checkBackup, openBackup } = await import('../../backup/index.ts');
      const { sodiumSuite } = await import('../../crypto/index.ts');
      const folder = new BackupFolder(resolve(directory));
      const opened = valueOf(await openBackup(folder, sodiumSuite));
      if (rootId !== undefined && rootId !== opened.rootId)
        throw new ChanceryError(
          'identity.root-mismatch',
          `the backup is vouched for by ${opened.rootId}, not by ${rootId}`,
        );
      const { findings: log, files, fileFindings, cosigned } = await checkBackup(folder, opened, sodiumSuite);
      const findings = [...log, ...fileFindings];
      const { manifest, checkpoint } = opened;
      const report = {
        domain: manifest.domain,
        rootId: opened.rootId,
        time: manifest.time,
        size: checkpoint.size,
        root: Buffer.from(checkpoint.root).toString('hex'),
        keys: manifest.keys.map(({ name }) => name),
        cosigned,
        files,
        findings,
      };
      voice.result(report, say);
      if (findings.length > 0)
        throw new ChanceryError(
          'backup.damaged',
          `the backup has ${count(findings.length, 'fault')}; back up to a new folder, or restore from another copy`,
        );
    });
  examples(
    command,
    'chancery backup verify /mnt/backup/acme',
    'chancery backup verify /mnt/backup/acme --root-id Pq3x0m7dYdQ2p8K3vXyR1b6uTnWcZsLgJhFeDaSiOqU --json',
  );
}

interface Report {
  readonly domain: string;
  readonly rootId: string;
  readonly time: string;
  readonly size: number;
  readonly root: string;
  readonly keys: readonly string[];
  readonly cosigned: readonly { readonly domain: string; readonly size: number }[];
  readonly files: number;
  readonly findings: readonly {
    readonly file: string;
    readonly sequence: number;
    readonly problem: string;
  }[];
}

function say(
  { domain, rootId, time, size, root, keys, cosigned, files, findings }: Report,
  paint: Paint,
): string {
  const head = fields([
    ['domain', domain],
    ['root id', rootId],
    ['made', when(time)],
    ['entries', String(size)],
    ['root', root],
    ['keys', keys.join(', ') || 'not in it'],
    ['cosigned', cosigned.map((one) => `${one.size} by ${one.domain}`).join(', ') || 'by nobody'],
    ['files', files === 0 ? 'none' : String(files)],
    ['faults', findings.length === 0 ? paint.green('none') : paint.red(String(findings.length))],
  ]);
  const rows = findings.map((one) => [one.file, String(one.sequence), one.problem]);
  return rows.length === 0 ? head : `${head}\n${table(['FILE', 'FROM ENTRY', 'FAULT'], rows, '')}`;
}
