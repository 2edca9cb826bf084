/** What partners are told of requests for preservation: our requests, our answers to theirs, our withdrawals. */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { PreservationFrame } from '../../protocol/wire/index.ts';
import type { Matter, Waiting } from '../letters/index.ts';
import { fact, type Ledger, type Preservations, type Turn } from '../ledger/index.ts';

export interface SentOptions {
  readonly ledger: Ledger;
  readonly preservations: Preservations;
  readonly turn: Turn;
}

export class Sent implements Matter {
  readonly kind = 'preservation';
  readonly #options: SentOptions;

  constructor(options: SentOptions) {
    this.#options = options;
  }

  async waiting(partner: string, limit: number): Promise<readonly Waiting[]> {
    const untold = await this.#options.preservations.untold(partner, limit);
    const found = await Promise.all(untold.map(({ id }) => this.#letter(id)));
    return found.flatMap((one) => one ?? []);
  }

  async #letter(id: Uint8Array): Promise<Waiting | undefined> {
    const frame = await this.#said(id);
    if (frame === undefined) return undefined;
    return {
      ...{ name: letterName(id), frame, request: id },
      // what never reached the partner need not be withdrawn there
      ...(frame.what === 'withdrawal' ? { needless: 'preservation.unknown' } : {}),
      told: (notice, chain) => this.#told(id, frame, notice, chain),
    };
  }

  /** What we said last of a request. */
  async #said(id: Uint8Array): Promise<PreservationFrame | undefined> {
    const { preservations, ledger } = this.#options;
    for (const sequence of (await preservations.entries(id)).toReversed()) {
      const record = ledger.record('preservation', sequence);
      if (record === undefined || record.chain.length > 0 || record.statement.length === 0) continue;
      const { statement, direction, state } = record;
      const asked = state === 'withdrawn' ? 'withdrawal' : 'request';
      return { type: 'preservation', what: direction === 'received' ? 'answer' : asked, statement };
    }
    return undefined;
  }

  /** The partner has it: what came meanwhile stands, and what we said meanwhile is still to be told. */
  #told(id: Uint8Array, said: PreservationFrame, statement: Uint8Array, chain: Uint8Array[]): Promise<void> {
    const { preservations, ledger, turn } = this.#options;
    return turn.take(async () => {
      const known = preservations.find(id);
      const newest = await this.#said(id);
      if (known === undefined || known.told || newest === undefined) return;
      if (!equals(newest.statement, said.statement)) return;
      const { partner, direction, reason } = known;
      const state = known.state === 'requested' ? 'delivered' : known.state;
      const record = { partner, direction, id, state, told: true, statement, chain, actor: partner, reason };
      await ledger.append([fact('preservation', record)]);
    });
  }
}

/** How a request is named among all that partners have yet to be told. */
export function letterName(id: Uint8Array): string {
  return `preservation request ${toString(id, 'hex')}`;
}
