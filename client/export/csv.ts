/**
 * Messages as CSV (RFC 4180) in UTF-8 with a mark at its beginning, by which spreadsheets know it. Texts are exact: a
 * spreadsheet that is told to may take one that begins with “=” for a formula.
 */
import { stringify } from 'csv-stringify/sync';
import { fileOf, iso, textOf, type ExportedMessage } from './exported-message.ts';

const COLUMNS = [
  'entry',
  'archived',
  'sent',
  'conversation',
  'type',
  'title',
  'members',
  'sender',
  'name',
  'organisation',
  'level',
  'kind',
  'text',
  'message',
  'parents',
  'via',
  'sought',
  'file',
  'file type',
  'file bytes',
  'file sha256',
  'file path',
  'file withheld',
] as const;

export function writeCsv(messages: readonly ExportedMessage[]): string {
  const options = {
    header: true,
    bom: true,
    quoted: true,
    columns: [...COLUMNS],
    record_delimiter: 'windows',
  } as const;
  return stringify(messages.map(rowOf), options);
}

function rowOf(message: ExportedMessage): Record<(typeof COLUMNS)[number], string> {
  const { event, via, conversation, sought } = message;
  const { sender } = event;
  const file = fileOf(message);
  return {
    entry: String(event.sequence),
    archived: iso(event.time),
    sent: iso(event.sentAt),
    conversation: event.conversation,
    type: conversation.type,
    title: conversation.title,
    members: conversation.members.join(' '),
    sender: sender.address,
    name: sender.name,
    organisation: sender.domain,
    level: sender.level,
    kind: event.content.kind,
    text: textOf(message),
    message: event.id,
    parents: event.parents.join(' '),
    via: via === null ? '' : `${via.domain} ${via.position}`,
    sought: sought ? 'yes' : 'no',
    file: file?.name ?? '',
    'file type': file?.type ?? '',
    'file bytes': file === null ? '' : String(file.size),
    'file sha256': file?.digest ?? '',
    'file path': file?.path ?? '',
    'file withheld': file?.withheld?.code ?? '',
  };
}
