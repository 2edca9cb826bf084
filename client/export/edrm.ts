/** Messages as an EDRM XML load file (version 1.2): one document a message, its native file the mail beside it. */
import { iso, textOf, titleOf, type ExportedMessage } from './exported-message.ts';
import { escapeValue } from './markup.ts';

/** A mail as it lies in the export. */
export interface NativeFile {
  readonly folder: string;
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** @param natives one for each message, in their order */
export function writeEdrm(
  domain: string,
  messages: readonly ExportedMessage[],
  natives: readonly NativeFile[],
): string {
  const documents = messages.map((message, at) => documentOf(domain, message, natives[at]));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Root MajorVersion="1" MinorVersion="2" Description="${escapeValue(`messages archived by ${domain}`)}" Locale="US" DataInterchangeType="Update">`,
    '<Batch>',
    '<Documents>',
    ...documents,
    '</Documents>',
    '</Batch>',
    '</Root>',
    '',
  ].join('\n');
}

function documentOf(domain: string, message: ExportedMessage, native: NativeFile | undefined): string {
  const { sequence } = message.event;
  return [
    `<Document DocID="${sequence}" DocType="Message" MimeType="message/rfc822">`,
    ...(native === undefined ? [] : ['<Files>', fileOf(native), '</Files>']),
    '<Tags>',
    ...tagsOf(domain, message),
    '</Tags>',
    '</Document>',
  ].join('\n');
}

function fileOf({ folder, name, bytes, hash }: NativeFile): string {
  const value = escapeValue;
  const file = `FilePath="${value(folder)}" FileName="${value(name)}" FileSize="${bytes}"`;
  return `<File FileType="Native"><ExternalFile ${file} Hash="${hash}" HashType="SHA-256"/></File>`;
}

function tagsOf(domain: string, message: ExportedMessage): string[] {
  const { event, conversation, sought } = message;
  const { sender } = event;
  const to = conversation.members.filter((address) => address !== sender.address);
  const tags: (readonly [string, 'Text' | 'LongText' | 'DateTime' | 'Boolean', string])[] = [
    ['#From', 'Text', `${sender.name} <${sender.address}>`],
    ['#To', 'LongText', to.join('; ')],
    ['#Subject', 'Text', titleOf(message)],
    ['#DateSent', 'DateTime', iso(event.sentAt)],
    ['#DateReceived', 'DateTime', iso(event.time)],
    ['#Body', 'LongText', textOf(message)],
    ['Conversation', 'Text', event.conversation],
    ['Message', 'Text', event.id],
    ['Kind', 'Text', event.content.kind],
    ['Log', 'Text', domain],
    ['Sought', 'Boolean', String(sought)],
  ];
  return tags.map(
    ([name, type, value]) =>
      `<Tag TagName="${name}" TagDataType="${type}" TagValue="${escapeValue(value)}"/>`,
  );
}
