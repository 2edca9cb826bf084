/**
 * What partners report of messages of our members, and tell of what their officers decided of that. Guarantees: each is about a
 * message that went to that partner; what one partner can have recorded is bounded.
 */
import { equals } from 'uint8arrays/equals';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { readLetter } from '../../protocol/statement/index.ts';
import type { ReportFrame } from '../../protocol/wire/index.ts';
import { refuseMore, type From, type Taken, type Taker } from '../letters/index.ts';
import {
  fact,
  type Exchanges,
  type HeaderOf,
  type Ledger,
  type Messages,
  type ReportEntry,
  type Reports,
  type Turn,
} from '../ledger/index.ts';
import { ALLOWANCE } from './limits.ts';

export interface ReceivedOptions {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly exchanges: Exchanges;
  readonly reports: Reports;
  readonly turn: Turn;
}

export class Received implements Taker<ReportFrame> {
  readonly turn: Turn;
  readonly #options: ReceivedOptions;

  constructor(options: ReceivedOptions) {
    this.turn = options.turn;
    this.#options = options;
  }

  /** Refuses with `report.unknown`, `report.too-many`, `signature.invalid`, `certificate.*`, `request.invalid` or `encoding.*`. */
  take({ statement }: ReportFrame, from: From): Promise<Result<Taken>> {
    return readLetter('report-verdict', statement).ok
      ? this.#learn(statement, from)
      : this.#record(statement, from);
  }

  async #record(statement: Uint8Array, { partner, chain, open }: From): Promise<Result<Taken>> {
    const { ledger, reports, messages } = this.#options;
    const opened = open('report', statement);
    if (!opened.ok) return opened;
    const { message, reason } = opened.value;
    const known = reports.about(partner, message);
    // another report of it is another entry: a notice is of that very statement
    if (known !== undefined && isStatement(reports.at(known), statement)) return accept({ fact: null });
    const position = messages.position(message);
    const header = position === undefined ? undefined : this.#sentTo(partner, position);
    if (position === undefined || header === undefined)
      return refuse('report.unknown', `no message of that id went to ${partner}`);
    const refused = await refuseMore(reports, partner, ALLOWANCE, ledger.log.now);
    if (refused !== undefined) return refused;
    const { conversation, sender } = header;
    const act = { what: 'received', conversation, position, sender, statement, chain } as const;
    return accept({ fact: fact('report', { message, actor: partner, reason, act }) });
  }

  /** What the partner decided of a report of its own; what it said of that last counts. */
  async #learn(statement: Uint8Array, { partner, chain, open }: From): Promise<Result<Taken>> {
    const { ledger, reports } = this.#options;
    const opened = open('report-verdict', statement);
    if (!opened.ok) return opened;
    const { message, outcome } = opened.value;
    const report = reports.about(partner, message);
    const about = report === undefined ? undefined : reports.at(report)?.act;
    if (report === undefined || about?.what !== 'received')
      return refuse('report.unknown', `no report of ${partner} is about a message of that id`);
    if (isStatement(reports.learned(report), statement)) return accept({ fact: null });
    const recorded = {
      waiting: (...asked: [string, number]) => reports.waiting(...asked),
      received: (...asked: [string, number]) => reports.receivedVerdict(...asked),
    };
    const refused = await refuseMore(recorded, partner, ALLOWANCE, ledger.log.now);
    if (refused !== undefined) return refused;
    const { conversation, position, sender } = about;
    const act = {
      what: 'learned',
      conversation,
      position,
      sender,
      report,
      outcome,
      statement,
      chain,
    } as const;
    return accept({ fact: fact('report', { message, actor: partner, reason: '', act }) });
  }

  /** A message of ours that went to a partner. */
  #sentTo(partner: string, position: number): HeaderOf<'message'> | undefined {
    const { exchanges, messages } = this.#options;
    if (exchanges.row(partner, position) === undefined) return undefined;
    const header = messages.headerAt(position, () => true);
    return header.from === null ? header : undefined;
  }
}

function isStatement(entry: ReportEntry | undefined, statement: Uint8Array): boolean {
  return entry !== undefined && 'statement' in entry.act && equals(entry.act.statement, statement);
}
