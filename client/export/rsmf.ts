/**
 * Messages in the Relativity Short Message Format, version 2.0.0: a mail with one attachment, `rsmf.zip`, in which
 * `rsmf_manifest.json` says who took part and what happened. A file has one conversation, and at most 10,000 events, as
 * the format advises. The files that came with messages lie beside the manifest in the zip, but for large ones.
 */
import { zipSync } from 'fflate';
import { fromString } from 'uint8arrays/from-string';
import {
  byConversation,
  fileOf,
  iso,
  namesOf,
  textOf,
  titleOf,
  whereabouts,
  type AttachedFile,
  type ExportedMessage,
} from './exported-message.ts';
import { isMailed, type Mail } from './mail.ts';

const VERSION = '2.0.0';
const EVENTS_MAX = 10_000;
/** Bytes of the files in one RSMF file, beside one more: it is held in memory, here and where it is loaded. */
const FILE_BYTES_MAX = 32 * 1024 * 1024;

const PLATFORM = 'chancery';

/** ZIP knows no earlier year: it says nothing here, and keeps the same messages the same bytes. */
const ZIP_TIME = '1980-01-01T00:00:00';

/** Digits of a conversation's id in the name of a file. */
const SHORT_ID = 16;

/** How the end of a file's name is taken over: reviewers' programs go by it. */
const EXTENSION = /\.([A-Za-z0-9]{1,8})$/;

/** The messages of one RSMF file, and its name. */
export interface RsmfPart {
  readonly name: string;
  readonly conversation: string;
  readonly messages: readonly ExportedMessage[];
}

export function rsmfParts(messages: readonly ExportedMessage[]): RsmfPart[] {
  const parts: RsmfPart[] = [];
  for (const [conversation, all] of byConversation(messages)) {
    for (const [at, some] of splitAll(all).entries()) {
      const name = `${conversation.slice(0, SHORT_ID)}-${String(at + 1).padStart(3, '0')}.rsmf`;
      parts.push({ name, conversation, messages: some });
    }
  }
  return parts;
}

function splitAll(messages: readonly ExportedMessage[]): ExportedMessage[][] {
  const parts: ExportedMessage[][] = [];
  let part: ExportedMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    part.push(message);
    const file = fileOf(message);
    if (file !== null && isMailed(file)) bytes += file.size;
    if (part.length < EVENTS_MAX && bytes < FILE_BYTES_MAX) continue;
    parts.push(part);
    [part, bytes] = [[], 0];
  }
  return part.length === 0 ? parts : [...parts, part];
}

/**
 * @param owner whose archive it is from: what its people wrote goes out
 * @param contents the files that go into it, by where they are in the export
 */
export function rsmfMail(
  owner: string,
  { conversation: id, messages }: RsmfPart,
  contents: ReadonlyMap<string, Uint8Array>,
): Mail {
  const [first] = messages;
  const last = messages.at(-1);
  if (first === undefined || last === undefined) throw new Error('a conversation without a message');
  const names = namesOf(messages);
  const people = peopleOf(messages);
  const times = messages.map(({ event }) => event.sentAt);
  const begins = times.reduce((a, b) => Math.min(a, b));
  const ends = times.reduce((a, b) => Math.max(a, b));
  const manifest = manifestOf(owner, id, messages, people);
  const files = new Map(
    messages.flatMap((message) => {
      const file = heldFile(message);
      const content = file === null || file.path === null ? undefined : contents.get(file.path);
      return file === null || content === undefined ? [] : [[idOf(file), content] as const];
    }),
  );
  const zip = zipSync(
    {
      'rsmf_manifest.json': fromString(JSON.stringify(manifest, null, 1)),
      ...Object.fromEntries([...files].map(([name, content]) => [name, [content, { level: 0 }] as const])),
    },
    { mtime: ZIP_TIME },
  );
  const lines = messages.map((one) => `${iso(one.event.sentAt)} ${one.event.sender.name}: ${textOf(one)}`);
  return {
    from: { name: first.event.sender.name, address: first.event.sender.address },
    to: people.map((address) => ({ name: names.get(address) ?? '', address })),
    subject: titleOf(last),
    date: begins,
    messageId: `<rsmf.${id}.${first.event.sequence}@chancery.invalid>`,
    inReplyTo: null,
    references: [],
    headers: {
      'X-RSMF-Version': VERSION,
      'X-RSMF-Generator': 'Chancery',
      'X-RSMF-BeginDate': iso(begins),
      'X-RSMF-EndDate': iso(ends),
      'X-RSMF-EventCount': String(messages.length),
      'X-RSMF-Application': PLATFORM,
      'X-RSMF-AttachmentCount': String(files.size),
      'X-RSMF-EventCollectionID': id,
    },
    text: lines.join('\n'),
    encoding: 'base64',
    attachment: { filename: 'rsmf.zip', type: 'application/zip', content: zip },
  };
}

function peopleOf(messages: readonly ExportedMessage[]): string[] {
  const all = messages.flatMap(({ event, conversation }) => [event.sender.address, ...conversation.members]);
  return [...new Set(all)].sort();
}

function manifestOf(
  owner: string,
  id: string,
  messages: readonly ExportedMessage[],
  people: readonly string[],
): object {
  const [first] = messages;
  const last = messages.at(-1);
  const names = namesOf(messages);
  const inFile = new Set(messages.map(({ event }) => event.id));
  return {
    version: VERSION,
    eventcollectionid: id,
    participants: people.map((address) => ({
      ...{ id: address, email: address, account_id: address },
      display: names.get(address) ?? address,
    })),
    conversations: [
      {
        id,
        display: last === undefined ? '' : titleOf(last),
        platform: PLATFORM,
        type: first?.conversation.type === 'direct' ? 'direct' : 'channel',
        participants: first?.conversation.members ?? [],
        custom: [{ name: 'Archived by', value: owner }],
      },
    ],
    events: messages.map((message) => eventOf(owner, id, message, inFile)),
  };
}

/** Who wrote last of what its writer had seen is what it answers, if that is in the same file. */
function eventOf(
  owner: string,
  conversation: string,
  message: ExportedMessage,
  inFile: ReadonlySet<string>,
): object {
  const { event } = message;
  const { sender } = event;
  const file = heldFile(message);
  return {
    id: event.id,
    type: 'text' in event.content ? 'message' : 'disclaimer',
    participant: sender.address,
    conversation,
    timestamp: iso(event.sentAt),
    body: `${textOf(message)}${whereabouts(message)}`,
    direction: sender.domain === owner ? 'outgoing' : 'incoming',
    ...(file === null ? {} : { attachments: [{ id: idOf(file), display: file.name, size: file.size }] }),
    custom: [
      { name: 'Entry', value: String(event.sequence) },
      { name: 'Archived', value: iso(event.time) },
      { name: 'Identity', value: `${sender.domain} (${sender.level})` },
      ...event.parents.filter((id) => inFile.has(id)).map((value) => ({ name: 'After', value })),
    ],
  };
}

/** The file of a message that lies in the zip; null where there is none, or it is too large. */
function heldFile(message: ExportedMessage): AttachedFile | null {
  const file = fileOf(message);
  return file !== null && isMailed(file) ? file : null;
}

/** The name of a file in the zip. */
function idOf({ digest, name }: AttachedFile): string {
  const [, extension = 'bin'] = EXTENSION.exec(name) ?? [];
  return `${digest}.${extension.toLowerCase()}`;
}
