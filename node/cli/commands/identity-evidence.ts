/** `chancery identity evidence`: what partners signed against themselves, and files that prove it to anybody. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { makePrivateDirectory } from '../../home/private-file.ts';
import { replacePublicFile } from '../../home/public-file.ts';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { fields, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Evidence = OperationOutput<'evidence.show'>;

const MEANING: Readonly<Record<Evidence['kind'], string>> = {
  equivocation: 'two different rosters of one number',
  rollback: 'a roster of a lower number, issued later',
};

export function addEvidence(group: Command, open: OpenSession): void {
  const evidence = group
    .command('evidence')
    .summary('list what partners signed against themselves')
    .description(
      'Lists pairs of rosters that a partner signed of which an honest one signs one at most: another one of the same ' +
        'number, or a lower number at a later time. Its key is in two hands, or its node was set back: ask its operator ' +
        'over a way that you trust.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('evidence.list', {}), (shown) =>
        table(
          ['ENTRY', 'TIME', 'PARTNER', 'KIND', 'ROSTERS'],
          shown.evidence.map(({ sequence, time, domain, kind, first, second }) => [
            String(sequence),
            when(time),
            domain,
            kind,
            `${first} and ${second}`,
          ]),
          'no evidence against any partner',
        ),
      );
    });
  const show = evidence
    .command('show')
    .description('Shows in what the two rosters of one entry differ.')
    .argument('<entry>', 'the entry of the archive, as the list names it', wholeNumber)
    .action(async (sequence: number, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('evidence.show', { sequence }), say);
    });
  const save = evidence
    .command('export')
    .description(
      'Writes what proves one entry into a folder: the signed bytes, the signatures and the certificates of both ' +
        'rosters, and how anybody verifies them with openssl alone.',
    )
    .argument('<entry>', 'the entry of the archive, as the list names it', wholeNumber)
    .requiredOption('--out <folder>', 'the folder to write to')
    .action(async (sequence: number, { out }: { out: string }, self: Command) => {
      const { voice, ask } = open(self);
      const files = filesOf(await ask('evidence.show', { sequence }));
      await makePrivateDirectory(out);
      for (const [name, content] of files) await replacePublicFile(join(out, name), content);
      const names = files.map(([name]) => name);
      voice.result({ folder: out, files: names }, (shown) => `${shown.folder}: ${shown.files.join(', ')}\n`);
    });
  examples(evidence, 'chancery identity evidence', 'chancery identity evidence show 4711');
  examples(show, 'chancery identity evidence show 4711', 'chancery identity evidence show 4711 --json');
  examples(save, 'chancery identity evidence export 4711 --out evidence-4711');
}

function say({ sequence, time, domain, kind, differences }: Evidence): string {
  const head = fields([
    ['partner', domain],
    ['kind', `${kind}: ${MEANING[kind]}`],
    ['kept', `${when(time)}, entry ${sequence}`],
  ]);
  const rows = differences.map(({ what, first, second }) => [what, first ?? '-', second ?? '-']);
  return `${head}\n${table(['WHAT', 'KNOWN BEFORE', 'SHOWN THEN'], rows, 'they differ in their form alone')}`;
}

function filesOf(evidence: Evidence): [name: string, content: string | Uint8Array][] {
  const { first, second, differences, ...about } = evidence;
  const sides = [
    ['first', first],
    ['second', second],
  ] as const;
  return [
    ['evidence.json', `${JSON.stringify({ ...about, first, second, differences }, null, 2)}\n`],
    ['how-to-verify.txt', howTo(evidence)],
    ...sides.flatMap(([name, { signed, signature, certificates }]): [string, string | Uint8Array][] => [
      [`${name}.signed`, Buffer.from(signed, 'base64')],
      [`${name}.signature`, Buffer.from(signature, 'base64')],
      [`${name}.signer.pem`, certificates[0] ?? ''],
      [`${name}.issuer.pem`, certificates[1] ?? ''],
      [`${name}.root.pem`, certificates[2] ?? ''],
    ]),
  ];
}

function howTo({ domain, kind, first, second }: Evidence): string {
  const commands = (['first', 'second'] as const).map((name) => {
    const issued = Math.floor(Date.parse((name === 'first' ? first : second).issued) / 1000);
    return `openssl pkeyutl -verify -certin -inkey ${name}.signer.pem -rawin -in ${name}.signed -sigfile ${name}.signature
openssl verify -attime ${issued} -CAfile ${name}.root.pem -untrusted ${name}.issuer.pem ${name}.signer.pem`;
  });
  return `${domain} signed both rosters (${first.number} and ${second.number}): ${MEANING[kind]}.
They are in the files .signed, after the words "chancery/roster/v1" and a zero byte, in CBOR (RFC 8949).
To verify it, with OpenSSL 3 in this folder:

${commands.join('\n\n')}

The root of each is the file .root.pem; compare its key with the record at _chancery.${domain}.
`;
}
