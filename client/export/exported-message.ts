/** A message of an export as the writers of formats see it: what was said, by whom, and who was there at that time. */
import type { MessageEvent } from '../feed/index.ts';
import type { Attached } from './attachments.ts';

export interface ExportedMessage {
  readonly event: MessageEvent;
  /** The partner it came from, and its position in the partner's log; null for one of our own. */
  readonly via: { readonly domain: string; readonly position: number } | null;
  /** The conversation as it was once this message had been archived. */
  readonly conversation: {
    readonly type: 'direct' | 'group';
    readonly title: string;
    readonly members: readonly string[];
  };
  /** Whether it was sought; otherwise it is there to say who was in the conversation. */
  readonly sought: boolean;
  /** The file that came with it; null where none did. */
  readonly attached: Attached | null;
}

type FileOfMessage = Extract<MessageEvent['content'], { kind: 'attachment' }>['file'];

/** The file that came with a message, as the message names it and as it is in the export. */
export interface AttachedFile extends FileOfMessage, Attached {}

export function fileOf({ event: { content }, attached }: ExportedMessage): AttachedFile | null {
  return content.kind === 'attachment' && attached !== null ? { ...content.file, ...attached } : null;
}

/** Where the file of a message is, in words; nothing where none came with it. */
export function whereabouts(message: ExportedMessage): string {
  const file = fileOf(message);
  if (file === null) return '';
  if (file.path !== null) return `\n[the file is ${file.path}]`;
  return `\n[the file is not in this export: ${file.withheld?.text ?? 'it was not handed out'}]`;
}

type Unplaced = Omit<ExportedMessage, 'conversation'>;

/** Says of each message, in the order of the log, how its conversation stood, by the messages that say so. */
export function inConversations(messages: readonly Unplaced[]): ExportedMessage[] {
  const standing = new Map<string, ExportedMessage['conversation']>();
  return messages.map((message) => {
    const { conversation: id, content, sender } = message.event;
    const before = standing.get(id) ?? { type: 'group', title: '', members: [sender.address] };
    const conversation =
      'members' in content
        ? {
            type: content.kind === 'create' ? content.type : before.type,
            title: content.title,
            members: content.members,
          }
        : before;
    standing.set(id, conversation);
    return { ...message, conversation };
  });
}

/** By conversation, each in the order of the log. */
export function byConversation(messages: readonly ExportedMessage[]): Map<string, ExportedMessage[]> {
  return Map.groupBy(messages, ({ event }) => event.conversation);
}

/** What a message says, in words. */
export function textOf({ event: { content, sender } }: ExportedMessage): string {
  switch (content.kind) {
    case 'text':
      return content.text;
    case 'attachment': {
      const { name, type, size, digest } = content.file;
      return `[file ${name}, ${type}, ${size} bytes, SHA-256 ${digest}]\n${content.text}`;
    }
    case 'edit':
      return `[another wording of message ${content.target}]\n${content.text}`;
    case 'recall':
      return `[message ${content.target} is taken back]`;
    case 'create': {
      const what = content.title === '' ? 'a conversation' : `“${content.title}”`;
      return `${sender.name} started ${what} with ${content.members.join(', ')}`;
    }
    case 'membership':
      return `${sender.name} set the members of “${content.title}” to ${content.members.join(', ')}`;
  }
}

/** What a conversation is called: its title, else its members. */
export function titleOf({ conversation: { title, members } }: ExportedMessage): string {
  return title === '' ? members.join(', ') : title;
}

/** The name of each person who wrote, by address, as last certified. */
export function namesOf(messages: readonly ExportedMessage[]): Map<string, string> {
  return new Map(messages.map(({ event: { sender } }) => [sender.address, sender.name]));
}

/** A time of the log or of a message, in UTC. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}
