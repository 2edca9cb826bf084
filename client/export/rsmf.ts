/**
 * Messages in the Relativity Short Message Format, version 2.0.0: a mail with one attachment, `rsmf.zip`, in which
 * `rsmf_manifest.json` says who took part and what happened. A file has one conversation, and at most 10,000 events, as
 * the format advises.
 */
import { zipSync } from 'fflate';
import { fromString } from 'uint8arrays/from-string';
import { byConversation, iso, namesOf, textOf, titleOf, type ExportedMessage } from './exported-message.ts';
import type { Mail } from './mail.ts';

const VERSION = '2.0.0';
const EVENTS_MAX = 10_000;
const PLATFORM = 'chancery';

/** ZIP knows no earlier year: it says nothing here, and keeps the same messages the same bytes. */
const ZIP_TIME = '1980-01-01T00:00:00';

/** Digits of a conversation's id in the name of a file. */
const SHORT_ID = 16;

/** A file to be, by its name. */
export interface RsmfFile {
  readonly name: string;
  readonly mail: Mail;
}

/** @param owner whose archive it is from: what its people wrote goes out */
export function rsmfFiles(owner: string, messages: readonly ExportedMessage[]): RsmfFile[] {
  const files: RsmfFile[] = [];
  for (const [id, all] of byConversation(messages)) {
    for (let from = 0; from < all.length; from += EVENTS_MAX) {
      const number = String(from / EVENTS_MAX + 1).padStart(3, '0');
      const name = `${id.slice(0, SHORT_ID)}-${number}.rsmf`;
      files.push({ name, mail: mailOf(owner, id, all.slice(from, from + EVENTS_MAX)) });
    }
  }
  return files;
}

function mailOf(owner: string, id: string, messages: readonly ExportedMessage[]): Mail {
  const [first] = messages;
  const last = messages.at(-1);
  if (first === undefined || last === undefined) throw new Error('a conversation without a message');
  const names = namesOf(messages);
  const people = peopleOf(messages);
  const times = messages.map(({ event }) => event.sentAt);
  const begins = times.reduce((a, b) => Math.min(a, b));
  const ends = times.reduce((a, b) => Math.max(a, b));
  const manifest = manifestOf(owner, id, messages, people);
  const zip = zipSync(
    { 'rsmf_manifest.json': fromString(JSON.stringify(manifest, null, 1)) },
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
      'X-RSMF-AttachmentCount': '0',
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
  return {
    id: event.id,
    type: 'text' in event.content ? 'message' : 'disclaimer',
    participant: sender.address,
    conversation,
    timestamp: iso(event.sentAt),
    body: textOf(message),
    direction: sender.domain === owner ? 'outgoing' : 'incoming',
    custom: [
      { name: 'Entry', value: String(event.sequence) },
      { name: 'Archived', value: iso(event.time) },
      { name: 'Identity', value: `${sender.domain} (${sender.level})` },
      ...event.parents.filter((id) => inFile.has(id)).map((value) => ({ name: 'After', value })),
    ],
  };
}
