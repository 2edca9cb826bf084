/** What partners are told of reports: that a message of their people was reported. */
import type { Matter, Waiting } from '../letters/index.ts';
import { fact, type Ledger, type ReportEntry, type Reports } from '../ledger/index.ts';

export interface SentOptions {
  readonly ledger: Ledger;
  readonly reports: Reports;
}

export class Sent implements Matter {
  readonly kind = 'report';
  readonly #options: SentOptions;

  constructor(options: SentOptions) {
    this.#options = options;
  }

  async waiting(partner: string, limit: number): Promise<readonly Waiting[]> {
    const untold = await this.#options.reports.untold(partner, limit);
    return untold.flatMap((one) => this.#letter(one, partner));
  }

  #letter({ sequence, message, act }: ReportEntry, partner: string): Waiting[] {
    if (act.what !== 'made') return [];
    return [
      {
        name: letterName(sequence),
        frame: { type: 'report', statement: act.statement },
        told: async (statement, chain) => {
          const told = { what: 'told', report: sequence, statement, chain } as const;
          await this.#options.ledger.append([
            fact('report', { message, actor: partner, reason: '', act: told }),
          ]);
        },
      },
    ];
  }
}

/** How a report is named among all that partners have yet to be told. */
export function letterName(report: number): string {
  return `report ${report}`;
}
