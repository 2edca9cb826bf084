/** What partners are told of reports: that a message of their people was reported, and what our officers decided of that. */
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

  #letter(entry: ReportEntry, partner: string): Waiting[] {
    const { sequence, message, act } = entry;
    if (act.what !== 'made' && act.what !== 'verdict') return [];
    return [
      {
        name: letterName(entry),
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

/** How a report, or what was decided of one, is named among all that partners have yet to be told. */
export function letterName({ sequence, act }: Pick<ReportEntry, 'sequence' | 'act'>): string {
  return act.what === 'verdict'
    ? `what was decided of report ${act.report} (entry ${sequence})`
    : `report ${sequence}`;
}
