/** `chancery-chat attach` and `save`: files that messages bring along. */
import type { Command } from 'commander';
import { openOwnFile, saveFile } from '../adapters/own-files.ts';
import type { Client, MessageEvent, ShownMessage } from '../index.ts';
import { archived } from './await-delivery.ts';
import { conversationTo } from './commands.ts';
import { examples } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { findAnyMessage } from './find-message.ts';
import { printable } from './printable.ts';
import { outcomeMark } from './render.ts';
import { whileConnected, type Session } from './session.ts';

export function addFiles(program: Command, dependencies: Dependencies): void {
  const attach = program
    .command('attach <to> <file> [text...]')
    .description('send a file, with a text or none; done when your organisation has archived both')
    .option('--type <media-type>', 'what it is, where the end of its name does not say it')
    .option('--confirm <reason>', 'send it although your organisation’s policy warns of it, and say why')
    .action((to: string, path: string, words: string[], options: AttachOptions, command: Command) =>
      whileConnected(command.optsWithGlobals(), dependencies, (session) =>
        attachFile(session, to, path, words.join(' '), options),
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

interface AttachOptions {
  readonly type?: string;
  readonly confirm?: string;
}

async function attachFile(
  { client, voice }: Session,
  to: string,
  path: string,
  text: string,
  { type, confirm }: AttachOptions,
): Promise<void> {
  await using file = await openOwnFile(path, type);
  let conversation = '';
  let id = '';
  const outcome = await archived(client, async () => {
    const found = await conversationTo(client, to);
    const sending = await client.attach(found.id, file, text, confirm === undefined ? {} : { confirm });
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
  const isMeant = ({ content }: ShownMessage): boolean => content.kind === 'attachment';
  const message = await findAnyMessage(client, prefix, 'message with a file', isMeant);
  const { content } = message;
  if (content.kind !== 'attachment') throw new Error('a message without a file was found');
  return { message, file: content.file };
}
