/** `chancery-chat archive export` and `verify`: messages handed on as a folder, and whether such a folder is whole. */
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Looking, Wanted } from '../index.ts';
import { examples, wholeNumber } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { sayAsked } from './oversight-commands.ts';
import { printable } from './printable.ts';
import { voiceOf, whileConnected, type GlobalOptions, type Session } from './session.ts';

/** Opened messages between two lines that say how far it has come. */
const PROGRESS = 1_000;

/** Adds the two commands; `sought` adds the options of what is sought, and why. */
export function addExport(
  group: Command,
  dependencies: Dependencies,
  sought: (command: Command) => Command,
): void {
  const command = sought(group.command('export <folder>'))
    .option('--of-case <name>', 'the messages that are tagged in this case, with all that happened in it')
    .option('--tag <tag>', 'of these only those with this tag')
    .option('--ask', 'ask another officer to approve it, and export nothing yet')
    .option(
      '--approval <request>',
      'the request that another officer approved: what was found then is exported',
      wholeNumber,
    )
    .summary('hand messages on: mail, CSV, RSMF, EDRM XML, a transcript, with their proofs')
    .description(
      'Writes what was archived to a new folder: each message as mail (EML and one mbox), JSON Lines, CSV, RSMF 2.0, an EDRM ' +
        'XML load file and a page to read; the files that came with them; who looked at it; and a manifest that this device signs, with the hash of each file ' +
        'and the proof of each message. The folder holds what was said, for whoever has it. Check it with chancery verify.',
    )
    .addOption(
      new Option(
        '--about <address>',
        'all that is held about this person, for them (GDPR, Article 15): what they wrote, the conversations they were in while they were, and what else the log says of them',
      ).conflicts(['person', 'conversation', 'query']),
    )
    .option('--query <text>', 'what archive find finds by it, and by the other options too')
    .action((folder: string, options: ExportOptions, self: Command) =>
      whileConnected(self.optsWithGlobals(), dependencies, (session) => exportTo(session, folder, options)),
    );
  const line =
    'chancery-chat archive export ./case-17 --person bob@acme.example --since 2026-05-01 --purpose "subpoena of 2 June" --case 2026-17';
  const queried = `chancery-chat archive export ./case-18 --query 'invoice "net 30" held:yes' --purpose "subpoena of 2 June"`;
  const ofCase =
    'chancery-chat archive export ./case-17 --of-case 2026-17 --tag relevant --purpose "disclosure of 2 June"';
  const about =
    'chancery-chat archive export ./bob --about bob@acme.example --purpose "request of 2 June for access"';
  examples(command, line, queried, ofCase, about, `${line} --ask`, `${line} --approval 1041 --json`);
  const verify = group
    .command('verify <folder>')
    .description(
      'checks an export with nothing but itself: no node, no network; ends with 1 if anything is wrong',
    )
    .action((folder: string, _options: object, self: Command) =>
      verifyFolder(folder, self.optsWithGlobals(), dependencies),
    );
  examples(verify, 'chancery-chat archive verify ./case-17', 'chancery-chat archive verify ./case-17 --json');
}

interface ExportOptions extends Looking, Wanted {
  readonly ask?: boolean;
  readonly ofCase?: string;
  readonly tag?: string;
}

/** Throws `request.invalid` for what does not go together. */
function assertOneOf(sought: object, { ofCase, tag }: ExportOptions): void {
  if (ofCase === undefined && tag !== undefined)
    throw new ChanceryError('request.invalid', '--tag is of a case; name it with --of-case');
  if (ofCase !== undefined && Object.keys(sought).length > 0)
    throw new ChanceryError('request.invalid', 'an export is of a case or of what is sought; leave one out');
}

async function exportTo(session: Session, folder: string, options: ExportOptions): Promise<void> {
  const { client, voice } = session;
  const { about, person, conversation, since, until, query, ofCase, tag } = options;
  const sought = {
    ...(about === undefined ? {} : { about }),
    ...(person === undefined ? {} : { person }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(query === undefined ? {} : { query }),
  };
  const wanted = ofCase === undefined ? sought : { ofCase, ...(tag === undefined ? {} : { tag }) };
  const looking = ofCase === undefined ? options : { case: ofCase, ...options };
  assertOneOf(sought, options);
  if (options.ask === true) {
    sayAsked(session, await client.exporter.ask(wanted, looking));
    return;
  }
  let told = 0;
  const { exportFolder } = await import('../adapters/export-folder.ts');
  const target = exportFolder(resolve(folder));
  const exported = await client.exporter.export(wanted, looking, target, (done, of) => {
    if (done < told + PROGRESS) return;
    told = done;
    voice.note(`${done} of ${of} messages`);
  });
  const { messages, membership, attachments, held, withheld, files, size, cosigned } = exported;
  const by = cosigned.length === 0 ? 'no partner yet' : cosigned.join(', ');
  voice.say(
    { folder, ...exported },
    `${messages} messages, and ${membership} more that say who was there${attachments === 0 ? '' : `, with the files of ${attachments}`}${about === undefined ? '' : `, and ${held} entries beside them`}, in ${files} files of ${printable(folder)}; proven in the log of ${size} entries, cosigned by ${printable(by)}`,
  );
  for (const { sequence, part, code, text } of withheld)
    voice.note(
      `${part === undefined ? '' : 'the file of '}entry ${sequence} is not in it: ${text} [${code}]`,
    );
}

async function verifyFolder(
  folder: string,
  options: GlobalOptions,
  dependencies: Dependencies,
): Promise<void> {
  const voice = voiceOf(options, dependencies);
  const { verifyExport } = await import('../../protocol/export/index.ts');
  const { exportFilesIn, nodeSuite } = await import('../adapters/index.ts');
  const { facts, findings } = await verifyExport(exportFilesIn(resolve(folder)), nodeSuite);
  for (const finding of findings) {
    const where = finding.entry === null ? finding.file : `${finding.file}, entry ${finding.entry}`;
    voice.say(finding, `${printable(where)}: ${printable(finding.problem)}`);
  }
  if (findings.length > 0 || facts === null)
    throw new ChanceryError('export.damaged', `the export has faults (${findings.length}); ask for it again`);
  const { manifest, rootId, size, cosigned } = facts;
  const { domain, officer, made, messages, membership } = manifest;
  const partners = cosigned.map((one) => one.domain);
  voice.say(
    { domain, officer, made, rootId, size, messages: messages.length, cosigned },
    `whole: ${messages.length} messages and ${membership.length} beside them, exported by ${printable(officer)} on ${made}; in the log of ${printable(domain)} of ${size} entries under root ${rootId}, cosigned by ${printable(partners.join(', ') || 'nobody')}`,
  );
}
