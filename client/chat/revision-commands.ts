/** `chancery-chat edit`, `recall` and `versions`: what a member writes about what they wrote. */
import type { Command } from 'commander';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_PAGE } from '../../protocol/wire/index.ts';
import type { Client, Sending, ShownMessage } from '../index.ts';
import { archived } from './await-delivery.ts';
import { examples } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { findConversation } from './find-conversation.ts';
import { eventLine, outcomeMark, shortId } from './render.ts';
import { whileConnected, type Session } from './session.ts';

/** Digits of an id that name a message: the beginning will do where it is the only one. */
const ID_PREFIX = /^[0-9a-f]{4,64}$/;

/** Messages of a conversation that are looked through for the one that is meant. */
const MAX_LOOKED_AT = 1_000;

interface About {
  readonly message?: string;
}

interface Edit extends About {
  readonly confirm?: string;
}

export function addRevisions(program: Command, dependencies: Dependencies): void {
  const edit = about(program.command('edit <conversation> <text...>'))
    .description('put another wording in the place of a text of yours; the archive keeps both')
    .option('--confirm <reason>', 'send it although your organisation’s policy warns of it, and say why')
    .action((name: string, words: string[], { message, confirm }: Edit, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        revise(session, name, message, (conversation, id) =>
          session.client.edit(conversation, id, words.join(' '), confirm === undefined ? {} : { confirm }),
        ),
      ),
    );
  const recall = about(program.command('recall <conversation>'))
    .description(
      'take a text or a file of yours back, for good: readers see that you did; the archive keeps it',
    )
    .action((name: string, { message }: About, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        revise(
          session,
          name,
          message,
          (conversation, id) => session.client.recall(conversation, id),
          isOwnToRecall,
        ),
      ),
    );
  const versions = program
    .command('versions <conversation> <message>')
    .description('every version of a message, the first one first; named by the beginning of its id')
    .action((name: string, message: string, _options: unknown, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        showVersions(session, name, message),
      ),
    );
  examples(
    edit,
    'chancery-chat edit bob@acme.example "lunch at one?"',
    'chancery-chat edit Launch "we start on Tuesday" --message 4f2a91',
  );
  examples(
    recall,
    'chancery-chat recall bob@acme.example',
    'chancery-chat recall Launch --message 4f2a91 --json',
  );
  examples(versions, 'chancery-chat history Launch --ids', 'chancery-chat versions Launch 4f2a91');
}

function about(command: Command): Command {
  return command.option('--message <id>', 'which, by the beginning of its id; your last one without it');
}

async function revise(
  { client, voice }: Session,
  name: string,
  prefix: string | undefined,
  write: (conversation: string, message: string) => Promise<Sending>,
  isMeant?: (message: ShownMessage) => boolean,
): Promise<void> {
  const { id: conversation } = await findConversation(client, name);
  const target = await findMessage(client, conversation, prefix, isMeant);
  let id = '';
  const outcome = await archived(client, async () => {
    const sending = await write(conversation, target.id);
    id = sending.id;
    return [sending];
  });
  voice.say({ id, conversation, target: target.id, outcome }, outcomeMark(outcome, voice.paint));
}

async function showVersions({ client, voice }: Session, name: string, prefix: string): Promise<void> {
  const { id: conversation } = await findConversation(client, name);
  const { id } = await findMessage(client, conversation, prefix, () => true);
  for (const event of await client.versions(id)) voice.say(event, eventLine(event, voice.paint));
}

/**
 * A text in a conversation by the beginning of its id, or the newest of this member's that still stands. Throws
 * `message.unknown-target`, or `request.invalid` where several are meant.
 */
export async function findMessage(
  client: Client,
  conversation: string,
  prefix: string | undefined,
  isMeant: (message: ShownMessage) => boolean = isOwnText,
): Promise<ShownMessage> {
  const wanted = prefix?.toLowerCase();
  if (wanted !== undefined && !ID_PREFIX.test(wanted))
    throw new ChanceryError(
      'request.invalid',
      `${JSON.stringify(prefix)} is not the beginning of an id: at least four hex digits, as history --ids shows them`,
    );
  const found: ShownMessage[] = [];
  let before: number | null = null;
  for (let looked = 0; looked < MAX_LOOKED_AT;) {
    const page = await client.history(conversation, { before, limit: MAX_PAGE });
    const newestFirst = page.messages.toReversed().filter(isMeant);
    if (wanted === undefined) {
      const last = newestFirst.find(({ revision }) => revision?.state !== 'recalled');
      if (last !== undefined) return last;
    } else found.push(...newestFirst.filter(({ id }) => id.startsWith(wanted)));
    looked += MAX_PAGE;
    before = page.before;
    if (before === null) break;
  }
  const [message, ...more] = found;
  if (message === undefined) throw unknown(prefix);
  if (more.length === 0) return message;
  throw new ChanceryError(
    'request.invalid',
    `${shortId(wanted ?? '')} names ${more.length + 1} messages; use more of the id`,
  );
}

function isOwnText({ own, content }: ShownMessage): boolean {
  return own && content.kind === 'text';
}

/** A text, or a file. */
export function isOwnToRecall(message: ShownMessage): boolean {
  return isOwnText(message) || (message.own && message.content.kind === 'attachment');
}

function unknown(prefix: string | undefined): ChanceryError {
  return new ChanceryError(
    'message.unknown-target',
    prefix === undefined
      ? `you wrote nothing in this conversation lately; name the message with --message`
      : `no message ${JSON.stringify(prefix)} among the last ${MAX_LOOKED_AT} of this conversation; see history --ids`,
  );
}
