/**
 * What policy decided, and what waits for somebody to look at it: views over the log. Guarantees: what was decided of a
 * message is found by its id for as long as the log; what is held or flagged waits until it is reviewed.
 */
import { domainOf } from '../../protocol/conversation/index.ts';
import type { Op } from '../archive/index.ts';
import { PRESENT, put } from './fact.ts';
import { contactHoldOps, endOfWaiting, isWaiting } from './requests.ts';
import { queueOps } from './queue-ops.ts';
import { suspectedOps } from './report-views.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import { quarantined, type Quarantined } from './quarantine.ts';
import type { RecordOf } from './records.ts';
import type { View, Views } from './view.ts';

export const decisionView: View<'decision'> = ({ said, sequence }, { keys }) => [
  put(keys.decision(said.message), encodeSequence(sequence)),
  put(keys.decided(sequence), PRESENT),
  ...said.reasons.map(({ rule }) => put(keys.ruleHit(rule), encodeSequence(sequence))),
  ...(said.flagged || said.outcome === 'hold' ? queueOps(keys, sequence) : []),
  ...contactHoldOps(keys, said, sequence),
  ...suspectedOps(keys, said, sequence),
];

/** The newest is in force. */
export const policyView: View<'policy'> = ({ bytes, sequence }, { keys }) => [
  put(keys.policy(), bytes),
  put(keys.policyAt(sequence), PRESENT),
];

export const contactView: View<'contact'> = ({ said, sequence }, views) => {
  const { person, member, accepted } = said;
  const value = accepted ? encodeSequence(sequence) : REFUSED;
  return [
    put(views.keys.contact(member ?? '', person), value),
    ...(accepted ? endOfWaiting(views.keys, person, member === null ? [] : [member]) : []),
    put(views.keys.contactDecided(sequence), PRESENT),
  ];
};

/** A person who was declined. */
const REFUSED = Uint8Array.of(0);

/**
 * Whether a member of ours, or everybody, knows somebody of a partner: has written with them, or accepted them. @param before
 * an entry: whether it was so then, as far as what was decided since lets it be known
 */
export function isContact(
  views: Pick<Views, 'decoded' | 'keys'>,
  member: string,
  person: string,
  before = Infinity,
): boolean {
  // the member's own first: of whom they write with it is there, and known from memory
  return [member, ''].some((who) => {
    const since = views.decoded(views.keys.contact(who, person), knownSince) ?? null;
    return since !== null && since < before;
  });
}

/** The entry since which somebody is known; null where they were declined. */
function knownSince(value: Uint8Array): number | null {
  return value.length > REFUSED.length ? decodeSequence(value) : null;
}

/** Whether a person was declined: for everybody, or by each of these members of ours. */
export function isDeclined(
  views: Pick<Views, 'decoded' | 'keys'>,
  person: string,
  members: readonly string[],
): boolean {
  const declined = (who: string): boolean =>
    views.decoded(views.keys.contact(who, person), knownSince) === null;
  return declined('') || (members.length > 0 && members.every(declined));
}

/**
 * Whom a member who writes knows from then on: everybody of other organisations in the conversation, but for those who wait to
 * be let in by that member, or by the organisation: that is said by accepting them.
 */
export function contactOps(
  views: Views,
  { sender, members, sequence }: { sender: string; members: readonly string[]; sequence: number },
): Op[] {
  return members.flatMap((address) => {
    if (domainOf(address) === views.domain) return [];
    const key = views.keys.contact(sender, address);
    if (typeof views.decoded(key, knownSince) === 'number' || isWaiting(views, sender, address)) return [];
    return [put(key, encodeSequence(sequence))];
  });
}

/** A decision with its entry, and what people decided about it; null while nobody has. */
export interface DecisionEntry {
  readonly sequence: number;
  /** Milliseconds. */
  readonly time: number;
  readonly decision: RecordOf<'decision'>;
  readonly review: (RecordOf<'review'> & { readonly sequence: number }) | null;
}

export class Decisions {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What was decided of a message; undefined where nothing was said of it. */
  of(message: Uint8Array): DecisionEntry | undefined {
    const value = this.#ledger.get(this.#ledger.keys.decision(message));
    return value && this.at(decodeSequence(value));
  }

  /** The decision of an entry; undefined where the entry is another. */
  at(sequence: number): DecisionEntry | undefined {
    const entry = this.#ledger.log.entry(sequence);
    if (entry?.kind !== 'decision') return undefined;
    const decision = this.#ledger.record('decision', sequence);
    if (decision === undefined) return undefined;
    const reviewed = this.#ledger.get(this.#ledger.keys.reviewed(sequence));
    const at = reviewed === undefined ? undefined : decodeSequence(reviewed);
    const review = at === undefined ? undefined : this.#ledger.record('review', at);
    return {
      sequence,
      time: entry.time,
      decision,
      review: review === undefined || at === undefined ? null : { ...review, sequence: at },
    };
  }

  /** The message that a decision keeps back; undefined where it does not, or does no longer. */
  quarantined(message: Uint8Array): Quarantined | undefined {
    return quarantined(this.#ledger, message);
  }

  /** Decisions that wait for a review, the oldest first, from after an entry. */
  open(after: number | null, limit: number): Promise<readonly DecisionEntry[]> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('review', 'open');
    return this.#entries({ gte: after === null ? gte : keys.openReview(after + 1), lt, limit });
  }

  /** All decisions, the newest first, from before an entry. */
  all(before: number | null, limit: number): Promise<readonly DecisionEntry[]> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('decided');
    return this.#entries({ gte, lt: before === null ? lt : keys.decided(before), limit, reverse: true });
  }

  /** Decisions from an entry on, the oldest first. */
  since(from: number, limit: number): Promise<readonly DecisionEntry[]> {
    const { keys } = this.#ledger;
    return this.#entries({ gte: keys.decided(from), lt: keys.within('decided').lt, limit });
  }

  async #entries(range: Parameters<Ledger['iterate']>[0]): Promise<readonly DecisionEntry[]> {
    const found: DecisionEntry[] = [];
    const { log } = this.#ledger;
    for await (const [key] of this.#ledger.iterate(range)) {
      const sequence = decodeSequence(key);
      const entry = sequence < log.size ? this.at(sequence) : undefined;
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }
}
