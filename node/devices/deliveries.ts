/** What an archived receipt says of each of its messages. It was verified before it was archived. */
import { readReceipt } from '../../protocol/statement/index.ts';
import type { FeedItem } from '../../protocol/wire/index.ts';
import { byteName } from '../archive/index.ts';

export type Outcome = Extract<FeedItem, { type: 'delivery' }>['outcome'];

/** Outcomes by message id (as `byteName` writes it); empty where the statement does not decode. */
export function deliveriesIn(statement: Uint8Array): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  const receipt = readReceipt(statement);
  if (!receipt.ok) return outcomes;
  for (const [id, position] of receipt.value.archived) {
    outcomes.set(byteName(id), { state: 'archived', position });
  }
  for (const [id, code, text] of receipt.value.refused) {
    outcomes.set(byteName(id), { state: 'refused', code, text });
  }
  return outcomes;
}
