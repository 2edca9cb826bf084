/** What a policy decided of a message and why: rule, control and place of each finding, never what was found. */
import { OUTCOMES, type Outcome } from './outcome.ts';

/** The enforcement point of a rule. */
export const CONTROLS = [
  'content',
  'attachment',
  'link',
  'impersonation',
  'contact',
  'barrier',
  'identity',
  'hours',
  'sampling',
  'people',
  'report',
] as const;

export type Control = (typeof CONTROLS)[number];

/** Findings named of one rule. */
export const MAX_FINDINGS = 32;

/** Something that was found: of which type, and where. What it says is not kept. */
export interface Finding {
  /** A detector, `lexicon:NAME@VERSION`, `pattern:NAME`, `link` or `file`. */
  readonly type: string;
  /** A card's network, a national id's country, a file's risk; null where there is none. */
  readonly kind: string | null;
  readonly place: string;
  /** In UTF-16 units of the text in its place; of a file as a whole both are 0. */
  readonly start: number;
  readonly end: number;
}

export interface Reason {
  readonly rule: string;
  readonly control: Control;
  readonly outcome: Outcome;
  /** For the person whom it is about. */
  readonly text: string;
  /** The first ones, and how many there were in all. */
  readonly findings: readonly Finding[];
  readonly found: number;
}

export interface Decision {
  /** The strongest of all reasons but `flag`; `allow` where there is none. */
  readonly outcome: Exclude<Outcome, 'flag'> | 'allow';
  /** Whether somebody looks at it afterwards. */
  readonly flagged: boolean;
  /** In the order of the policy's rules. */
  readonly reasons: readonly Reason[];
  /** With `redact`: what is taken out of the message's own text, in order, apart from each other. */
  readonly redactions: readonly Finding[];
}

export const ALLOWED: Decision = { outcome: 'allow', flagged: false, reasons: [], redactions: [] };

/** What the reasons come to. */
export function decisionOf(reasons: readonly Reason[], redactions: readonly Finding[]): Decision {
  if (reasons.length === 0) return ALLOWED;
  const strongest = Math.max(...reasons.map(({ outcome }) => OUTCOMES.indexOf(outcome)));
  const outcome = OUTCOMES[strongest] ?? 'block';
  return {
    outcome: outcome === 'flag' ? 'allow' : outcome,
    flagged: reasons.some((reason) => reason.outcome === 'flag'),
    reasons,
    redactions: outcome === 'redact' ? redactions : [],
  };
}
