/** What an archived receipt says of each of its messages. It was verified before it was archived. */
import { toString } from 'uint8arrays/to-string';
import { readReceipt } from '../../protocol/statement/index.ts';
import type { FeedItem } from '../../protocol/wire/index.ts';

export type Outcome = Extract<FeedItem, { type: 'delivery' }>['outcome'];

/** Outcomes by message id (base64); empty where the statement does not decode. */
export function deliveriesIn(statement: Uint8Array): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  const receipt = readReceipt(statement);
  if (!receipt.ok) return outcomes;
  for (const [id, position] of receipt.value.archived) {
    outcomes.set(toString(id, 'base64'), { state: 'archived', position });
  }
  for (const [id, code, text] of receipt.value.refused) {
    outcomes.set(toString(id, 'base64'), { state: 'refused', code, text });
  }
  return outcomes;
}
