/**
 * The policy in force, as the log has it, and the one that the configuration asks for. Guarantees: where the one in force
 * puts changes under four eyes, a weaker one waits until two officers approved it; every change is an entry.
 */
import { fact, type Ledger } from '../ledger/index.ts';
import { USUAL_POLICY } from '../retention/index.ts';
import { formatPolicy, isWeaker, parsePolicy, type OversightPolicy } from './oversight-policy.ts';

/** What an organisation has that never said anything. */
const USUAL: OversightPolicy = { fourEyes: [], signed: true, retention: USUAL_POLICY };

export class PolicyInForce {
  readonly #ledger: Ledger;
  readonly #configured: string;
  /** Read once: it comes into force with the start of the node. */
  readonly current: OversightPolicy;

  constructor(ledger: Ledger, configured: OversightPolicy) {
    this.#ledger = ledger;
    this.#configured = formatPolicy(configured);
    const recorded = parsePolicy(this.#recorded);
    const waits = recorded.fourEyes.includes('retention') && isWeaker(recorded, configured);
    this.current = waits ? recorded : configured;
  }

  /** What the configuration asks for and only two officers can bring into force; null where there is nothing. */
  get waiting(): string | null {
    const recorded = this.#recorded;
    if (recorded === this.#configured) return null;
    return formatPolicy(this.current) === this.#configured ? null : this.#configured;
  }

  /** Records the policy in force, where the log has another one. Throws `archive.*`. */
  async record(): Promise<void> {
    const policy = formatPolicy(this.current);
    if (policy !== this.#recorded) await this.#ledger.append([fact('oversight-policy', { policy })]);
  }

  get #recorded(): string {
    const { keys } = this.#ledger;
    return this.#ledger.view('oversight-policy', keys.oversightPolicy())?.policy ?? formatPolicy(USUAL);
  }
}
