/** What our officers decide of a report, signed for the partner whose message it is: whether it was right, and nothing of why. */
import type { Signer } from '../../protocol/crypto/index.ts';
import { signLetter, type Verdict } from '../../protocol/statement/index.ts';
import { fact, type Fact, type Ledger, type RecordOf } from '../ledger/index.ts';

export interface VerdictsOptions {
  readonly ledger: Ledger;
  readonly statementSigner: Signer;
}

export class Verdicts {
  readonly #options: VerdictsOptions;

  constructor(options: VerdictsOptions) {
    this.#options = options;
  }

  /** What is to be recorded with the decision, so that the partner is told; nothing where no partner was told of the report. */
  async on(
    report: number,
    { message, act }: RecordOf<'report'>,
    outcome: Verdict,
    actor: string,
  ): Promise<Fact[]> {
    if (act.what !== 'made' || act.partner === null) return [];
    const { ledger, statementSigner } = this.#options;
    const { partner } = act;
    const verdict = { from: ledger.domain, to: partner, time: ledger.log.now, message, outcome };
    const statement = await signLetter('report-verdict', verdict, statementSigner);
    return [
      fact('report', {
        ...{ message, actor, reason: '' },
        act: { what: 'verdict', report, partner, outcome, statement },
      }),
    ];
  }
}
