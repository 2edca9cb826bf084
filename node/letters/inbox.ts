/**
 * What partners tell us by signed statements. Guarantees: each is verified, and in the log before notice of it is given; what
 * comes again is given notice of again, and recorded once.
 */
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import {
  openLetter,
  signLetter,
  type ExpectedLetter,
  type Letter,
  type LetterKind,
} from '../../protocol/statement/index.ts';
import type { LetterFrame } from '../../protocol/wire/index.ts';
import { statementChain } from '../identity/index.ts';
import type { Fact, Ledger, Turn } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

/** Who hands something in, and what they signed. */
export interface From {
  readonly partner: string;
  readonly chain: Uint8Array[];
  /** Refuses as `openLetter` does. */
  readonly open: <K extends LetterKind>(kind: K, statement: Uint8Array) => Result<Letter<K>>;
}

/** What a statement comes to: nothing where it is recorded already. Of a request for preservation, and what is about it, its id. */
export interface Taken {
  readonly fact: Fact | null;
  readonly request?: Uint8Array;
}

/** Takes what comes of one matter: one after the other, so that what is recorded is counted. */
export interface Taker<F extends LetterFrame> {
  readonly turn: Turn;
  take(frame: F, from: From): Promise<Result<Taken>>;
}

export interface InboxOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly suite: CryptoSuite;
  readonly statementSigner: Signer;
  readonly takers: { readonly [T in LetterFrame['type']]: Taker<Extract<LetterFrame, { type: T }>> };
}

export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /**
   * Takes what a partner's node hands in; resolves with our signed notice. Refuses as its taker does, and with
   * `certificate.wrong-kind` or `archive.*`.
   */
  async take(frame: LetterFrame, { identity }: Pick<Peer, 'identity'>): Promise<Result<Uint8Array>> {
    const { domain, ledger, suite, takers } = this.#options;
    const partner = identity.domain;
    const publicKey = identity.statement?.publicKey;
    if (publicKey === undefined)
      return refuse('certificate.wrong-kind', `${partner} showed no statement key`);
    const expected: ExpectedLetter = { from: partner, to: domain, at: ledger.log.now };
    const from: From = {
      ...{ partner, chain: statementChain(identity) },
      open: (kind, statement) => openLetter(kind, statement, expected, publicKey, suite),
    };
    const taker = takers[frame.type] as Taker<LetterFrame>;
    try {
      return await taker.turn.take(async () => {
        const taken = await taker.take(frame, from);
        if (!taken.ok) return taken;
        if (taken.value.fact !== null) await ledger.append([taken.value.fact]);
        return accept(await this.#notice(partner, frame.statement, taken.value.request));
      });
    } catch (error) {
      if (error instanceof ChanceryError) return refuse(error.code, error.message);
      throw error;
    }
  }

  #notice(partner: string, statement: Uint8Array, request?: Uint8Array): Promise<Uint8Array> {
    const { domain, ledger, suite, statementSigner } = this.#options;
    const notice = { from: domain, to: partner, time: ledger.log.now, about: suite.sha256(statement) };
    return request === undefined
      ? signLetter('report-notice', notice, statementSigner)
      : signLetter('preservation-notice', { ...notice, request }, statementSigner);
  }
}
