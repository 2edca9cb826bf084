/**
 * The command line as a whole: its commands, its help and its exit codes.
 * 0: done. 1: it failed, and one line says why. 2: wrong usage.
 */
import { Command, CommanderError } from 'commander';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { addArchive } from './archive-commands.ts';
import { countAboveZero, examples } from './arguments.ts';
import { addCases } from './case-commands.ts';
import {
  enrolDevice,
  readFeed,
  sendText,
  showContacts,
  showConversations,
  showHistory,
  showWho,
  startConversation,
} from './commands.ts';
import type { Dependencies } from './dependencies.ts';
import { revokeDevice, showDevices } from './device-commands.ts';
import { addFiles } from './file-commands.ts';
import { Chat } from './interactive.ts';
import { addKey } from './key-commands.ts';
import { addOversight } from './oversight-commands.ts';
import { addRequests } from './request-commands.ts';
import { addReviews } from './review-commands.ts';
import { addRevisions } from './revision-commands.ts';
import { homeOf, voiceOf, whileConnected, type GlobalOptions, type Session } from './session.ts';
import { Voice } from './voice.ts';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const HISTORY_LIMIT = 50;

/** Runs one command line, without the program's name, to its end; returns the exit code and never throws. */
export async function runProgram(args: readonly string[], dependencies: Dependencies): Promise<number> {
  try {
    await buildProgram(dependencies).parseAsync([...args], { from: 'user' });
    return DONE;
  } catch (error) {
    const voice = new Voice(dependencies.terminal, dependencies.env, args.includes('--json'));
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return DONE; // help or version, already shown
      voice.error(wrongUsage(error));
      return WRONG_USAGE;
    }
    voice.error(error);
    return error instanceof ChanceryError && error.code === 'request.invalid' ? WRONG_USAGE : FAILED;
  }
}

function buildProgram(dependencies: Dependencies): Command {
  const { terminal, version } = dependencies;
  const program = new Command('chancery-chat')
    .description(
      'Chat as a member of an organisation that runs Chancery. Without a command: the chat itself.',
    )
    .version(version, '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .option('--home <dir>', 'the home of this device ($CHANCERY_CHAT_HOME, else ~/.chancery-chat)')
    .option('--json', 'results and errors as JSON, one object a line')
    .option('--accept-recording', 'acknowledge the notice that what you write is recorded')
    .option('--accept-hold', 'acknowledge the legal holds that you are told of')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.stdout(text),
      writeErr: () => undefined, // errors are said by the voice, in one line
    })
    .exitOverride()
    .allowExcessArguments(false)
    .action((options: GlobalOptions) => chat(options, dependencies));
  examples(
    program,
    'chancery-chat enrol chancery-invitation:pGF2…',
    'chancery-chat',
    'chancery-chat read --follow --json',
  );
  addEnrol(program, dependencies);
  addDevices(program, dependencies);
  addPeople(program, dependencies);
  addTalk(program, dependencies);
  addRevisions(program, dependencies);
  addFiles(program, dependencies);
  addRequests(program, dependencies);
  addArchive(program, dependencies);
  addCases(program, dependencies);
  addOversight(program, dependencies);
  addReviews(program, dependencies);
  addKey(program, dependencies);
  return program;
}

async function chat(options: GlobalOptions, dependencies: Dependencies): Promise<void> {
  if (options.json === true) {
    throw new ChanceryError(
      'request.invalid',
      'the chat itself speaks to people only; see --help for commands',
    );
  }
  await using client = await dependencies.open(homeOf(options, dependencies));
  const console = dependencies.terminal.console();
  await new Chat(client, console, voiceOf(options, dependencies)).run(options);
}

function addEnrol(program: Command, dependencies: Dependencies): void {
  const enrol = program
    .command('enrol <invitation>')
    .description('make this the device of the invited person')
    .option('--label <text>', 'what you and your operators will know this device by')
    .action((invitation: string, _options: unknown, command: Command) =>
      enrolDevice(invitation, command.optsWithGlobals(), dependencies),
    );
  examples(enrol, 'chancery-chat enrol chancery-invitation:pGF2… --label "office laptop"');
}

function addDevices(program: Command, dependencies: Dependencies): void {
  const devices = program
    .command('devices')
    .description('your devices: which there are, when each was last seen')
    .action(connected(dependencies, showDevices));
  const revoke = devices
    .command('revoke <device>')
    .description('revoke one of your devices, by the beginning of its id or by its label; it is then wiped')
    .option('--reason <text>', 'why, for the archive', '')
    .action((name: string, { reason }: { reason: string }, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        revokeDevice(session, name, reason),
      ),
    );
  examples(devices, 'chancery-chat devices', 'chancery-chat devices revoke 4f2a --reason "left in a taxi"');
  examples(revoke, 'chancery-chat devices revoke 4f2a', 'chancery-chat devices revoke phone --reason lost');
}

function addPeople(program: Command, dependencies: Dependencies): void {
  const contacts = program
    .command('contacts')
    .description('whom you may write to: colleagues, and people of partners, with how each is known')
    .option('--search <word>', 'only those with the word in their address or name', '')
    .action(({ search }: { search: string }, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) => showContacts(session, search)),
    );
  examples(contacts, 'chancery-chat contacts --json', 'chancery-chat contacts --search globex');
  const who = program
    .command('who <person>')
    .description('who somebody is, and how that is known')
    .action((name: string, _options: unknown, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) => showWho(session, name)),
    );
  examples(who, 'chancery-chat who carol@globex.example');
}

function addTalk(program: Command, dependencies: Dependencies): void {
  const conversations = program
    .command('conversations')
    .description('your conversations, the latest first')
    .action(connected(dependencies, showConversations));
  examples(conversations, 'chancery-chat conversations');
  const history = program
    .command('history <conversation>')
    .description('the messages of a conversation, named by title, address or beginning of its id')
    .option('--limit <count>', 'how many, the latest', countAboveZero, HISTORY_LIMIT)
    .option('--ids', 'with the beginning of each message’s id')
    .action((name: string, { limit, ids = false }: { limit: number; ids?: boolean }, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        showHistory(session, name, { limit, ids }),
      ),
    );
  examples(
    history,
    'chancery-chat history bob@acme.example',
    'chancery-chat history Launch --limit 200 --json',
  );
  const start = program
    .command('new')
    .description('start a conversation')
    .requiredOption('--to <addresses>', 'with whom, separated by commas')
    .option('--title <text>', 'what it is called; with one person and no title it is a direct one')
    .action(({ to, title }: { to: string; title?: string }, command: Command) => {
      const members = to.split(',').map((address) => address.trim());
      return whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        startConversation(session, members, title),
      );
    });
  examples(start, 'chancery-chat new --to bob@acme.example,carol@globex.example --title Launch');
  addSend(program, dependencies);
  const read = program
    .command('read')
    .description('what is new since you last looked')
    .option('--follow', 'go on with what comes, until interrupted')
    .action(({ follow = false }: { follow?: boolean }, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        readFeed(session, { follow }, dependencies),
      ),
    );
  examples(read, 'chancery-chat read', 'chancery-chat read --follow --json');
}

interface SendOptions {
  readonly waitDelivered?: boolean;
  readonly confirm?: string;
}

function addSend(program: Command, dependencies: Dependencies): void {
  const send = program
    .command('send <to> <text...>')
    .description('send to a conversation or an address; done when your organisation has archived it')
    .option('--wait-delivered', 'wait until every partner organisation has it too')
    .option('--confirm <reason>', 'send it although your organisation’s policy warns of it, and say why')
    .action((to: string, words: string[], options: SendOptions, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, async (session) => {
        const fromInput = words.length === 1 && words[0] === '-';
        const text = fromInput ? (await dependencies.terminal.input()).replace(/\n$/, '') : words.join(' ');
        await sendText(session, to, text, { ...options, waitDelivered: options.waitDelivered ?? false });
      }),
    );
  examples(
    send,
    'chancery-chat send bob@acme.example "lunch at noon?"',
    'git log -1 | chancery-chat send Launch - --wait-delivered',
    'chancery-chat send bob@partner.example "card 4111…" --confirm "test card of the supplier"',
  );
}

function connected(
  dependencies: Dependencies,
  act: (session: Session) => Promise<void>,
): (options: unknown, command: Command) => Promise<void> {
  return (_options, command) => whileConnected(command.optsWithGlobals(), dependencies, act);
}

function wrongUsage(error: CommanderError): ChanceryError {
  const said = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  return new ChanceryError('request.invalid', `${said}; see --help`);
}
