/** A gap: a control without evidence that it works now. It names who is affected, since when, and the command that mends it. */

/** From the least to the worst. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** In the order in which they are shown where nothing else tells them apart. */
export const GAP_KINDS = [
  'certificate-expiring',
  'device-certificate-expiring',
  'device-out-of-rule',
  'member-without-device',
  'partner-weaker-retention',
  'partner-not-compared',
  'partner-archive-differs',
  'partner-silent',
  'partner-roster-overdue',
  'partner-changed-root',
  'agreement-ending',
  'disposition-behind',
  'no-policy',
  'policy-unreadable',
  'rule-off',
  'rule-unproven',
  'rule-not-biting',
  'scanner-blind',
  'copy-missing',
  'replica-away',
  'copy-behind',
  'gateway-away',
  'policy-differs',
  'backup-old',
  'key-not-copied',
  'audit-unread',
  'not-looked-at',
] as const;

export type GapKind = (typeof GAP_KINDS)[number];

export interface Gap {
  readonly kind: GapKind;
  /** What it is about: with the kind it stays the same for as long as the gap is there. */
  readonly subject: string;
  readonly severity: Severity;
  /** Milliseconds; null where nobody can know. */
  readonly since: number | null;
  /** Who or what is affected: the first of them, and how many they are. */
  readonly affected: readonly string[];
  readonly affectedCount: number;
  /** What is wrong, in one line. */
  readonly text: string;
  /** A command line that mends it. */
  readonly mend: string;
  /** What was observed. */
  readonly evidence: string;
}

/** Names of those affected that a gap carries. */
const MAX_AFFECTED = 20;

/** Gaps of one kind that are named; that there are more is said of the last. */
const MAX_OF_KIND = 200;

/** Those affected as a gap has them. */
export function affecting(names: readonly string[]): Pick<Gap, 'affected' | 'affectedCount'> {
  return { affected: names.slice(0, MAX_AFFECTED), affectedCount: names.length };
}

/** The first gaps of a kind, the worst first; of what is left out the last one says how much it is. */
export function bounded(gaps: readonly Gap[]): readonly Gap[] {
  if (gaps.length <= MAX_OF_KIND) return gaps;
  const kept = worstFirst(gaps).slice(0, MAX_OF_KIND);
  const last = kept.pop();
  const more = gaps.length - MAX_OF_KIND;
  return last === undefined
    ? kept
    : [...kept, { ...last, text: `${last.text}; and ${more} more of this kind` }];
}

export function worstFirst(gaps: readonly Gap[]): Gap[] {
  return gaps.toSorted(
    (one, other) =>
      SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity) ||
      GAP_KINDS.indexOf(one.kind) - GAP_KINDS.indexOf(other.kind) ||
      (one.since ?? Infinity) - (other.since ?? Infinity) ||
      (one.subject < other.subject ? -1 : 1),
  );
}

/** An argument as a shell takes it, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** For people: the day, in UTC. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

export const DAY_MS = 86_400_000;
