/**
 * Policies as they came into force: numbered without a gap, each readable, and brought by two officers wherever the one before it
 * or it itself says so.
 */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { RecordOf } from '../ledger/index.ts';
import { parsePolicyFile } from '../policy/index.ts';
import type { SignedActs } from './signed-acts.ts';

export class PastPolicies {
  readonly #acts: Pick<SignedActs, 'brings'>;
  #number = 0;
  #fourEyes = false;

  constructor(acts: Pick<SignedActs, 'brings'>) {
    this.#acts = acts;
  }

  /** Takes up the next policy. Refuses with `policy.invalid`, `approval.required` or `officer.signature-required`. */
  take(record: RecordOf<'policy'>): Result<unknown> {
    const { number, text, act } = record;
    const before = this.#number;
    this.#number = number;
    const parsed = parsePolicyFile(text, `policy ${number}`);
    if (!parsed.ok) return parsed;
    const tookTwo = this.#fourEyes;
    this.#fourEyes = parsed.value.fourEyes;
    if (number !== before + 1)
      return refuse('policy.invalid', `policy ${number} follows on policy ${before}: there is one missing`);
    const officers = act === undefined ? accept(0) : this.#acts.brings(act, record);
    if (!officers.ok) return officers;
    return officers.value < 2 && (tookTwo || parsed.value.fourEyes)
      ? refuse('approval.required', `policy ${number} was brought into force without a second officer`)
      : officers;
  }
}
