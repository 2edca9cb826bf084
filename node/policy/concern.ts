/** Whom a rule is about that would be other than it is. */
import type { Rule, RuleChange } from '../../protocol/policy/index.ts';

/** How many there are, and the first of them. */
export interface Several {
  readonly count: number;
  readonly first: readonly string[];
}

export interface Concern extends RuleChange {
  readonly outcome: Rule['then'];
  readonly on: boolean;
  /** Members who write what it is about, or where it is about what others write, who receive it. */
  readonly members: Several;
  /** Of the conversations there are now. */
  readonly partners: Several;
  readonly conversations: number;
}
