/**
 * What is said in a conversation that waits for a review waits with it: whoever it is for would learn that there is one. Once its
 * beginning was turned down, nothing more is let in or out.
 */
import type { Reason } from '../../protocol/policy/index.ts';
import type { Occasion } from '../intake/index.ts';
import { Decisions, unseenSince, type Ledger } from '../ledger/index.ts';

/** How the decision about it names what decided. */
const RULE = 'conversation:waits';

export function waitsWith(ledger: Ledger, { message, after }: Occasion): readonly Reason[] {
  const { kind } = message.content;
  const beginning = kind === 'create' || kind === 'membership' ? undefined : unseenSince(ledger, after.id);
  if (beginning === undefined) return [];
  const isRejected = new Decisions(ledger).quarantined(beginning)?.state === 'rejected';
  // where it waits until its writer is accepted, so does what they wrote since
  const isRequest = ledger.get(ledger.keys.contactHold(beginning)) !== undefined;
  return [
    {
      ...{ rule: RULE, control: isRequest ? 'contact' : 'people', outcome: isRejected ? 'block' : 'hold' },
      text: 'the conversation waits for a review, or was turned down',
      ...{ findings: [], found: 0 },
    },
  ];
}
