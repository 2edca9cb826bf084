/** What somebody who was declined writes is not let in, until they are accepted. */
import { domainOf } from '../../protocol/conversation/index.ts';
import type { Reason } from '../../protocol/policy/index.ts';
import type { Occasion } from '../intake/index.ts';
import { isDeclined, type Ledger } from '../ledger/index.ts';

/** How the decision about a message of somebody who was declined names what decided: no rule of a policy can be named so. */
const RULE = 'contact:declined';

const REASON: Reason = {
  ...{ rule: RULE, control: 'contact', outcome: 'block' },
  text: 'whoever wrote it was declined',
  ...{ findings: [], found: 0 },
};

/** In a conversation with others who did not decline them it is let in, and so seen by all who are in it. */
export function refuseDeclined(ledger: Ledger, { direction, message, after }: Occasion): readonly Reason[] {
  if (direction !== 'inbound') return [];
  const own = after.members.filter((address) => domainOf(address) === ledger.domain);
  return isDeclined(ledger, message.sender, own) ? [REASON] : [];
}
