/**
 * What is on record of controls: when a rule last led to a decision, what came of the last test message for it, and when
 * somebody last looked at the acts of oversight. Each is one row that the newest entry replaces.
 */
import { equals } from 'uint8arrays/equals';
import { z } from 'zod';
import { put } from './fact.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export const canaryView: View<'canary'> = ({ said, sequence }, { keys }) =>
  said.results.flatMap(({ rule, outcome }) => [
    put(keys.ruleTrial(rule), encodeSequence(sequence)),
    ...(outcome === 'bit' ? [put(keys.ruleBitten(rule), encodeSequence(sequence))] : []),
  ]);

export const auditReadView: View<'audit-read'> = ({ sequence }, { keys }) => [
  put(keys.auditRead(), encodeSequence(sequence)),
];

/** What is recorded of a comparison with a partner's archive that came to its end; of one that failed none of it is there. */
const comparedShape = z.object({
  partner: z.string(),
  state: z.string(),
  complete: z.boolean(),
  counts: z.record(z.string(), z.number()),
});

export const comparedView: View<'administration'> = ({ said, sequence }, { keys }) => {
  const compared = comparedIn(said);
  return compared === undefined ? [] : [put(keys.reconciled(compared.partner), encodeSequence(sequence))];
};

function comparedIn({
  action,
  detail,
}: RecordOf<'administration'>): z.infer<typeof comparedShape> | undefined {
  if (action !== 'archive.reconciled') return undefined;
  try {
    return comparedShape.safeParse(JSON.parse(detail)).data;
  } catch {
    return undefined; // whatever somebody else wrote under that name
  }
}

/** When the archive was last compared with a partner's (milliseconds), and what was not in order. */
export interface Compared {
  readonly time: number;
  /** Whether the partner's log went on from what was cosigned of it, and everything was compared. */
  readonly whole: boolean;
  /** How many messages are in each state. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What came of the last test message for a rule, and when (milliseconds). */
export interface Trial {
  readonly outcome: RecordOf<'canary'>['results'][number]['outcome'];
  readonly detail: string;
  readonly time: number;
}

export class Controls {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** When the rule last led to a decision (milliseconds), from an entry on: as it was worded before says nothing; null for never. */
  lastHit(rule: string, from: number): number | null {
    const sequence = this.#at(this.#ledger.keys.ruleHit(rule));
    return sequence === undefined || sequence < from ? null : this.#timeOf(sequence);
  }

  /** The last trial of a rule in this very wording; null for none. */
  lastTrial(rule: string, wording: Uint8Array): Trial | null {
    const sequence = this.#at(this.#ledger.keys.ruleTrial(rule));
    if (sequence === undefined) return null;
    const result = this.#ledger.record('canary', sequence)?.results.find((one) => one.rule === rule);
    if (result === undefined || !equals(result.wording, wording)) return null;
    const { outcome, detail } = result;
    return { outcome, detail, time: this.#timeOf(sequence) };
  }

  /** The policy in which a test message last showed that a rule bites; null for none. */
  lastBitten(rule: string): number | null {
    const sequence = this.#at(this.#ledger.keys.ruleBitten(rule));
    return sequence === undefined ? null : (this.#ledger.record('canary', sequence)?.policy ?? null);
  }

  /** Null where it never came to its end. */
  lastCompared(partner: string): Compared | null {
    const sequence = this.#at(this.#ledger.keys.reconciled(partner));
    const record = sequence === undefined ? undefined : this.#ledger.record('administration', sequence);
    const compared = record && comparedIn(record);
    if (sequence === undefined || compared === undefined) return null;
    const { complete, state, counts } = compared;
    return { time: this.#timeOf(sequence), whole: complete && state === 'consistent', counts };
  }

  /** Up to which entry the acts of oversight were there to be seen when somebody last looked, and who and when. */
  lastRead(): { readonly until: number; readonly actor: string; readonly time: number } | null {
    const sequence = this.#at(this.#ledger.keys.auditRead());
    const record = sequence === undefined ? undefined : this.#ledger.record('audit-read', sequence);
    return sequence === undefined || record === undefined
      ? null
      : { until: record.until, actor: record.actor, time: this.#timeOf(sequence) };
  }

  /** The entry that a row leads to, once it counts as archived. */
  #at(key: Uint8Array): number | undefined {
    const value = this.#ledger.get(key);
    const sequence = value && decodeSequence(value);
    return sequence !== undefined && sequence < this.#ledger.log.size ? sequence : undefined;
  }

  #timeOf(sequence: number): number {
    return this.#ledger.log.entry(sequence)?.time ?? 0;
  }
}
