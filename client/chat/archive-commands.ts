/** `chancery-chat archive`: what a compliance officer finds and reads in the organisation's archive. */
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { assertFree, saveFile } from '../adapters/own-files.ts';
import type { FoundInArchive, Looking, Opened } from '../index.ts';
import { examples, time, wholeNumber } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { addExport } from './export-commands.ts';
import { sayAsked } from './oversight-commands.ts';
import { printable } from './printable.ts';
import { eventLine, shortId, timeOf } from './render.ts';
import { whileConnected, type Session } from './session.ts';
import type { Paint } from './voice.ts';

interface FindOptions extends Looking {
  readonly query?: string;
  readonly person?: string;
  readonly conversation?: string;
  readonly since?: number;
  readonly until?: number;
  readonly before?: number;
  readonly limit: number;
  readonly count?: boolean;
}

interface SaveOptions extends Looking {
  readonly to?: string;
}

interface Opening extends Looking {
  readonly ask?: boolean;
}

const ON_RECORD =
  'Who looks, for what purpose, in which case and at which entries is on record in the archive before anything is shown.';

export function addArchive(program: Command, dependencies: Dependencies): void {
  const group = program
    .command('archive')
    .summary('for compliance officers: find, read, save and export what was archived')
    .description(
      `For compliance officers: finds and reads what the organisation archived, also what is older than its delivery window. ${ON_RECORD}`,
    );
  const find = sought(group.command('find [query...]'))
    .summary('messages by what they say, who wrote them, where and when, newest first')
    .description(
      'Finds messages, newest first, without showing what they say. All of what is asked for is to hold; what has a - before it is not to. ' +
        'Words are whole words in any script and case; "words in quotes" follow each other. Filters:\n' +
        '  from:, with:          who wrote it, who was there: alice,\n' +
        '                        alice@acme.example, acme.example\n' +
        '  in:                   the conversation, by the beginning of its id\n' +
        '  after:, before:, on:  when it was archived (UTC): 2026-05-04,\n' +
        '                        2026-05-04T03:02Z\n' +
        '  direction:in|out, has:attachment, edited:yes|no, held:yes|no\n' +
        'Without a query the options alone say what is sought.',
    )
    .option('--count', 'only how many a query finds')
    .option('--before <entry>', 'below this entry: the next page', wholeNumber)
    .option('--limit <count>', 'how many at most', wholeNumber, 50)
    .action((words: readonly string[], options: FindOptions, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        findMessages(session, words.length === 0 ? options : { ...options, query: words.join(' ') }),
      ),
    );
  const open = looking(group.command('open <entry...>'))
    .description('opens messages with the key of this device, and proves that they are as they were archived')
    .option('--ask', 'ask another officer to approve it, and open nothing yet')
    .option('--approval <request>', 'the request that another officer approved', wholeNumber)
    .action((entries: string[], options: Opening, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        openMessages(session, entries.map(wholeNumber), options),
      ),
    );
  const save = looking(group.command('save <entry>'))
    .description('saves the file that came with a message, checked against what its sender signed')
    .option('--to <file>', 'where to; under its own name here where nothing is said')
    .action((text: string, options: SaveOptions, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        saveFileOf(session, wholeNumber(text), options),
      ),
    );
  addExport(group, dependencies, sought);
  const opening = 'chancery-chat archive open 1041 1042 --purpose "complaint of 4 May" --case 2026-17';
  const finding =
    'chancery-chat archive find --person bob@acme.example --since 2026-05-01 --purpose "complaint of 4 May" --case 2026-17';
  examples(group, finding, opening);
  const saving = 'chancery-chat archive save 1043 --purpose "complaint of 4 May" --case 2026-17';
  examples(
    save,
    saving,
    'chancery-chat archive save 1043 --to /tmp/plan.pdf --purpose "yearly audit" --json',
  );
  examples(
    find,
    'chancery-chat archive find \'invoice "net 30" from:alice after:2026-01-01\' --purpose "complaint of 4 May" --case 2026-17',
    'chancery-chat archive find \'offer -draft held:yes\' --count --purpose "complaint of 4 May"',
    finding,
    'chancery-chat archive find --purpose "yearly audit" --until 2025-12-31 --json',
  );
  examples(open, opening, 'chancery-chat archive open 1041 --purpose "yearly audit" --json');
}

function sought(command: Command): Command {
  return looking(command)
    .option('--person <address>', 'written by this person')
    .option('--conversation <id>', 'in this conversation, by its whole id')
    .option('--since <time>', 'not archived before this day or time (UTC)', time)
    .option('--until <time>', 'not archived after this day or time (UTC)', time);
}

function looking(command: Command): Command {
  return command
    .requiredOption('--purpose <text>', 'why you look')
    .option('--case <name>', 'the case that it is for');
}

async function findMessages({ client, voice }: Session, options: FindOptions): Promise<void> {
  const { limit, before: from, ...rest } = options;
  const { query } = rest;
  if (options.count === true) {
    if (query === undefined)
      throw new ChanceryError(
        'request.invalid',
        'only what a query finds is counted; give one, such as from:alice',
      );
    const found = await client.archive.count({ ...rest, query }, rest);
    voice.say({ count: found }, `${found} ${found === 1 ? 'message' : 'messages'}`);
    return;
  }
  let before = from ?? null;
  let left = limit;
  for (;;) {
    const page = await client.archive.find(rest, rest, { before, limit: Math.min(left, PAGE) });
    for (const message of page.messages) voice.say({ ...message }, foundLine(message, voice.paint));
    for (const sequence of page.damaged)
      voice.note(`entry ${sequence} is damaged; have your operator run chancery archive verify`);
    left -= page.messages.length + page.damaged.length;
    before = page.next;
    if (before === null) return;
    if (left > 0) continue;
    voice.note(`there is more; add --before ${before}`);
    return;
  }
}

async function openMessages(session: Session, entries: readonly number[], options: Opening): Promise<void> {
  const { client, voice } = session;
  if (options.ask === true) {
    sayAsked(session, await client.oversight.askFor('open', entries, options));
    return;
  }
  for await (const opened of client.archive.open(entries, options))
    voice.say(opened, openedLine(opened, voice.paint));
}

/** Nothing that is there is overwritten: where there is such a file nothing is asked for, and nothing is on record. */
async function saveFileOf(
  { client, voice }: Session,
  sequence: number,
  { to, ...why }: SaveOptions,
): Promise<void> {
  const given = to === undefined ? null : resolve(to);
  if (given !== null) await assertFree(given);
  const { file, chunks } = await client.archive.file(sequence, why);
  const path = given ?? resolve(file.name);
  await saveFile(dirname(path), basename(path), chunks);
  voice.say(
    { entry: sequence, path, file },
    `${printable(path)} ${voice.paint.dim(`(SHA-256 ${file.digest}, as its sender signed it)`)}`,
  );
}

/** Messages asked for at a time. */
const PAGE = 100;

function foundLine({ sequence, time: at, sender, kind, conversation }: FoundInArchive, paint: Paint): string {
  const where = paint.dim(`in ${shortId(conversation)}`);
  return `${String(sequence)}  ${paint.dim(timeOf(at))} ${printable(sender)} ${printable(kind)} ${where}`;
}

/** A message as it was opened, with what it was proven by, or why it is not shown. */
export function openedLine(opened: Opened, paint: Paint): string {
  if (opened.state === 'withheld')
    return `${String(opened.sequence)}  ${paint.red('not shown:')} ${printable(opened.text)} [${printable(opened.code)}]`;
  const { event, via, checkpoint } = opened;
  const came = via === null ? '' : `, entry ${via.position} of ${printable(via.domain)}`;
  const proof = paint.dim(`proven in the log of ${checkpoint.size} entries${came}`);
  return `${String(event.sequence)}  ${eventLine(event, paint, shortId(event.conversation))}\n    ${proof}`;
}
