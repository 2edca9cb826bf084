/**
 * Since when each rule of the policy in force is on or off as it is, and says what it says: every change of the policy is a whole
 * new one, and most rules in it are those of before. Guarantees: it is looked back once for each policy that comes into force.
 */
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import type { PolicyDocument } from '../../protocol/policy/index.ts';
import { wordingOf } from './canary/wording.ts';

/** Policies looked back at: a rule that is older than all of them is taken to be as old as the oldest. */
const MAX_LOOKED_BACK = 64;

/** Policies read at a time. */
const PAGE = 8;

/** The entry from which on a rule is as it is, and its time in milliseconds. */
export interface RuleAge {
  readonly sequence: number;
  readonly time: number;
}

/** A policy that was in force; null for one that cannot be read. */
export interface PolicyThen extends RuleAge {
  readonly document: PolicyDocument | null;
}

/** Every policy that was in force, the newest first, from before an entry. */
export type PolicyHistory = (before: number | null, limit: number) => Promise<readonly PolicyThen[]>;

interface Said {
  readonly on: boolean;
  readonly wording: Uint8Array;
}

export class RuleAges {
  readonly #history: PolicyHistory;
  readonly #sha256: Sha256;
  #newest = -1;
  #ages: ReadonlyMap<string, RuleAge> = new Map();

  constructor(history: PolicyHistory, sha256: Sha256) {
    this.#history = history;
    this.#sha256 = sha256;
  }

  /** By the ids of the rules. */
  async now(): Promise<ReadonlyMap<string, RuleAge>> {
    const [newest] = await this.#history(null, 1);
    if (newest === undefined || newest.sequence === this.#newest) return this.#ages;
    this.#ages = await this.#lookBack(newest);
    this.#newest = newest.sequence;
    return this.#ages;
  }

  async #lookBack(newest: PolicyThen): Promise<ReadonlyMap<string, RuleAge>> {
    const ids = newest.document?.rules.map(({ id }) => id) ?? [];
    const same = this.#saidIn(newest.document, new Set(ids));
    const ages = new Map<string, RuleAge>(ids.map((id) => [id, newest]));
    let before = newest.sequence;
    for (let looked = 0; looked < MAX_LOOKED_BACK && same.size > 0; looked += PAGE) {
      const page = await this.#history(before, PAGE);
      for (const policy of page) {
        const then = this.#saidIn(policy.document, same);
        for (const [id, now] of same) {
          if (isSame(now, then.get(id))) ages.set(id, policy);
          else same.delete(id);
        }
        before = policy.sequence;
      }
      if (page.length < PAGE) break;
    }
    return ages;
  }

  #saidIn(document: PolicyDocument | null, ids: { has: (id: string) => boolean }): Map<string, Said> {
    const said = new Map<string, Said>();
    if (document === null) return said;
    for (const rule of document.rules) {
      if (ids.has(rule.id))
        said.set(rule.id, { on: rule.on, wording: wordingOf(rule, document, this.#sha256) });
    }
    return said;
  }
}

function isSame(now: Said, then: Said | undefined): boolean {
  return then?.on === now.on && equals(then.wording, now.wording);
}
