/**
 * Brings policies into force. Guarantees: a file that is not valid never replaces one that is; every policy that was in force
 * is in the log, whole, with who brought it and why; where the one in force or the new one says so, two officers bring it.
 */
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { decodeSequence, fact, type Ledger, type RecordOf } from '../ledger/index.ts';
import type { SignedAct } from '../retention/index.ts';
import { compilePolicyFile, mayAskForTwo, type PolicyFile } from './policy-file.ts';
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
  /** The number of the policy that it is to replace, where it was compared with that one. */
  readonly replaces?: number;
}

/** A policy that is or was in force, with its entry and that one's time in milliseconds. */
export interface PastPolicy extends RecordOf<'policy'> {
  readonly sequence: number;
  readonly time: number;
}

export class PolicyDesk {
  readonly #options: PolicyDeskOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PolicyDeskOptions) {
    this.#options = options;
  }

  /** What a file says, if it could come into force. Refuses with `policy.invalid`. */
  check(text: string, name: string): Result<PolicyFile> {
    return compilePolicyFile(text, name, this.#options.sha256);
  }

  /** Whether two officers have to bring a policy into force: since the one that is in force says so, or this one does. */
  takesTwo({ policy }: PolicyFile): boolean {
    return policy.document.fourEyes || this.underFourEyes;
  }

  /** Whether the policy in force has two officers bring the next one: one that cannot be read does unless it plainly does not. */
  get underFourEyes(): boolean {
    const { policies } = this.#options;
    const { hash } = policies.reading;
    if (hash === null) return mayAskForTwo(policies.record?.text ?? '');
    return policies.current?.document.fourEyes === true;
  }

  /**
   * Brings a file into force, at once and on every node. Returns its number. Refuses with `policy.invalid`, `policy.changed`
   * or `approval.required`; throws `archive.*`.
   */
  apply(text: string, name: string, bringing: Bringing): Promise<Result<number>> {
    return this.#inTurn(async () => {
      const checked = this.check(text, name);
      if (!checked.ok) return checked;
      if (this.takesTwo(checked.value))
        return refuse(
          'approval.required',
          'two officers bring this policy into force; one of them runs chancery-chat oversight apply-policy',
        );
      const brought = await this.#bring(text, bringing);
      return brought.ok ? accept(brought.value.number) : brought;
    });
  }

  /**
   * The same with what an officer signed: the second of two, or the one who asks where that is enough. Returns its entry.
   * Refuses with `policy.invalid`, or `approval.required` where it takes two by now; throws `archive.*`.
   */
  applySigned(text: string, bringing: Bringing, signed: SignedAct, officers: 1 | 2): Promise<Result<number>> {
    return this.#inTurn(async () => {
      const checked = this.check(text, 'policy.yaml');
      if (!checked.ok) return checked;
      if (officers < 2 && this.takesTwo(checked.value))
        return refuse('approval.required', 'two officers bring this policy into force by now; ask again');
      const brought = await this.#bring(text, bringing, signed);
      return brought.ok ? accept(brought.value.entry) : brought;
    });
  }

  async #bring(
    text: string,
    { actor, reason, replaces }: Bringing,
    signed?: SignedAct,
  ): Promise<Result<{ readonly number: number; readonly entry: number }>> {
    const { ledger, policies } = this.#options;
    const before = policies.number;
    if (replaces !== undefined && replaces !== before)
      return refuse('policy.changed', `policy ${before} came into force meanwhile; look at the plan again`);
    const number = before + 1;
    const made = { number, text, actor, reason, ...(signed === undefined ? {} : { act: signed.act }) };
    const acts = signed === undefined ? [] : [signed.fact];
    const { first } = await ledger.append([...acts, fact('policy', made)]);
    return accept({ number, entry: first + acts.length });
  }

  /** Every policy that was in force, the newest first, from before an entry. */
  async history(before: number | null, limit: number): Promise<readonly PastPolicy[]> {
    const { ledger } = this.#options;
    const { gte, lt } = ledger.keys.within('policy', 'at');
    const below = before === null ? lt : ledger.keys.policyAt(before);
    const found: PastPolicy[] = [];
    for await (const [key] of ledger.iterate({ gte, lt: below, limit, reverse: true })) {
      const sequence = decodeSequence(key);
      const record = ledger.record('policy', sequence);
      const time = ledger.log.entry(sequence)?.time;
      if (record !== undefined && time !== undefined) found.push({ ...record, sequence, time });
    }
    return found;
  }

  /** The policy of a number. Refuses with `policy.unknown`. */
  async numbered(number: number): Promise<Result<PastPolicy>> {
    let before: number | null = null;
    do {
      const page: readonly PastPolicy[] = await this.history(before, PAGE);
      const found = page.find((one) => one.number === number);
      if (found !== undefined) return accept(found);
      before = page.length < PAGE ? null : (page.at(-1)?.sequence ?? null);
    } while (before !== null);
    return refuse('policy.unknown', `there was no policy ${number}; see chancery policy history`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** Policies read at a time. */
const PAGE = 32;
