/** What can be decided about an item of the queue as it stands. */
import type { ReviewOutcome } from '../../protocol/wire/index.ts';
import type { Queued } from '../ledger/index.ts';

/** Nothing for one that was settled, or that never asked for a review. */
export function outcomesFor(item: Queued): ReviewOutcome[] {
  const { review } = item;
  const isEscalated = review?.outcome === 'escalated';
  if (review !== null && !isEscalated)
    // what was confirmed in error is shown again
    return isOfMember(item) && review.outcome === 'confirm' ? ['dismiss'] : [];
  const ends = endsOf(item);
  return ends.length === 0 || isEscalated ? ends : [...ends, 'escalated'];
}

function endsOf(item: Queued): ReviewOutcome[] {
  if (item.kind === 'report') return isOfMember(item) ? ['confirm', 'dismiss'] : ['seen'];
  const { outcome, flagged } = item.decision;
  if (outcome === 'hold') return ['release', 'reject'];
  return flagged ? ['seen'] : [];
}

function isOfMember(item: Queued): boolean {
  return item.kind === 'report' && item.report.act.what === 'made';
}
