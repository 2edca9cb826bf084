/**
 * The command line as a whole: its commands, its help and its exit codes.
 * 0: done. 1: it failed, and one line says why. 2: wrong usage.
 */
import { Command, CommanderError, Help } from 'commander';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { examples } from './arguments.ts';
import { COMMANDS } from './command-table.ts';
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
    const program = await buildProgram(args, dependencies);
    await program.parseAsync([...args], { from: 'user' });
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

/**
 * The program with the command that a command line names; of all others the help knows name and summary.
 * Its actions throw; {@link runProgram} turns that into words and exit codes.
 */
export async function buildProgram(args: readonly string[], dependencies: Dependencies): Promise<Command> {
  const { io, version } = dependencies;
  const program = new Command('chancery')
    .description('The messaging node an organisation runs for itself.')
    .version(version, '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .option('--home <dir>', 'the home of the node ($CHANCERY_HOME, else ~/.chancery)')
    .option('--json', 'results and errors as JSON')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: () => undefined, // errors are said by the voice, in one line
    })
    .exitOverride();
  const open = sessionOpener(dependencies);
  const [first, second] = program.parseOptions([...args]).operands;
  const named = first === 'help' ? second : first;
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary);
    if (name === named) (await load())(command, open, dependencies);
  }
  examples(
    program,
    'chancery init acme.example',
    'chancery doctor',
    'chancery start',
    'chancery status --json',
  );
  return program;
}

/** As the help lists a command: those of the program by their names alone, as the rest of them is not loaded. */
function termOf(command: Command): string {
  return command.parent?.parent ? new Help().subcommandTerm(command) : command.name();
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
