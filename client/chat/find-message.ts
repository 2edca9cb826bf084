/** Finds the message that is meant by the beginning of its id, in whatever conversation. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_PAGE } from '../../protocol/wire/index.ts';
import type { Client, ShownMessage } from '../index.ts';
import { shortId } from './render.ts';

/** Digits of an id that name a message: the beginning will do where it is the only one. */
const ID_PREFIX = /^[0-9a-f]{4,64}$/;

/** Messages of each conversation that are looked through. */
const MAX_LOOKED_AT = 1_000;

/**
 * The message whose id begins so, of those that are meant. Throws `message.unknown-target`, or `request.invalid` where several
 * are. @param what how those that are meant are called
 */
export async function findAnyMessage(
  client: Client,
  prefix: string,
  what: string,
  isMeant: (message: ShownMessage) => boolean,
): Promise<ShownMessage> {
  const wanted = prefix.toLowerCase();
  if (!ID_PREFIX.test(wanted))
    throw new ChanceryError(
      'request.invalid',
      `${JSON.stringify(prefix)} is not the beginning of an id: at least four hex digits, as history --ids shows them`,
    );
  const found: ShownMessage[] = [];
  for (const { id } of await client.conversations()) {
    let before: number | null = null;
    for (let looked = 0; looked < MAX_LOOKED_AT; looked += MAX_PAGE) {
      const page = await client.history(id, { before, limit: MAX_PAGE });
      found.push(...page.messages.filter((message) => message.id.startsWith(wanted) && isMeant(message)));
      before = page.before;
      if (before === null) break;
    }
  }
  const [only, ...more] = found;
  if (only === undefined)
    throw new ChanceryError('message.unknown-target', `no ${what} ${prefix}; see history --ids`);
  if (more.length === 0) return only;
  throw new ChanceryError(
    'request.invalid',
    `${shortId(wanted)} names ${more.length + 1} messages; use more of the id`,
  );
}
