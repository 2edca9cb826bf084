/** What the policy said of a message, as its readers are told: what to beware of, and what they are not shown. */
import type { Redaction, Ruled } from '../../protocol/wire/index.ts';
import type { Decisions, Messages, RecordOf } from '../ledger/index.ts';

export interface RuledOptions {
  readonly messages: Pick<Messages, 'isHeld'>;
  readonly decisions: Pick<Decisions, 'of'>;
  /** What a rule of the policy has for the person whom it is about. */
  readonly warningOf: (rule: string) => string;
}

/** Undefined where it said nothing that a reader is told. */
export function ruledOf(id: Uint8Array, { decisions, messages, warningOf }: RuledOptions): Ruled | undefined {
  const entry = decisions.of(id);
  if (entry === undefined) return undefined;
  const { decision } = entry;
  const isInbound = decision.direction === 'in';
  const isHeld = messages.isHeld(id);
  const warnings = isInbound
    ? decision.reasons.filter(({ outcome }) => outcome === 'warn').map(({ rule }) => warningOf(rule))
    : [];
  // what was blocked once and came later came by another policy
  const redactions = isInbound && decision.outcome !== 'block' ? redactionsIn(decision) : [];
  if (!isHeld && warnings.length === 0 && redactions.length === 0) return undefined;
  return { ...(isHeld ? { held: true } : {}), warnings, redactions };
}

/** What a decision takes out of a message's text, in order; what overlaps is one. */
function redactionsIn({ reasons }: RecordOf<'decision'>): Redaction[] {
  const found = reasons
    .filter(({ outcome }) => outcome === 'redact')
    .flatMap(({ findings }) => findings)
    .filter(({ place }) => place === 'text')
    .map(({ start, end, type }) => ({ start, end, type }))
    .sort((one, other) => one.start - other.start);
  const apart: Redaction[] = [];
  for (const one of found) {
    const last = apart.at(-1);
    if (last === undefined || one.start > last.end) apart.push({ ...one });
    else last.end = Math.max(last.end, one.end);
  }
  return apart;
}
