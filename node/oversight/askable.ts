/** Whether what an officer asks for is there to be approved: so that nobody approves what cannot be done. */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { entriesOf, type Asked } from '../../protocol/oversight/index.ts';
import type { Holds, Ledger, OfficerActs } from '../ledger/index.ts';
import type { PolicyDesk } from '../policy/index.ts';
import type { PolicyInForce } from './policy-in-force.ts';

/** Requests that wait at a time, of all officers together. */
const MAX_WAITING = 64;

export interface AskableOptions {
  readonly ledger: Ledger;
  readonly acts: OfficerActs;
  readonly holds: Holds;
  readonly policy: PolicyInForce;
  readonly policies: Pick<PolicyDesk, 'check'>;
}

/** Throws `request.invalid`, `policy.invalid`, `hold.unknown`, `approval.*` or `limit.exceeded`. */
export async function assertAskable(asked: Asked, options: AskableOptions): Promise<void> {
  await assertRoom(options);
  const { ledger, holds, policy } = options;
  switch (asked.action) {
    case 'open':
    case 'export': {
      const last = entriesOf(asked.entries).at(-1) ?? 0;
      if (last >= ledger.log.size) throw invalid(`there is no entry ${last}`);
      return;
    }
    case 'release': {
      const inForce = holds.active.filter(({ matter }) => matter === asked.matter);
      const known = new Set(inForce.map(({ sequence }) => sequence));
      if (asked.holds.some((hold) => !known.has(hold)))
        throw new ChanceryError('hold.unknown', `not all of these holds are in force for ${asked.matter}`);
      return;
    }
    case 'erasure':
      if (valueOf(parseAddress(asked.person)).text !== asked.person)
        throw invalid('the address is not canonical');
      return;
    case 'disposal':
      if (asked.until > ledger.log.now) throw invalid('what has to go later than now cannot be approved yet');
      return;
    case 'retention':
      if (policy.waiting !== asked.policy)
        throw new ChanceryError('approval.other', 'that is not what chancery.yaml asks for');
      return;
    case 'policy':
      valueOf(options.policies.check(asked.text, 'policy.yaml'));
  }
}

async function assertRoom({ acts, ledger }: AskableOptions): Promise<void> {
  const recent = await acts.requests(null, MAX_WAITING);
  const waiting = recent.filter(({ state, expires }) => state === 'requested' && expires >= ledger.log.now);
  if (waiting.length >= MAX_WAITING)
    throw new ChanceryError(
      'limit.exceeded',
      `${MAX_WAITING} requests wait for an officer; decide about them first`,
    );
}

function invalid(message: string): ChanceryError {
  return new ChanceryError('request.invalid', message);
}
