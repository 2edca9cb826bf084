/** Rules of the policy that are off, of which nobody saw that they bite, or that a test message got past. */
import { affecting, bounded, DAY_MS, dayOf, shellWord, type Gap } from './gap.ts';

/** Milliseconds for which a rule that bit, in earnest or in a trial, is taken to bite. */
const PROVEN_MS = 90 * DAY_MS;

/** A rule of the policy in force. Times in milliseconds since 1970. */
export interface WatchedRule {
  readonly id: string;
  readonly reason: string;
  readonly on: boolean;
  /** Since when the policy that has it is in force. */
  readonly since: number;
  /** When it last led to a decision; null for never. */
  readonly hit: number | null;
  /** What came of the last test message for it as it is worded; null for none. */
  readonly trial: {
    readonly outcome: 'bit' | 'missed' | 'unmade';
    readonly detail: string;
    readonly time: number;
  } | null;
}

/**
 * @param now milliseconds since 1970
 * @param passed when the newest message was archived; null for never
 */
export function ruleGaps(now: number, rules: readonly WatchedRule[], passed: number | null): readonly Gap[] {
  const gaps = rules.map((rule) => (rule.on ? (notBiting(rule) ?? unproven(now, rule, passed)) : off(rule)));
  return bounded(gaps.filter((gap) => gap !== undefined));
}

function off({ id, reason, since }: WatchedRule): Gap {
  return {
    kind: 'rule-off',
    subject: id,
    severity: 'info',
    since,
    ...affecting([`rule ${id}`]),
    text: `rule ${id} is off: ${reason}`,
    mend: `chancery gaps enable ${shellWord(id)} --reason ${shellWord('a gap')}`,
    evidence: 'on: false in the policy in force',
  };
}

function notBiting({ id, hit, trial }: WatchedRule): Gap | undefined {
  if (trial?.outcome !== 'missed' || (hit !== null && hit > trial.time)) return undefined;
  return {
    kind: 'rule-not-biting',
    subject: id,
    severity: 'critical',
    since: trial.time,
    ...affecting([`rule ${id}`]),
    text: `rule ${id} let a test message past: ${trial.detail}; mend the rule, then try it again`,
    mend: tryIt(id),
    evidence: `tried ${dayOf(trial.time)}`,
  };
}

function unproven(
  now: number,
  { id, since, hit, trial }: WatchedRule,
  passed: number | null,
): Gap | undefined {
  const proven = Math.max(hit ?? -Infinity, trial?.outcome === 'bit' ? trial.time : -Infinity);
  const from = Math.max(since, proven);
  const isOld = now - from > PROVEN_MS && passed !== null && passed > from;
  if (proven !== -Infinity && !isOld) return undefined;
  const unmade = trial?.outcome === 'unmade' ? `; no test message can be made for it: ${trial.detail}` : '';
  return {
    kind: 'rule-unproven',
    subject: id,
    severity: isOld ? 'warning' : 'info',
    since: from,
    ...affecting([`rule ${id}`]),
    text: `nobody saw rule ${id} bite${proven === -Infinity ? '' : ` since ${dayOf(proven)}`}${unmade}`,
    mend: tryIt(id),
    evidence: hit === null ? 'no decision of it is on record' : `its last decision is of ${dayOf(hit)}`,
  };
}

function tryIt(id: string): string {
  return `chancery gaps canary --rule ${shellWord(id)}`;
}
