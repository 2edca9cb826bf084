/** What two policies decide of the same messages, counted: where they differ, by outcome and by rule, and the first of those. */
import type { Decision, Outcome } from '../../protocol/policy/index.ts';

/** Entries named of those that would be decided differently. */
const MAX_NAMED = 50;

/** What was decided, in a word: the outcome, `flag` for what is let through and reviewed, and both where it is so. */
export type Verdict = Decision['outcome'] | 'flag' | `${Exclude<Decision['outcome'], 'allow'>} and flag`;

/** A message that would be decided differently, by its entry, with the rules that make the difference. */
export interface Different {
  readonly entry: number;
  readonly before: Verdict;
  readonly after: Verdict;
  readonly rules: readonly string[];
}

export interface Tallied {
  readonly different: number;
  readonly verdicts: readonly {
    readonly before: Verdict;
    readonly after: Verdict;
    readonly messages: number;
  }[];
  /** How many messages each rule decides about, where that differs. */
  readonly rules: readonly {
    readonly rule: string;
    readonly outcome: Outcome;
    readonly before: number;
    readonly after: number;
  }[];
  readonly first: readonly Different[];
}

export class Tally {
  #different = 0;
  readonly #verdicts = new Map<string, { before: Verdict; after: Verdict; messages: number }>();
  readonly #rules = new Map<string, { rule: string; outcome: Outcome; before: number; after: number }>();
  readonly #first: Different[] = [];

  /** Takes what the policy in force and the new one decide of the message of an entry. */
  take(entry: number, before: Decision, after: Decision): void {
    for (const { rule, outcome } of before.reasons) this.#of(rule, outcome).before += 1;
    for (const { rule, outcome } of after.reasons) this.#of(rule, outcome).after += 1;
    const [was, is] = [verdictOf(before), verdictOf(after)];
    if (was === is) return;
    this.#different += 1;
    const name = `${was} ${is}`;
    const counted = this.#verdicts.get(name) ?? { before: was, after: is, messages: 0 };
    counted.messages += 1;
    this.#verdicts.set(name, counted);
    if (this.#first.length < MAX_NAMED)
      this.#first.push({ entry, before: was, after: is, rules: rulesBetween(before, after) });
  }

  get result(): Tallied {
    return {
      different: this.#different,
      verdicts: [...this.#verdicts.values()].sort((one, other) => other.messages - one.messages),
      rules: [...this.#rules.values()].filter(({ before, after }) => before !== after),
      first: this.#first,
    };
  }

  #of(rule: string, outcome: Outcome): { before: number; after: number } {
    const name = `${rule} ${outcome}`;
    const counted = this.#rules.get(name) ?? { rule, outcome, before: 0, after: 0 };
    this.#rules.set(name, counted);
    return counted;
  }
}

function verdictOf({ outcome, flagged }: Decision): Verdict {
  if (!flagged) return outcome;
  return outcome === 'allow' ? 'flag' : `${outcome} and flag`;
}

/** The rules that one of them has and the other has not, or has otherwise. */
function rulesBetween(before: Decision, after: Decision): string[] {
  const names = ({ reasons }: Decision): string[] => reasons.map(({ rule, outcome }) => `${rule} ${outcome}`);
  const [old, now] = [new Set(names(before)), new Set(names(after))];
  const differ = [...now].filter((name) => !old.has(name)).concat([...old].filter((name) => !now.has(name)));
  return [...new Set(differ.map((name) => name.slice(0, name.indexOf(' '))))];
}
