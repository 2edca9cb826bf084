/** `chancery archive`: reads and verifies the organisation's log. */
import type { Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { addAbsences } from './archive-absences.ts';
import { addAccesses } from './archive-accesses.ts';
import { addLoss } from './archive-loss.ts';
import { addCheckpointEvidence, addDisown } from './archive-evidence.ts';
import { addReindex } from './archive-reindex.ts';
import { addPromote, addReplicas } from './archive-copies.ts';
import { addReconcile } from './archive-reconcile.ts';
import { addSearch } from './archive-search.ts';
import { addCheckpoint, addTile } from './archive-tree.ts';
import { examples, time, wholeNumber } from '../arguments.ts';
import type { Dependencies } from '../dependencies.ts';
import { count, fields, period, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import type { Paint } from '../voice.ts';

export function declareArchive(group: Command, open: OpenSession, dependencies: Dependencies): void {
  group.description('Reads and verifies the organisation’s archive.');
  listCommand(group, open);
  showCommand(group, open);
  addSearch(group, open);
  conversationsCommand(group, open);
  verifyCommand(group, open);
  addAccesses(group, open);
  addAbsences(group, open);
  addReplicas(group, open);
  addPromote(group, open);
  addCheckpoint(group, open);
  addTile(group, open);
  addCheckpointEvidence(group, open);
  addDisown(group, open);
  addReconcile(group, open);
  addLoss(group, open);
  addReindex(group, open, dependencies);
  examples(
    group,
    'chancery archive list --person alice@acme.example',
    'chancery archive show 1041',
    'chancery archive search \'invoice "net 30" from:alice\'',
    'chancery archive verify',
    'chancery archive reconcile partner.example',
  );
}

function listCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('list')
    .summary('page through the log, newest first')
    .description('Pages through the log, newest first; by conversation, person and time.')
    .option('--conversation <id>', 'of this conversation only')
    .option('--person <address>', 'from or to this person only')
    .option('--after <time>', 'not before this day or time (UTC)', time)
    .option('--until <time>', 'not after this day or time (UTC)', time)
    .option('--before <sequence>', 'entries below this sequence: the next page', wholeNumber)
    .option('--limit <number>', 'entries of a page, at most 500', wholeNumber, 50)
    .option('--purpose <text>', 'why you look; on record')
    .option('--case <name>', 'the case that it is for; on record')
    .action(async (options: OperationInput<'archive.list'>, self: Command) => {
      const { voice, ask } = open(self);
      const { conversation, person, after, until, before, limit, purpose, case: name } = options;
      const given = Object.entries({
        ...{ conversation, person, after, until, before, limit, purpose, case: name },
      });
      const filter = Object.fromEntries(given.filter(([, value]) => value !== undefined));
      const page = await ask('archive.list', filter);
      voice.result(page, entryTable);
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  examples(
    command,
    'chancery archive list --limit 20',
    'chancery archive list --person alice@acme.example --after 2026-05-01 --until 2026-06-01',
    'chancery archive list --conversation 7c1e... --before 1041 --json',
  );
}

function showCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('show')
    .description(
      'Shows one entry whole, with its place in the tree, and by which device, root, level and proof it was accepted.',
    )
    .argument('<sequence>', 'the entry’s sequence number', wholeNumber)
    .option('--purpose <text>', 'why you look; on record')
    .option('--case <name>', 'the case that it is for; on record')
    .action(async (sequence: number, grounds: { purpose?: string; case?: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('archive.show', { sequence, ...grounds }),
        ({ entry, leafHash, certificate, accepted, versions, detail }) => {
          const head = fields([
            ['sequence', String(entry.sequence)],
            ['archived', entry.time === null ? 'not known' : when(entry.time)],
            ['kind', entry.kind],
            ['summary', entry.summary],
            ['written by', writer(entry)],
            ['leaf hash', leafHash],
            [
              'signed under',
              certificate === null ? 'no certificate' : `${certificate.subject}, ${certificate.serial}`,
            ],
            ['which holds', certificate === null ? '' : period(certificate.window)],
            ...acceptance(accepted),
            ...(versions.length === 0 ? [] : [versionsField(versions)]),
          ]);
          const text = entry.message?.text ?? null;
          return `${head}\n${text === null ? '' : `${text}\n\n`}${JSON.stringify(detail, null, 2)}\n`;
        },
      );
    });
  examples(command, 'chancery archive show 1041', 'chancery archive show 1041 --json');
}

function conversationsCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('conversations')
    .description('Lists the conversations that the archive holds.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('archive.conversations', {}), ({ conversations }) =>
        table(
          ['CONVERSATION', 'TYPE', 'TITLE', 'OWNER', 'MEMBERS'],
          conversations.map(({ id, type, title, owner, members }) => [
            id,
            type,
            title,
            owner,
            members.join(' '),
          ]),
          'no conversations yet',
        ),
      );
    });
  examples(command, 'chancery archive conversations');
}

function verifyCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('verify')
    .summary('walk the whole log and tree')
    .description(
      'Walks the whole log and tree, reads every file that a message brought along, and verifies every message anew as of ' +
        'when it was archived: signature, device, root, archived DNSSEC proof, agreement, roster. Asks no network and no ' +
        'clock. Ends with 1 if anything is wrong.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      const report = await ask('archive.verify', {});
      voice.result(report, verification);
      if (report.faults.length > 0) {
        const found = count(report.faults.length, 'fault');
        throw new ChanceryError('archive.damaged', `the archive has ${found}; restore it from a copy`);
      }
    });
  examples(command, 'chancery archive verify', 'chancery archive verify --json');
}

/** Who wrote a message, and how they are known. */
function writer({ message }: OperationOutput<'archive.show'>['entry']): string {
  if (message === null) return 'nobody: it is no message';
  const { person, sender } = message;
  if (person === null) return `${sender}, from a device that is not known`;
  const since = person.since === null ? '' : ` since ${when(person.since)}`;
  return `${person.name} <${person.address}> of ${person.domain} (${person.level}${since})`;
}

function versionsField(versions: OperationOutput<'archive.show'>['versions']): [string, string] {
  return ['versions', versions.map(({ sequence, kind }) => `${sequence} ${kind}`).join(', ')];
}

function acceptance(accepted: OperationOutput<'archive.show'>['accepted']): [string, string][] {
  if (accepted === null) return [];
  const { domain, rootId, level, proof, roster, entries, device } = accepted;
  return [
    ['device', `SHA-256 ${device}`],
    ['root', `${rootId ?? 'not in the archive'}, in force of ${domain}`],
    ['level', level],
    ['proof', proof === null ? 'none' : `SHA-256 ${proof}`],
    ['roster', roster === null ? 'none' : String(roster)],
    ['by entries', entries.join(', ')],
  ];
}

function entryTable({ entries }: OperationOutput<'archive.list'>): string {
  return table(
    ['SEQUENCE', 'ARCHIVED', 'KIND', 'WHAT'],
    entries.map(({ sequence, time: archived, kind, summary }) => [
      String(sequence),
      archived === null ? 'not known' : when(archived),
      kind,
      summary,
    ]),
    'nothing found',
  );
}

function verification(report: OperationOutput<'archive.verify'>, paint: Paint): string {
  const head = fields([
    ['entries', String(report.size)],
    [
      'messages',
      report.sealed === 0
        ? String(report.messages)
        : `${report.messages}, ${report.sealed} of them older than the delivery window and not opened`,
    ],
    ['disposed of', report.disposed === 0 ? 'nothing' : `${report.disposed}, as certificates in the log say`],
    ['files', report.files === 0 ? 'none' : String(report.files)],
    ['root', report.root],
    ['faults', report.faults.length === 0 ? paint.green('none') : paint.red(String(report.faults.length))],
  ]);
  const rows = report.faults.map((fault) => [String(fault.sequence), fault.code, fault.message]);
  return rows.length === 0 ? head : `${head}\n${table(['SEQUENCE', 'CODE', 'FAULT'], rows, '')}`;
}
