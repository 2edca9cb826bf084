/** Rules of the policy that are off, of which nobody saw that they bite, or that a test message got past. */
import { affecting, bounded, DAY_MS, dayOf, shellWord, type Gap } from './gap.ts';

/** Milliseconds for which a rule that bit, in earnest or in a trial, is taken to bite. */
const PROVEN_MS = 90 * DAY_MS;

/** A rule of the policy in force. Times in milliseconds since 1970. */
export interface WatchedRule {
  readonly id: string;
  readonly reason: string;
  readonly on: boolean;
  /** Since when it is on or off as it is, and says what it says. */
  readonly since: number;
  /** Whether it can be met in several ways, by one of several detectors: that it bit shows that of one of them alone. */
  readonly several: boolean;
  /** When it last led to a decision, as it is worded; null for never. */
  readonly hit: number | null;
  /** What came of the last test message for it as it is worded; null for none. */
  readonly trial: {
    readonly outcome: 'bit' | 'missed' | 'unmade';
    readonly detail: string;
    readonly time: number;
  } | null;
  /** The newest policy before the one in force in which a test message shows that it bit; null for none. */
  readonly bitten: number | null;
}

/** What the mend of a rule depends on. */
export interface PolicyTurn {
  /** Whether two officers bring a policy into force. */
  readonly takesTwo: boolean;
}

/**
 * @param now milliseconds since 1970
 * @param passed when the newest message was archived; null for never
 */
export function ruleGaps(
  now: number,
  rules: readonly WatchedRule[],
  passed: number | null,
  turn: PolicyTurn,
): readonly Gap[] {
  const gaps = rules.map((rule) =>
    rule.on ? (notBiting(rule, turn) ?? unproven(now, rule, passed)) : off(rule, turn),
  );
  return bounded(gaps.filter((gap) => gap !== undefined));
}

function off({ id, reason, since }: WatchedRule, { takesTwo }: PolicyTurn): Gap {
  const enable = `chancery gaps enable ${shellWord(id)}`;
  return {
    kind: 'rule-off',
    subject: id,
    severity: 'info',
    since,
    ...affecting([`rule ${id}`]),
    text: `rule ${id} is off: ${reason}${takesTwo ? '; two officers turn it on, by the file that is written' : ''}`,
    mend: takesTwo ? `${enable} --to .` : `${enable} --reason ${shellWord('a gap')}`,
    evidence: 'on: false in the policy in force',
  };
}

function notBiting(
  { id, several, hit, trial, bitten }: WatchedRule,
  { takesTwo }: PolicyTurn,
): Gap | undefined {
  if (trial?.outcome !== 'missed' || (!several && hit !== null && hit > trial.time)) return undefined;
  const goesBack = bitten !== null;
  const back = takesTwo
    ? `chancery policy show ${bitten} --to .`
    : `chancery policy apply --past ${bitten} --by operator --reason ${shellWord('a rule did not bite')}`;
  return {
    kind: 'rule-not-biting',
    subject: id,
    severity: 'critical',
    since: trial.time,
    ...affecting([`rule ${id}`]),
    text:
      `rule ${id} let a test message past: ${trial.detail}; ` +
      (goesBack
        ? `mend the rule, or go back to policy ${bitten}, in which it bit`
        : 'mend the rule, then try it again'),
    mend: goesBack ? back : tryIt(id),
    evidence: `tried ${dayOf(trial.time)}`,
  };
}

function unproven(
  now: number,
  { id, since, several, hit, trial }: WatchedRule,
  passed: number | null,
): Gap | undefined {
  const bit = several ? null : hit;
  const proven = Math.max(bit ?? -Infinity, trial?.outcome === 'bit' ? trial.time : -Infinity);
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
    text: `nobody saw ${several ? `each detector of rule ${id}` : `rule ${id}`} bite${proven === -Infinity ? '' : ` since ${dayOf(proven)}`}${unmade}`,
    mend: tryIt(id),
    evidence: hit === null ? 'no decision of it is on record' : `its last decision is of ${dayOf(hit)}`,
  };
}

function tryIt(id: string): string {
  return `chancery gaps canary --rule ${shellWord(id)}`;
}
