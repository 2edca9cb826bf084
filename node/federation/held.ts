/**
 * What a partner is given back whose log was set back: the messages that it sent us, and those of ours that it received,
 * from a position of its log on. Guarantees: nothing but what was exchanged with that very partner, which it held already.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { readCheckpoint } from '../../protocol/checkpoint/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { readReceipt } from '../../protocol/statement/index.ts';
import { MAX_BUNDLE_BYTES, MAX_HELD_PAGE, type HeldFrame, type HeldPage } from '../../protocol/wire/index.ts';
import {
  type ExchangeRow,
  type Exchanges,
  type Ledger,
  type RecordOf,
  type Signers,
} from '../ledger/index.ts';

/** Messages looked at for one page: some tens of milliseconds of work. */
const MAX_LOOKED_AT = 1_024;

type Held = HeldPage['messages'][number];

/** A message that is wanted, or why none is: it lies before, and with it all that lies further back, or it does not count. */
type Found = Held | 'passed' | 'other';

export interface HeldMessagesOptions {
  readonly ledger: Ledger;
  readonly exchanges: Exchanges;
  readonly signers: Signers;
}

export class HeldMessages {
  readonly #options: HeldMessagesOptions;

  constructor(options: HeldMessagesOptions) {
    this.#options = options;
  }

  /** A page, newest first. A message that can no longer be opened is left out. */
  async page(partner: string, { from, before }: HeldFrame): Promise<HeldPage> {
    const { exchanges, ledger } = this.#options;
    const rows = await exchanges.newest(partner, before ?? ledger.log.size, MAX_LOOKED_AT);
    const messages: Held[] = [];
    const chains = new Map<string, Uint8Array[]>();
    let bytes = 0;
    for (const row of rows) {
      const found = this.#find(row, from);
      if (found === 'passed') return { type: 'held', messages, chains: [...chains.values()], before: null };
      if (found === 'other') continue;
      bytes += found.envelope.length;
      if (bytes > MAX_BUNDLE_BYTES || messages.length === MAX_HELD_PAGE)
        return { type: 'held', messages, chains: [...chains.values()], before: row.sequence + 1 };
      messages.push(found);
      const device = ledger.header('message', row.sequence)?.device ?? new Uint8Array(0);
      const signer = this.#options.signers.find(device);
      if (signer !== undefined) chains.set(toString(device, 'base64'), [...signer.chain]);
    }
    const last = rows.length < MAX_LOOKED_AT ? undefined : rows.at(-1);
    return { type: 'held', messages, chains: [...chains.values()], before: last?.sequence ?? null };
  }

  #find({ sequence, receipt }: ExchangeRow, from: number): Found {
    const { ledger, exchanges } = this.#options;
    if (ledger.isDisposed(sequence)) return 'other';
    const header = ledger.header('message', sequence);
    const entry = ledger.log.entry(sequence);
    if (header === undefined || entry === undefined) return 'other';
    const sent = header.from !== null;
    const statement = receipt === null ? undefined : exchanges.receipt(receipt);
    if (!sent && statement === undefined) return 'other'; // it is still on its way
    const receiptFor = statement === undefined ? undefined : valueOf(readReceipt(statement));
    const archived = receiptFor?.archived.find(([id]) => equals(id, header.id));
    const position = sent ? header.position : (archived?.[1] ?? null);
    if (position === null) return 'other';
    const record = this.#open(sequence);
    if (position >= from) {
      if (record === undefined) return 'other';
      return { position, at: sequence, time: entry.time, sent, envelope: record.envelope };
    }
    // the checkpoint that covered it tells how far the partner's log had come then, and nothing before lies further
    const note = sent ? record?.via?.checkpoint : receiptFor?.checkpoint;
    const covered = note === undefined || note === null ? undefined : readCheckpoint(note);
    return covered?.ok === true && covered.value.size <= from ? 'passed' : 'other';
  }

  /** Undefined for what was sealed and can no longer be opened, or is damaged. */
  #open(sequence: number): RecordOf<'message'> | undefined {
    try {
      return this.#options.ledger.record('message', sequence);
    } catch (error) {
      if (error instanceof ChanceryError) return undefined;
      throw error;
    }
  }
}
