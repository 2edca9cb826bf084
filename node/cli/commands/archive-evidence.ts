/** `chancery archive evidence`: checkpoints that partners signed against themselves, and files that prove it to anybody. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { makePrivateDirectory } from '../../home/private-file.ts';
import { replacePublicFile } from '../../home/public-file.ts';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Shown = OperationOutput<'archive.evidence'>;
type Evidence = Shown['evidence'][number];
type Receipt = Shown['receipts'][number];

/** Something that was signed, as files hold it. */
interface Signed {
  readonly name: string;
  readonly signed: string | Uint8Array;
  readonly signature: string;
  readonly certificates: readonly string[];
}

const MEANING: Readonly<Record<Evidence['kind'], string>> = {
  fork: 'two roots of one size: two different logs under one name',
  unproven: 'no proof leads from the checkpoint that was cosigned to the one shown then',
  shrunk: 'a smaller checkpoint, shown as current after the larger one was cosigned',
};

export function addCheckpointEvidence(group: Command, open: OpenSession): void {
  const evidence = group
    .command('evidence')
    .summary('list what partners signed against their own logs')
    .description(
      'Lists pairs of checkpoints of a partner’s log, both signed by it, that do not go together: its log was forked or ' +
        'set back. Messages go on, the later checkpoint was not cosigned: ask its operator over a way that you trust. ' +
        'And receipts that a partner signed for messages that its log does not show (chancery archive reconcile).',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('archive.evidence', {}), ({ evidence: checkpoints, receipts }) =>
        table(
          ['ENTRY', 'TIME', 'PARTNER', 'KIND', 'ABOUT', 'WHAT'],
          [...checkpoints.map(rowOf), ...receipts.map(receiptRowOf)],
          'no evidence against any partner’s log',
        ),
      );
    });
  const save = evidence
    .command('export')
    .description(
      'Writes what proves one entry into a folder: what was signed, the signatures and the certificates, and how anybody ' +
        'verifies them with openssl alone.',
    )
    .argument('<entry>', 'the entry of the archive, as the list names it', wholeNumber)
    .requiredOption('--out <folder>', 'the folder to write to')
    .action(async (sequence: number, { out }: { out: string }, self: Command) => {
      const { voice, ask } = open(self);
      const { evidence: checkpoints, receipts } = await ask('archive.evidence', {});
      const checkpoint = checkpoints.find((one) => one.sequence === sequence);
      const receipt = receipts.find((one) => one.sequence === sequence);
      if (checkpoint === undefined && receipt === undefined)
        throw new ChanceryError(
          'request.invalid',
          `entry ${sequence} is none; see chancery archive evidence`,
        );
      const files = [
        ...(checkpoint === undefined ? [] : filesOf(checkpoint)),
        ...(receipt === undefined ? [] : filesOfReceipt(receipt)),
      ];
      await makePrivateDirectory(out);
      for (const [name, content] of files) await replacePublicFile(join(out, name), content);
      const names = files.map(([name]) => name);
      voice.result({ folder: out, files: names }, (shown) => `${shown.folder}: ${shown.files.join(', ')}\n`);
    });
  examples(
    evidence,
    'chancery archive evidence',
    'chancery archive evidence export 4711 --out evidence-4711',
  );
  examples(save, 'chancery archive evidence export 4711 --out evidence-4711');
}

function rowOf({ sequence, time, domain, kind, first, second }: Evidence): string[] {
  return [String(sequence), when(time), domain, kind, `${first.size} and ${second.size}`, MEANING[kind]];
}

function receiptRowOf({ sequence, time, domain, message, position, shown }: Receipt): string[] {
  const what = shown === null ? 'its log showed nothing there' : 'its log showed another entry there';
  const about = `message ${message} as #${position}`;
  return [String(sequence), when(time), domain, 'receipt', about, what];
}

type Files = [name: string, content: string | Uint8Array][];

function filesOf(evidence: Evidence): Files {
  const { domain, kind, first, second } = evidence;
  const what = `${domain} signed both checkpoints of its log (${first.size} and ${second.size} entries): ${MEANING[kind]}.
They are C2SP signed notes (.note); .signed is the text, .signature the signature over it.`;
  const sides = [signedNote('first', first), signedNote('second', second)];
  return [...filesOfSigned(evidence, what, sides), ['first.note', first.note], ['second.note', second.note]];
}

function filesOfReceipt(evidence: Receipt): Files {
  const { domain, message, position, receipt, checkpoint, shown } = evidence;
  const instead = shown === null ? 'nothing' : 'another entry, which is in evidence.json with its proof';
  const what = `${domain} signed the receipt that message ${message} is entry ${position} of its log (canonical CBOR behind
its context), and then the checkpoint of ${checkpoint.size} entries, under which its log showed ${instead}.
receipt.signed and checkpoint.signed are what was signed, .signature the signatures over it.`;
  const { certificates } = checkpoint;
  const sides = [
    {
      name: 'receipt',
      signed: Buffer.from(receipt.signed, 'base64'),
      signature: receipt.signature,
      certificates,
    },
    signedNote('checkpoint', checkpoint),
  ];
  return [...filesOfSigned(evidence, what, sides), ['checkpoint.note', checkpoint.note]];
}

function signedNote(name: string, { note, signature, certificates }: Evidence['first']): Signed {
  return { name, signed: note.slice(0, note.lastIndexOf('\n\n') + 1), signature, certificates };
}

function filesOfSigned(evidence: Evidence | Receipt, what: string, sides: readonly Signed[]): Files {
  return [
    ['evidence.json', `${JSON.stringify(evidence, null, 2)}\n`],
    ['how-to-verify.txt', howTo(evidence.domain, what, sides)],
    ...sides.flatMap(({ name, signed, signature, certificates }): Files => [
      [`${name}.signed`, signed],
      [`${name}.signature`, Buffer.from(signature, 'base64')],
      [`${name}.signer.pem`, certificates[0] ?? ''],
      [`${name}.issuer.pem`, certificates[1] ?? ''],
      [`${name}.root.pem`, certificates[2] ?? ''],
    ]),
  ];
}

function howTo(domain: string, what: string, sides: readonly Signed[]): string {
  const commands = sides.map(
    ({ name }) =>
      `openssl pkeyutl -verify -certin -inkey ${name}.signer.pem -rawin -in ${name}.signed -sigfile ${name}.signature
openssl verify -no_check_time -CAfile ${name}.root.pem -untrusted ${name}.issuer.pem ${name}.signer.pem`,
  );
  return `${what}
To verify them, with OpenSSL 3 in this folder:

${commands.join('\n\n')}

The root of each is the file .root.pem; compare its key with the record at _chancery.${domain}.
`;
}

/** `chancery archive disown`: for an archive that was tampered with and put back. */
export function addDisown(group: Command, open: OpenSession): void {
  const command = group
    .command('disown')
    .summary('say that a checkpoint of ours was signed over a log that was tampered with')
    .description(
      'Where somebody tampered with the archive, this node may have signed a checkpoint of what they made of it, and a partner holds that: ' +
        'it goes on stopping the archive after that was put back as it was. This declares that it was signed over a log that was tampered with. It ' +
        'counts from the next start on, and is an entry of the log. What a partner has cosigned cannot be disowned.',
    )
    .requiredOption('--reason <text>', 'what happened, for the record')
    .action(async (options: OperationInput<'archive.disown'>, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('archive.disown', options),
        ({ partner, size, root }) =>
          `The checkpoint of ${size} entries, root ${root}, that ${partner} holds, is disowned. Start the node again.\n`,
      );
    });
  examples(
    command,
    'chancery archive disown --reason "edited by an intruder on 2026-11-20, restored from the replica"',
  );
}
