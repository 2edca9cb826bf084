/** What a file is, in the words that rules ask for. Guarantees: what nobody looked at is never without a word for that. */
import { ATTACHMENT_STATES, type AttachmentState } from '../../protocol/policy/index.ts';
import type { Inspection, Verdict } from '../inspection/index.ts';
import type { RecordOf } from '../ledger/index.ts';

/** @param verdicts one of each scanner */
export function statesOf(
  { encrypted, failed, truncated, mismatch, risks }: Omit<Inspection, 'texts'>,
  verdicts: readonly Pick<Verdict, 'state'>[],
): AttachmentState[] {
  const states: AttachmentState[] = [];
  if (encrypted) states.push('encrypted');
  if (failed !== null || truncated) states.push('unreadable');
  if (verdicts.some(({ state }) => state === 'infected')) states.push('infected');
  if (verdicts.length === 0 || verdicts.some(({ state }) => state === 'failed')) states.push('unscanned');
  if (mismatch) states.push('mismatched');
  if (risks.length > 0) states.push('risky');
  return states;
}

/** Those on record; none where nothing is. */
export function statesOn(inspected: Pick<RecordOf<'inspection'>, 'states'> | undefined): AttachmentState[] {
  return ATTACHMENT_STATES.filter((state) => inspected?.states.includes(state));
}
