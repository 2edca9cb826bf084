/**
 * Brings policies into force. Guarantees: a file that is not valid never replaces one that is; every policy that was in force
 * is in the log, whole, with who brought it and why.
 */
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { accept, type Result } from '../../protocol/errors/index.ts';
import { compilePolicy, type PolicyDocument } from '../../protocol/policy/index.ts';
import { decodeSequence, fact, type Ledger, type RecordOf } from '../ledger/index.ts';
import { parsePolicyFile } from './policy-file.ts';
import type { PolicyKeeper } from './policy-keeper.ts';

export interface PolicyDeskOptions {
  readonly ledger: Ledger;
  readonly policies: PolicyKeeper;
  readonly sha256: Sha256;
}

/** Who brings a policy, and why. */
export interface Bringing {
  readonly actor: string;
  readonly reason: string;
}

export class PolicyDesk {
  readonly #options: PolicyDeskOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PolicyDeskOptions) {
    this.#options = options;
  }

  /** What a file says, if it could come into force. Refuses with `policy.invalid`. */
  check(text: string, name: string): Result<PolicyDocument> {
    const document = parsePolicyFile(text, name);
    if (!document.ok) return document;
    const compiled = compilePolicy(document.value, this.#options.sha256);
    return compiled.ok ? document : compiled;
  }

  /** Brings a file into force, at once and on every node. Returns its number. Refuses with `policy.invalid`; throws `archive.*`. */
  apply(text: string, name: string, bringing: Bringing): Promise<Result<number>> {
    const done = this.#last.then(() => this.#apply(text, name, bringing));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #apply(text: string, name: string, { actor, reason }: Bringing): Promise<Result<number>> {
    const { ledger, policies } = this.#options;
    const checked = this.check(text, name);
    if (!checked.ok) return checked;
    const number = policies.number + 1;
    await ledger.append([fact('policy', { number, text, actor, reason })]);
    return accept(number);
  }

  /** Every policy that was in force, the newest first. */
  async history(limit: number): Promise<readonly (RecordOf<'policy'> & { readonly time: number })[]> {
    const { ledger } = this.#options;
    const { gte, lt } = ledger.keys.within('policy', 'at');
    const found: (RecordOf<'policy'> & { time: number })[] = [];
    for await (const [key] of ledger.iterate({ gte, lt, limit, reverse: true })) {
      const sequence = decodeSequence(key);
      const record = ledger.record('policy', sequence);
      if (record !== undefined) found.push({ ...record, time: ledger.log.entry(sequence)?.time ?? 0 });
    }
    return found;
  }
}
