/** What we hold of a message exchanged with a partner: its header, and where the partner says that it has it. */
import { toString } from 'uint8arrays/to-string';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { readReceipt } from '../../protocol/statement/index.ts';
import type { DisposedEntry } from '../archive/index.ts';
import { Decisions } from '../ledger/index.ts';
import type { Exchanges, ExchangeRow, Ledger, Losses, RecordOf } from '../ledger/index.ts';
import type { Finding } from './findings.ts';
import { openingOf } from './opening.ts';

/** What the partner said of a message, or that it said nothing yet. */
export type Said =
  | {
      readonly state: 'archived';
      readonly position: number;
      readonly receipt: number | null;
      /** Whether an operator accepted since that the partner's log lost entries: it may hold it elsewhere by now. */
      readonly moved: boolean;
    }
  | { readonly state: 'refused'; readonly code: string }
  | { readonly state: 'nothing' };

export interface Held {
  readonly sequence: number;
  /** When it was archived; of one that was held by us, when it was released. */
  readonly time: number;
  readonly message: Uint8Array;
  /** Null for one that was disposed of. */
  readonly conversation: Uint8Array | null;
  readonly sender: string | null;
  /** Whether we sent it. */
  readonly sent: boolean;
  readonly said: Said;
  /** Undefined where it cannot be opened here any more. */
  readonly record: RecordOf<'message'> | undefined;
  /** Whether its content was disposed of here: then only that it was here is compared. */
  readonly disposed?: boolean;
}

const NOTHING = new Uint8Array(0);

type Answers = ReadonlyMap<string, Said>;

export class Holdings {
  readonly #ledger: Ledger;
  readonly #exchanges: Exchanges;
  readonly #decisions: Decisions;
  readonly #partner: string;
  /** How many entries we had when the partner signed its checkpoint: what it said later is not covered by that. */
  readonly #size: number;
  /** The entry with which the newest loss of the partner's log was accepted; what it said before binds it no more. */
  readonly #accepted: number;
  /** Messages that follow each other mostly share a receipt. */
  #last: { readonly receipt: number; readonly answers: Answers } | undefined;

  constructor(options: {
    readonly ledger: Ledger;
    readonly exchanges: Exchanges;
    readonly losses: Losses;
    readonly partner: string;
    readonly size: number;
  }) {
    this.#accepted = options.losses.acceptedOf(options.partner) ?? -1;
    this.#ledger = options.ledger;
    this.#decisions = new Decisions(options.ledger);
    this.#exchanges = options.exchanges;
    this.#partner = options.partner;
    this.#size = options.size;
  }

  /** Undefined for a message that was not exchanged with the partner. Throws `archive.damaged`. */
  at(sequence: number): Held | undefined {
    const row = this.#exchanges.row(this.#partner, sequence);
    return row === undefined ? undefined : this.of(row);
  }

  /** Throws `archive.damaged`. */
  of({ sequence, receipt }: ExchangeRow): Held {
    const gone = this.#ledger.log.disposed(sequence);
    if (gone !== undefined) return this.#gone(gone, receipt);
    const header = this.#ledger.header('message', sequence);
    const entry = this.#ledger.log.entry(sequence);
    if (header === undefined || entry === undefined || !isWith(this.#partner, header.from))
      throw new ChanceryError(
        'archive.damaged',
        `a view of the archive points to entry ${sequence}, which does not belong there; run chancery archive verify`,
        { facts: { sequence } },
      );
    const { id, conversation, sender, from, position } = header;
    const said: Said =
      from === null || position === null
        ? this.#saidIn(receipt, id)
        : { state: 'archived', position, receipt: null, moved: sequence < this.#accepted };
    return {
      sequence,
      time: from === null ? this.#sentAt(id, entry.time) : entry.time,
      message: id,
      conversation,
      sender,
      sent: from === null,
      said,
      record: openingOf(this.#ledger, sequence)?.record,
    };
  }

  /** When a message of ours could go out: one that policy held, not before it was released. */
  #sentAt(id: Uint8Array, archived: number): number {
    const review = this.#decisions.of(id)?.review;
    if (review?.outcome !== 'release') return archived;
    return this.#ledger.log.entry(review.sequence)?.time ?? archived;
  }

  /** What a certificate tells of a message, and the partner's receipt for it where we sent it. */
  #gone({ sequence, id, from }: DisposedEntry, receipt: number | null): Held {
    const message = id ?? NOTHING;
    const said = from === null ? this.#saidIn(receipt, message) : ({ state: 'nothing' } as const);
    const time = this.#ledger.log.entry(sequence)?.time ?? 0;
    const nobody = { conversation: null, sender: null };
    return {
      sequence,
      time,
      message,
      ...nobody,
      sent: from === null,
      said,
      record: undefined,
      disposed: true,
    };
  }

  #saidIn(receipt: number | null, id: Uint8Array): Said {
    if (receipt === null || receipt >= this.#size) return { state: 'nothing' };
    if (this.#last?.receipt !== receipt) this.#last = { receipt, answers: this.#answersIn(receipt) };
    return this.#last.answers.get(nameOf(id)) ?? { state: 'nothing' };
  }

  #answersIn(receipt: number): Answers {
    const statement = this.#exchanges.receipt(receipt);
    if (statement === undefined) return new Map();
    const moved = receipt < this.#accepted;
    const { archived, refused } = valueOf(readReceipt(statement));
    return new Map<string, Said>([
      ...archived.map(
        ([id, position]) => [nameOf(id), { state: 'archived', position, receipt, moved }] as const,
      ),
      ...refused.map(([id, code]) => [nameOf(id), { state: 'refused', code }] as const),
    ]);
  }
}

/** What a finding tells of a message that we hold. */
export function toldOf(held: Held): Pick<Finding, 'message' | 'sent' | 'conversation' | 'sender' | 'here'> {
  const { message, sent, conversation, sender, sequence, time } = held;
  return { message, sent, conversation, sender, here: { sequence, time } };
}

/** Whether a message is one of ours, or came from that partner. */
function isWith(partner: string, from: string | null): boolean {
  return from === null || from === partner;
}

function nameOf(id: Uint8Array): string {
  return toString(id, 'base64');
}
