/** Finds the conversation a person means: by title, by the other person's address, or by the beginning of its id. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import type { Client, ConversationInfo } from '../index.ts';

const ID_PREFIX = /^[0-9a-f]{4,64}$/;

/** Throws `message.unknown-conversation`, or `request.invalid` when more than one is meant. */
export async function findConversation(client: Client, name: string): Promise<ConversationInfo> {
  const all = await client.conversations();
  const wanted = name.toLowerCase();
  const address = name.includes('@') ? parseAddress(name) : undefined;
  const readings: ((conversation: ConversationInfo) => boolean)[] = [
    ({ title }) => title === name,
    ({ title }) => title !== '' && title.toLowerCase() === wanted,
    ({ type, members }) => type === 'direct' && address?.ok === true && members.includes(address.value.text),
    ({ id }) => ID_PREFIX.test(wanted) && id.startsWith(wanted),
  ];
  for (const reads of readings) {
    const [found, ...more] = all.filter(reads);
    if (found === undefined) continue;
    if (more.length === 0) return found;
    throw new ChanceryError(
      'request.invalid',
      `${JSON.stringify(name)} names ${more.length + 1} conversations; use the beginning of an id`,
    );
  }
  throw new ChanceryError(
    'message.unknown-conversation',
    `no conversation ${JSON.stringify(name)}; see chancery-chat conversations`,
  );
}
