/** Messages as JSON Lines: one object a line, in the order of the log, nothing left out. */
import { iso, type ExportedMessage } from './exported-message.ts';

export function writeJsonLines(messages: readonly ExportedMessage[]): string {
  return messages.map((message) => `${JSON.stringify(lineOf(message))}\n`).join('');
}

function lineOf({ event, via, conversation, sought, attached }: ExportedMessage): object {
  const { sequence, time, id, sentAt, parents, sender, content } = event;
  const { type, title, members } = conversation;
  return {
    ...{ entry: sequence, id, archived: iso(time), sent: iso(sentAt), sought },
    conversation: { id: event.conversation, type, title, members },
    sender: { address: sender.address, name: sender.name, roles: sender.roles },
    organisation: { domain: sender.domain, level: sender.level, since: iso(sender.since) },
    ...{ via, parents, content },
    ...(attached === null ? {} : { file: attached }),
  };
}
