/**
 * A message as mail (RFC 5322): from whom, to the others of the conversation, threaded by what its writer had seen. Its
 * Message-ID is the id of the message, the same whoever exports it.
 */
import {
  fileOf,
  iso,
  namesOf,
  textOf,
  titleOf,
  whereabouts,
  type AttachedFile,
  type ExportedMessage,
} from './exported-message.ts';

/**
 * Bytes of the largest file that goes into a mail or an RSMF file; a larger one is named there by its place in the export
 * and its hash. Mail programs hold a mail in memory, and most servers take no more than twice of that.
 */
export const MAX_MAILED_BYTES: number = 16 * 1024 * 1024;

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

export interface Mail {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly encoding: 'quoted-printable' | 'base64';
  readonly attachment?: { readonly filename: string; readonly type: string; readonly content: Uint8Array };
}

/** Writes a mail as MIME, lines ended by CRLF. */
export type ComposeMail = (mail: Mail) => Promise<Uint8Array>;

/** Quoted-printable leaves these as they are, and mail programs do not: a carriage return, and “From ” in a mailbox. */
const UNSAFE = /\r|^From |[\u0000-\u0008\u000b-\u001f]/m;

/** Whether a file goes into mails. */
export function isMailed({ path, size }: Pick<AttachedFile, 'path' | 'size'>): boolean {
  return path !== null && size <= MAX_MAILED_BYTES;
}

/** A mail with the file that came with its message. */
export function withFile(mail: Mail, { name, type }: AttachedFile, content: Uint8Array): Mail {
  return { ...mail, attachment: { filename: name, type: asPart(type), content } };
}

/** A part that is a mail or has parts itself may not be base64 (RFC 2045, 6.4), and is to come out as it went in. */
function asPart(type: string): string {
  return /^(?:message|multipart)\//.test(type) ? 'application/octet-stream' : type;
}

export function mailsOf(messages: readonly ExportedMessage[]): Mail[] {
  const names = namesOf(messages);
  return messages.map((message) => mailOf(message, names));
}

function mailOf(message: ExportedMessage, names: ReadonlyMap<string, string>): Mail {
  const { event, via, conversation } = message;
  const { sender, id, parents } = event;
  const mailbox = (address: string): Mailbox => ({ name: names.get(address) ?? '', address });
  const others = conversation.members.filter((address) => address !== sender.address);
  const file = fileOf(message);
  const text = `${textOf(message)}${whereabouts(message)}`;
  const thread = [event.conversation, ...parents].filter((name) => name !== id);
  return {
    from: { name: sender.name, address: sender.address },
    to: others.map(mailbox),
    subject: titleOf(message),
    date: event.sentAt,
    messageId: idOf(id),
    inReplyTo: parents.length === 0 ? null : idOf(parents.at(-1) ?? id),
    references: [...new Set(thread)].map(idOf),
    headers: {
      'X-Chancery-Entry': String(event.sequence),
      'X-Chancery-Archived': iso(event.time),
      'X-Chancery-Conversation': event.conversation,
      'X-Chancery-Kind': event.content.kind,
      'X-Chancery-Identity': `${sender.domain} (${sender.level})`,
      ...(file?.path ? { 'X-Chancery-File': file.path } : {}),
      ...(via === null ? {} : { 'X-Chancery-Via': `${via.domain} ${via.position}` }),
    },
    text,
    encoding: UNSAFE.test(text) ? 'base64' : 'quoted-printable',
  };
}

/** `.invalid` (RFC 2606): it is an id, and no host. */
function idOf(id: string): string {
  return `<${id}@chancery.invalid>`;
}
