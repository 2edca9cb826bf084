/** The conversation that the beginning of an id stands for. */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Messages } from '../ledger/index.ts';

/** @param text its id in hex, or the first four digits of it or more. Throws `request.invalid` where it names none, or several. */
export async function conversationNamed(messages: Messages, text: string): Promise<Uint8Array> {
  if (/^[0-9a-f]{64}$/.test(text)) return fromString(text, 'hex');
  const found = (await messages.conversations()).filter(({ id }) => toString(id, 'hex').startsWith(text));
  const [only] = found;
  if (only === undefined || found.length > 1 || text.length < 4) {
    throw new ChanceryError(
      'request.invalid',
      `"${text}" names ${found.length} conversations; give more of its id`,
    );
  }
  return only.id;
}
