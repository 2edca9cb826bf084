/**
 * What a comparison comes to. Guarantees: everything is counted; as many are named as fit an entry of the log, and what
 * is in order keeps nothing out that is wrong.
 */

/** `missing-there` and `missing-here`, `late` and `different` are wrong; the others only say how it stands. */
export const FINDING_STATES = [
  'missing-there',
  'missing-here',
  'late',
  'different',
  'in-flight',
  'refused',
  'sealed',
] as const;

export type FindingState = (typeof FINDING_STATES)[number];

const IN_ORDER: ReadonlySet<FindingState> = new Set<FindingState>(['in-flight', 'refused', 'sealed']);

/** A place in a log: sequence number, and receipt time in milliseconds where it is known. */
export interface Place {
  readonly sequence: number;
  readonly time: number | null;
}

export interface Finding {
  readonly state: FindingState;
  readonly message: Uint8Array;
  /** Whether we sent it; else the partner did. */
  readonly sent: boolean;
  /** Null for a message that we do not hold. */
  readonly conversation: Uint8Array | null;
  readonly sender: string | null;
  readonly here: Place | null;
  readonly there: Place | null;
  readonly reason: string;
}

/** Findings named, of those that are wrong and of the others: an entry of the log holds both. */
const MAX_NAMED = 1_000;

export class Findings {
  readonly counts: Readonly<Record<FindingState, number>> = Object.fromEntries(
    FINDING_STATES.map((state) => [state, 0]),
  ) as Record<FindingState, number>;
  readonly #wrong: Finding[] = [];
  readonly #inOrder: Finding[] = [];

  add(finding: Finding): void {
    (this.counts as Record<FindingState, number>)[finding.state] += 1;
    const named = IN_ORDER.has(finding.state) ? this.#inOrder : this.#wrong;
    if (named.length < MAX_NAMED) named.push(finding);
  }

  /** Those that are named: what is wrong first. */
  get named(): readonly Finding[] {
    return [...this.#wrong, ...this.#inOrder];
  }

  /** How many are wrong. */
  get wrong(): number {
    return FINDING_STATES.filter((state) => !IN_ORDER.has(state)).reduce(
      (sum, state) => sum + this.counts[state],
      0,
    );
  }
}
