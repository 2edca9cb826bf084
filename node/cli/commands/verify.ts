/** `chancery verify`: whether an export is whole and what the log holds, with nothing but the export. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { verifyExport, type ExportReport } from '../../../protocol/export/index.ts';
import { sodiumSuite } from '../../crypto/index.ts';
import { examples } from '../arguments.ts';
import { exportFilesIn } from '../export-files.ts';
import { count, fields, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import type { Paint } from '../voice.ts';

export function declareVerify(command: Command, open: OpenSession): void {
  command
    .description(
      'Checks an export that a compliance officer made: every file against the signed manifest, every message against the ' +
        'signed and cosigned checkpoint and the device that wrote it, and that nothing is left out which the log says was handed ' +
        'out. Asks no node and no network. Names each file and entry that is wrong, and ends with 1 if there is one.',
    )
    .argument('<export>', 'the folder of the export')
    .option('--root-id <fingerprint>', 'the root that has to vouch for it, as DNS or your own record has it')
    .action(async (folder: string, { rootId }: { rootId?: string }, self: Command) => {
      const { voice } = open(self);
      const report = await verifyExport(exportFilesIn(resolve(folder)), sodiumSuite);
      voice.result(shown(report), say);
      const { facts, findings } = report;
      if (findings.length > 0 || facts === null)
        throw new ChanceryError(
          'export.damaged',
          `the export has ${count(findings.length, 'fault')}; ask whoever made it for another copy`,
        );
      if (rootId !== undefined && rootId !== facts.rootId)
        throw new ChanceryError(
          'identity.root-mismatch',
          `the export is vouched for by ${facts.rootId}, not by ${rootId}`,
        );
    });
  examples(
    command,
    'chancery verify ./case-17',
    'chancery verify ./case-17 --root-id Pq3x0m7dYdQ2p8K3vXyR1b6uTnWcZsLgJhFeDaSiOqU --json',
  );
}

type Shown = ReturnType<typeof shown>;

function shown({ facts, findings }: ExportReport): {
  readonly export: ReturnType<typeof factsOf> | null;
  readonly findings: ExportReport['findings'];
} {
  return { export: facts === null ? null : factsOf(facts), findings };
}

function factsOf({ manifest, rootId, size, root, cosigned }: NonNullable<ExportReport['facts']>) {
  const { domain, officer, made, purpose, about, messages, membership, trail, withheld, files } = manifest;
  return {
    ...{ domain, rootId, officer, made, purpose, case: manifest.case, sought: manifest.sought },
    about: about === undefined ? null : { person: about.person, entries: about.entries.length },
    ...{ messages: messages.length, membership: membership.length, trail: trail.length, withheld },
    ...{ files: files.length, size, root: Buffer.from(root).toString('hex') },
    cosigned: cosigned.map((one) => ({
      ...{ domain: one.domain, rootId: one.rootId, size: one.size },
      time: new Date(one.time * 1000).toISOString(),
    })),
  };
}

function say({ export: facts, findings }: Shown, paint: Paint): string {
  const faults: [string, string] = [
    'faults',
    findings.length === 0 ? paint.green('none') : paint.red(String(findings.length)),
  ];
  const head = facts === null ? fields([faults]) : fields([...linesOf(facts), faults]);
  const rows = findings.map(({ file, entry, problem }) => [
    file,
    entry === null ? '' : String(entry),
    problem,
  ]);
  return rows.length === 0 ? head : `${head}\n${table(['FILE', 'ENTRY', 'FAULT'], rows, '')}`;
}

function linesOf(facts: NonNullable<Shown['export']>): [string, string][] {
  const { domain, rootId, officer, made, purpose, messages, membership, trail, withheld } = facts;
  const why = facts.case === '' ? purpose : `${purpose}, case ${facts.case}`;
  const seen = facts.cosigned.map((one) => `${one.size} by ${one.domain} (root ${one.rootId})`);
  return [
    ['domain', domain],
    ['root id', rootId],
    ['exported by', `${officer}, ${when(made)}`],
    ['for', why],
    ...(facts.about === null
      ? []
      : ([
          [
            'about',
            `${facts.about.person}, with ${count(facts.about.entries, 'entry', 'entries')} beside messages`,
          ],
        ] as [string, string][])),
    ['messages', `${messages}, and ${membership} more that say who was there`],
    ['looked at', `${count(trail, 'time')}, this export among them`],
    [
      'not in it',
      withheld
        .map(
          ({ sequence, part, code }) =>
            `${part === undefined ? '' : 'the file of '}entry ${sequence} (${code})`,
        )
        .join(', ') || 'nothing that was found',
    ],
    ['entries', String(facts.size)],
    ['root', facts.root],
    ['cosigned', seen.join(', ') || 'by nobody'],
  ];
}
