/**
 * Messages as an EDRM XML load file (version 1.2): one document a message, its native file the mail beside it;
 * and one for each file that came with a message, related to it as its attachment.
 */
import { fileOf, iso, textOf, titleOf, type ExportedMessage } from './exported-message.ts';
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
  const attached = messages.flatMap(attachmentOf);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Root MajorVersion="1" MinorVersion="2" Description="${escapeValue(`messages archived by ${domain}`)}" Locale="US" DataInterchangeType="Update">`,
    '<Batch>',
    '<Documents>',
    ...documents,
    ...attached.map(({ document }) => document),
    '</Documents>',
    ...(attached.length === 0
      ? []
      : ['<Relationships>', ...attached.map(({ relation }) => relation), '</Relationships>']),
    '</Batch>',
    '</Root>',
    '',
  ].join('\n');
}

function documentOf(domain: string, message: ExportedMessage, native: NativeFile | undefined): string {
  const { sequence } = message.event;
  return [
    `<Document DocID="${sequence}" DocType="Message" MimeType="message/rfc822">`,
    ...(native === undefined ? [] : ['<Files>', nativeOf(native), '</Files>']),
    '<Tags>',
    ...tagsOf(domain, message),
    '</Tags>',
    '</Document>',
  ].join('\n');
}

function nativeOf({ folder, name, bytes, hash }: NativeFile): string {
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
  return tags.map(tagOf);
}

function tagOf([name, type, value]: readonly [string, string, string]): string {
  return `<Tag TagName="${name}" TagDataType="${type}" TagValue="${escapeValue(value)}"/>`;
}

/** The document of the file that came with a message, and how it is related to that of the message. */
function attachmentOf(message: ExportedMessage): { readonly document: string; readonly relation: string }[] {
  const file = fileOf(message);
  if (file === null || file.path === null) return [];
  const [folder = '', name = ''] = file.path.split('/');
  const parent = String(message.event.sequence);
  const child = `${parent}.1`;
  const tags = [
    ['#FileName', 'Text', file.name],
    ['#FileSize', 'LongInteger', String(file.size)],
    ['Type', 'Text', file.type],
  ] as const;
  const document = [
    `<Document DocID="${child}" DocType="File" MimeType="${escapeValue(file.type)}">`,
    '<Files>',
    nativeOf({ folder, name, bytes: file.size, hash: file.digest }),
    '</Files>',
    '<Tags>',
    ...tags.map(tagOf),
    '</Tags>',
    '</Document>',
  ].join('\n');
  return [
    { document, relation: `<Relationship Type="Attachment" ParentDocId="${parent}" ChildDocId="${child}"/>` },
  ];
}
