/** Requests for preservation between organisations, put together. */
import type { Logger } from 'pino';
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import {
  Exchanges,
  Preservations,
  Turn,
  type Ledger,
  type Members,
  type Messages,
  type Partners,
} from '../ledger/index.ts';
import type { Holding } from '../retention/index.ts';
import { Acts } from './acts.ts';
import { Inbox } from './inbox.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';

export interface PreservingOptions extends Pick<OutboxOptions, 'open' | 'agreement' | 'checkAgreement'> {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly holding: Holding;
  readonly suite: CryptoSuite;
  readonly statementSigner: Signer;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

export interface Preserving {
  readonly preservations: Preservations;
  readonly acts: Acts;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
}

export function openPreserving(options: PreservingOptions): Preserving {
  const preservations = new Preservations(options.ledger);
  const exchanges = new Exchanges(options.ledger);
  const shared = { ...options, preservations, exchanges, turn: new Turn() };
  return {
    preservations,
    acts: new Acts({ ...shared, sha256: options.suite.sha256 }),
    inbox: new Inbox(shared),
    outbox: new Outbox(shared),
  };
}
