/**
 * What one partner is shown of our log, as of one checkpoint. Guarantees: of messages exchanged with that very partner
 * only, by id, direction and time; of anything else not even that there is an entry of its kind; nothing that is
 * damaged.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_SHOWN_ENTRIES, type ReconcileAnswer, type ShownEntry } from '../../protocol/wire/index.ts';
import type { DisposedEntry } from '../archive/index.ts';
import type { Exchanges, ExchangeRow, Ledger } from '../ledger/index.ts';
import { openingOf, type Opening } from './opening.ts';
import { entriesWithin, type TimeRange } from '../archive/index.ts';

export interface ExhibitOptions {
  readonly ledger: Ledger;
  readonly exchanges: Exchanges;
  readonly partner: string;
  /** Of the checkpoint that was shown. */
  readonly size: number;
  readonly range: TimeRange;
}

type Answer<T extends ReconcileAnswer['type']> = Extract<ReconcileAnswer, { type: T }>;

export class Exhibit {
  readonly #options: ExhibitOptions;
  readonly #from: number;
  readonly #to: number;

  /** Throws `archive.damaged`. */
  constructor(options: ExhibitOptions) {
    this.#options = options;
    [this.#from, this.#to] = entriesWithin(options.ledger.log, options.size, options.range);
  }

  /** Ends in null, or holds at least one entry. */
  async page(from: number): Promise<Answer<'page'>> {
    const { exchanges, partner } = this.#options;
    for (let next = Math.max(from, this.#from); ;) {
      const rows = await exchanges.rows(partner, next, MAX_SHOWN_ENTRIES);
      const within = rows.filter(({ sequence }) => sequence < this.#to);
      const entries = within.flatMap((row) => this.#show(row) ?? []);
      const last = within.at(-1);
      if (last === undefined || within.length < MAX_SHOWN_ENTRIES)
        return { type: 'page', entries, next: null };
      next = last.sequence + 1;
      if (entries.length > 0) return { type: 'page', entries, next };
    }
  }

  at(positions: readonly number[]): Answer<'at'> {
    const { exchanges, partner, size } = this.#options;
    const entries = positions.map((position) => {
      const row = position < size ? exchanges.row(partner, position) : undefined;
      return row === undefined ? null : (this.#show(row) ?? null);
    });
    return { type: 'at', entries };
  }

  consistency(older: number): Answer<'consistency'> {
    const { ledger, size } = this.#options;
    const proof = older > size ? null : ledger.log.consistencyProof(older, size);
    return { type: 'consistency', proof };
  }

  receipt(position: number): Answer<'receipt'> {
    const { exchanges, partner } = this.#options;
    const entry = exchanges.row(partner, position)?.receipt ?? null;
    return { type: 'receipt', receipt: entry === null ? null : (exchanges.receipt(entry) ?? null) };
  }

  /** Undefined where the entry is damaged. */
  #show({ sequence, receipt }: ExchangeRow): ShownEntry | undefined {
    const { ledger, size, partner } = this.#options;
    try {
      const gone = ledger.log.disposed(sequence);
      const header = gone === undefined ? ledger.header('message', sequence) : headerOf(gone);
      const entry = ledger.log.entryBytes(sequence);
      if (header === undefined || entry === undefined) return undefined;
      if (header.from !== null && header.from !== partner) return undefined; // a row that was changed
      const opening = openingOf(ledger, sequence);
      return {
        position: sequence,
        entry,
        proof: ledger.log.inclusionProof(sequence, size),
        message: header.id,
        sent: header.from === null,
        answered: receipt !== null,
        opening: opening === undefined ? null : shownOpening(opening),
      };
    } catch (error) {
      if (error instanceof ChanceryError && error.code === 'archive.damaged') return undefined;
      throw error;
    }
  }
}

/** What is left to be shown of a message that was disposed of: whose it was, and its id. */
function headerOf({ id, from }: DisposedEntry): { id: Uint8Array; from: string | null } | undefined {
  return id === null ? undefined : { id, from };
}

function shownOpening({ salt, record: { via, file } }: Opening): NonNullable<ShownEntry['opening']> {
  const came = via === null ? null : { position: via.position, checkpoint: via.checkpoint };
  return { salt, via: came, ...(file === undefined ? {} : { file }) };
}
