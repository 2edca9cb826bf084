/** `chancery-chat attach` and `save`: files that messages bring along. */
import type { Command } from 'commander';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_PAGE } from '../../protocol/wire/index.ts';
import { openOwnFile, saveFile } from '../adapters/index.ts';
import type { Client, MessageEvent, ShownMessage } from '../index.ts';
import { archived } from './await-delivery.ts';
import { conversationTo } from './commands.ts';
import { examples } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { printable } from './printable.ts';
import { outcomeMark, shortId } from './render.ts';
import { whileConnected, type Session } from './session.ts';

/** Digits of an id that name a message: the beginning will do where it is the only one. */
const ID_PREFIX = /^[0-9a-f]{4,64}$/;

/** Messages of each conversation that are looked through. */
const MAX_LOOKED_AT = 1_000;

export function addFiles(program: Command, dependencies: Dependencies): void {
  const attach = program
    .command('attach <to> <file> [text...]')
    .description('send a file, with a text or none; done when your organisation has archived both')
    .option('--type <media-type>', 'what it is, where the end of its name does not say it')
    .action((to: string, path: string, words: string[], { type }: { type?: string }, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        attachFile(session, to, path, words.join(' '), type),
      ),
    );
  const save = program
    .command('save <message> [folder]')
    .description('save the file of a message, named by the beginning of its id; here, or in a folder')
    .action((message: string, folder: string | undefined, _options: unknown, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        saveFileOf(session, message, folder ?? '.'),
      ),
    );
  examples(
    attach,
    'chancery-chat attach bob@acme.example plan.pdf "as promised"',
    'chancery-chat attach Launch notes --type text/plain --json',
  );
  examples(save, 'chancery-chat history Launch --ids', 'chancery-chat save 4f2a91 ~/Downloads --json');
}

async function attachFile(
  { client, voice }: Session,
  to: string,
  path: string,
  text: string,
  type: string | undefined,
): Promise<void> {
  await using file = await openOwnFile(path, type);
  let conversation = '';
  let id = '';
  const outcome = await archived(client, async () => {
    const found = await conversationTo(client, to);
    const sending = await client.attach(found.id, file, text);
    conversation = found.id;
    id = sending.id;
    return found.started === null ? [sending] : [found.started, sending];
  });
  const { name, size } = file;
  voice.say(
    { id, conversation, file: { name, type: file.type, size }, outcome },
    outcomeMark(outcome, voice.paint),
  );
}

async function saveFileOf({ client, voice }: Session, prefix: string, folder: string): Promise<void> {
  const { message, file } = await findFile(client, prefix);
  const path = await saveFile(folder, file.name, client.file(message));
  const { id } = message;
  voice.say({ id, path, file }, `${printable(path)} ${voice.paint.dim(`(SHA-256 ${file.digest})`)}`);
}

type Attachment = Extract<MessageEvent['content'], { kind: 'attachment' }>;

/** The message with a file whose id begins so, in any conversation. Throws `message.unknown-target` or `request.invalid`. */
export async function findFile(
  client: Client,
  prefix: string,
): Promise<{ message: ShownMessage; file: Attachment['file'] }> {
  const wanted = prefix.toLowerCase();
  if (!ID_PREFIX.test(wanted))
    throw new ChanceryError(
      'request.invalid',
      `${JSON.stringify(prefix)} is not the beginning of an id: at least four hex digits, as history --ids shows them`,
    );
  const found: { message: ShownMessage; file: Attachment['file'] }[] = [];
  for (const { id } of await client.conversations()) {
    let before: number | null = null;
    for (let looked = 0; looked < MAX_LOOKED_AT; looked += MAX_PAGE) {
      const page = await client.history(id, { before, limit: MAX_PAGE });
      for (const message of page.messages) {
        const { content } = message;
        if (content.kind === 'attachment' && message.id.startsWith(wanted))
          found.push({ message, file: content.file });
      }
      before = page.before;
      if (before === null) break;
    }
  }
  const [only, ...more] = found;
  if (only === undefined)
    throw new ChanceryError('message.unknown-target', `no message ${prefix} with a file; see history --ids`);
  if (more.length === 0) return only;
  throw new ChanceryError(
    'request.invalid',
    `${shortId(wanted)} names ${more.length + 1} messages; use more of the id`,
  );
}
