/**
 * What a detector says of a text: where something sensitive stands, and of what kind it is. Guarantees: findings of
 * one detector come in the order of the text and do not overlap.
 */
import type { Plain } from './plain.ts';

/** A finding: `start` and `end` (exclusive) are UTF-16 offsets into the text as it was given. */
export interface Found {
  /** One of {@link DETECTORS}, or the name of an organisation's own detector. */
  readonly detector: string;
  /** Which one of its kind: a country (ISO 3166-1), a card's network, a service whose key it is. */
  readonly kind?: string;
  readonly start: number;
  readonly end: number;
}

/** Where several look into one text, its plain form (plainOf) is worked out once. */
export type Find = (text: string | Plain) => readonly Found[];

/** A finding within the plain text (see plain.ts), before it has a detector's name. */
export interface Span {
  readonly kind?: string | undefined;
  readonly start: number;
  readonly end: number;
  /** Whether its kind is no more than one of several that it may be of. */
  readonly isVague?: boolean;
}

/** What a detector does with a plain text; its spans may overlap and come in any order. */
export type Seek = (plain: Plain) => readonly Span[];

export const NOTHING: readonly never[] = [];

/**
 * Findings of an organisation's own words or expression; after these the rest of the text is one finding. As many as a rule
 * can ask for, so that none is evaded by more of them, and no more, so that a decision is not held up by counting.
 */
export const MAX_FINDINGS = 1_000;

/** The findings of a detector, at their places in the text as it was given. */
export function foundIn(
  detector: string,
  plain: Pick<Plain, 'placeOf'>,
  spans: readonly Span[],
): readonly Found[] {
  if (spans.length === 0) return NOTHING;
  return merged(spans).map(({ kind, start, end }) => ({
    detector,
    ...(kind === undefined ? {} : { kind }),
    ...plain.placeOf(start, end),
  }));
}

/** Overlapping spans become one, of the kind of the one that begins first: of several, one that is not vague, the longest. */
function merged(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort(
    (a, b) => a.start - b.start || Number(a.isVague ?? false) - Number(b.isVague ?? false) || b.end - a.end,
  );
  const apart: Span[] = [];
  for (const span of sorted) {
    const last = apart.at(-1);
    if (last === undefined || span.start >= last.end) apart.push(span);
    else if (span.end > last.end) apart[apart.length - 1] = { ...last, end: span.end };
  }
  return apart;
}
