/**
 * What policy decided, and what waits for somebody to look at it: views over the log. Guarantees: what was decided of a
 * message is found by its id for as long as the log; what is held or flagged waits until it is reviewed.
 */
import { PRESENT, put } from './fact.ts';
import { contactHoldOps } from './requests.ts';
import { doneOps } from './officer-acts.ts';
import { queueOps } from './queue-ops.ts';
import { suspectedOps } from './report-views.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import { quarantined, type Quarantined } from './quarantine.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export const decisionView: View<'decision'> = ({ said, sequence }, { keys }) => [
  put(keys.decision(said.message), encodeSequence(sequence)),
  put(keys.decided(sequence), PRESENT),
  ...said.reasons
    .filter(({ rule }) => isOfPolicy(rule))
    .map(({ rule }) => put(keys.ruleHit(rule), encodeSequence(sequence))),
  ...(said.flagged || said.outcome === 'hold' ? queueOps(keys, sequence) : []),
  ...contactHoldOps(keys, said, sequence),
  ...suspectedOps(keys, said, sequence),
];

/** Whether a decision names a rule of the policy's: what people decided counts beside it, under names that no rule can have. */
export function isOfPolicy(rule: string): boolean {
  return !rule.includes(':');
}

/** The newest is in force. */
export const policyView: View<'policy'> = ({ said, bytes, sequence }, views) => [
  put(views.keys.policy(), bytes),
  put(views.keys.policyAt(sequence), PRESENT),
  ...doneOps(said.act, sequence, views),
];

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

  /** How many wait for a review; counts to `limit` at most, and reads none of them. */
  async countOpen(limit: number): Promise<number> {
    let found = 0;
    for await (const _row of this.#ledger.iterate({ ...this.#ledger.keys.within('review', 'open'), limit }))
      found += 1;
    return found;
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
