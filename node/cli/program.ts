/**
 * The command line as a whole: its commands, its help and its exit codes.
 * 0: done. 1: it failed, and one line says why. 2: wrong usage.
 */
import { Command, CommanderError } from 'commander';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { addArchive } from './commands/archive.ts';
import { addAudit } from './commands/audit.ts';
import { addBackup } from './commands/backup.ts';
import { addCase } from './commands/case.ts';
import { addContact } from './commands/contact.ts';
import { addDevice } from './commands/device.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGaps } from './commands/gaps.ts';
import { addErasure } from './commands/erasure.ts';
import { addHold } from './commands/hold.ts';
import { addIdentity } from './commands/identity.ts';
import { addInit } from './commands/init.ts';
import { addKey } from './commands/key.ts';
import { addMember } from './commands/member.ts';
import { addNode } from './commands/node.ts';
import { addPartner } from './commands/partner.ts';
import { addPolicy } from './commands/policy.ts';
import { addPreservation } from './commands/preservation.ts';
import { addReport } from './commands/report.ts';
import { addRestore } from './commands/restore.ts';
import { addRetention } from './commands/retention.ts';
import { addReview } from './commands/review.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addVerify } from './commands/verify.ts';
import { examples } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { sessionOpener } from './session.ts';
import { Voice } from './voice.ts';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command line, without the program's name, to its end; returns the exit code and never throws. */
export async function runProgram(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const { io, env } = dependencies;
  try {
    await buildProgram(dependencies).parseAsync([...args], { from: 'user' });
    return DONE;
  } catch (error) {
    const voice = new Voice({ io, env, json: args.includes('--json') });
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return DONE; // help or version, already shown
      voice.error(wrongUsage(error));
      return WRONG_USAGE;
    }
    voice.error(error);
    return error instanceof ChanceryError && error.code === 'request.invalid' ? WRONG_USAGE : FAILED;
  }
}

/** The program with all its commands. Its actions throw; {@link runProgram} turns that into words and exit codes. */
export function buildProgram(dependencies: Dependencies): Command {
  const { io, version } = dependencies;
  const program = new Command('chancery')
    .description('The messaging node an organisation runs for itself.')
    .version(version, '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .option('--home <dir>', 'the home of the node ($CHANCERY_HOME, else ~/.chancery)')
    .option('--json', 'results and errors as JSON')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: () => undefined, // errors are said by the voice, in one line
    })
    .exitOverride();
  const open = sessionOpener(dependencies);
  addInit(program, open, dependencies);
  addDoctor(program, open, dependencies);
  addStart(program, open, dependencies);
  addStatus(program, open);
  addGaps(program, open);
  addIdentity(program, open, dependencies);
  addKey(program, open, dependencies);
  addMember(program, open);
  addDevice(program, open);
  addNode(program, open);
  addPartner(program, open);
  addArchive(program, open, dependencies);
  addAudit(program, open);
  addRetention(program, open);
  addHold(program, open);
  addErasure(program, open);
  addPreservation(program, open);
  addReview(program, open);
  addContact(program, open);
  addReport(program, open);
  addCase(program, open);
  addPolicy(program, open, dependencies);
  addBackup(program, open, dependencies);
  addRestore(program, open, dependencies);
  addVerify(program, open, dependencies);
  examples(
    program,
    'chancery init acme.example',
    'chancery doctor',
    'chancery start',
    'chancery status --json',
  );
  return program;
}

function wrongUsage(error: CommanderError): ChanceryError {
  const said =
    error.code === 'commander.help'
      ? 'a command is missing'
      : error.message
          .replace(/^error: /, '')
          .replaceAll('\n', ' ')
          .replace(/\.$/, '');
  return new ChanceryError('request.invalid', `${said}; see --help`);
}
