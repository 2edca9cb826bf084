/** Comparing the archive with a partner's, one step a call: whoever asks goes on until there is an outcome. */
import { valueOf } from '../../protocol/errors/index.ts';
import { parseDomain } from '../../protocol/names/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { Finding, Outcome } from '../reconcile/index.ts';
import type { OperationInput, OperationOutput, Operations } from './contract.ts';
import { hex, time } from './present.ts';

/** Who acts over the admin socket. */
const ACTOR = 'operator';

type Shown = NonNullable<OperationOutput<'archive.reconcile'>['outcome']>;

export function reconcileOperations({ reconciling }: ArchiveNode): Pick<Operations, 'archive.reconcile'> {
  const { reconciler } = reconciling;
  const begin = ({
    partner,
    since,
    until,
    late = 300,
  }: OperationInput<'archive.reconcile'>): Promise<string> =>
    reconciler.begin({
      partner: valueOf(parseDomain(partner)),
      range: {
        since: since === undefined ? null : Date.parse(since),
        until: until === undefined ? null : Date.parse(until),
      },
      lateMs: late * 1000,
      actor: ACTOR,
    });
  return {
    'archive.reconcile': async (input) => {
      const run = input.run ?? (await begin(input));
      const { progress, outcome } = await reconciler.step(run);
      return {
        run: outcome === null ? run : null,
        ...progress,
        outcome: outcome === null ? null : showOutcome(outcome),
      };
    },
  };
}

function showOutcome({ partner, agrees, theirs, compared, counts, findings, complete }: Outcome): Shown {
  return {
    partner,
    agrees,
    theirs: { ...theirs, root: hex(theirs.root) },
    compared,
    counts: { ...counts },
    findings: findings.map(showFinding),
    complete,
  };
}

function showFinding(finding: Finding): Shown['findings'][number] {
  const { state, message, sent, conversation, sender, here, there, reason } = finding;
  return {
    state,
    message: message.length === 0 ? null : hex(message),
    direction: sent ? 'sent' : 'received',
    conversation: conversation === null ? null : hex(conversation),
    sender,
    here: showPlace(here),
    there: showPlace(there),
    reason,
  };
}

function showPlace(place: Finding['here']): Shown['findings'][number]['here'] {
  return place === null
    ? null
    : { sequence: place.sequence, time: place.time === null ? null : time(place.time) };
}
