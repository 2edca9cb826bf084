/** An item of the queue as officers are shown it: by whom, when, which rule, what was found by type and place, never what was said. */
import {
  LISTED_FINDINGS,
  LISTED_REASONS,
  MAX_SHOWN_FINDINGS,
  MAX_SHOWN_REASONS,
  type ReviewItem,
} from '../../protocol/wire/index.ts';
import type { Messages, Queued, RecordOf, Reviewed } from '../ledger/index.ts';

/** How many reasons of an item are shown, findings of each, and characters of all findings: who is looked at chose their places. */
export interface Extent {
  readonly reasons: number;
  readonly findings: number;
  readonly characters: number;
}

/** A frame holds as many items as are listed at a time, and one that is shown whole. */
export const LISTED: Extent = { reasons: LISTED_REASONS, findings: LISTED_FINDINGS, characters: 4_096 };
export const WHOLE: Extent = {
  ...{ reasons: MAX_SHOWN_REASONS, findings: MAX_SHOWN_FINDINGS, characters: 131_072 },
};

/** All but what a member may decide about it. */
export function shownItem(
  item: Queued,
  messages: Pick<Messages, 'position'>,
  extent: Extent,
): Omit<ReviewItem, 'may'> {
  const { sequence: entry, time } = item;
  const review = item.review === null ? null : shownReview(item.review);
  if (item.kind === 'decision') {
    const { message, sender, direction, policy, outcome, confirmed } = item.decision;
    return {
      ...{ entry, time, what: 'decision', sender, direction, message, outcome, confirmed, review },
      position: messages.position(message) ?? null,
      policy: policy === 0 ? null : policy,
      reasons: shownReasons(item.decision, extent),
      ...{ reporter: null, reason: '' },
    };
  }
  const { message, actor, reason, act } = item.report;
  const isOurs = act.what !== 'made' || act.partner === null;
  return {
    ...{ entry, time, what: act.what === 'made' ? 'report' : 'notice', sender: act.sender, message, review },
    ...{ direction: isOurs ? 'out' : 'in', position: act.position, policy: null, outcome: 'reported' },
    ...{ reasons: [], confirmed: null, reporter: actor, reason },
    ...(act.what === 'learned' ? { verdict: act.outcome } : {}),
  };
}

function shownReasons({ reasons }: RecordOf<'decision'>, extent: Extent): ReviewItem['reasons'] {
  let left = extent.characters;
  return reasons.slice(0, extent.reasons).map(({ findings, ...reason }) => {
    const shown = findings.slice(0, extent.findings).filter(({ type, kind, place }) => {
      left -= type.length + (kind?.length ?? 0) + place.length;
      return left >= 0;
    });
    return { ...reason, findings: shown.map((finding) => ({ ...finding })) };
  });
}

function shownReview({ sequence: entry, time, actor, outcome, reason }: Reviewed): ReviewItem['review'] {
  return { entry, time, actor, outcome, reason };
}
