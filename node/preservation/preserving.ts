/** Requests for preservation between organisations, put together. */
import type { Sha256, Signer } from '../../protocol/crypto/index.ts';
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
import { Received } from './received.ts';
import { Sent } from './sent.ts';

export interface PreservingOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly holding: Holding;
  readonly sha256: Sha256;
  readonly statementSigner: Signer;
}

export interface Preserving {
  readonly preservations: Preservations;
  readonly acts: Acts;
  readonly received: Received;
  /** What partners have yet to be told of it. */
  readonly sent: Sent;
}

export function openPreserving(options: PreservingOptions): Preserving {
  const preservations = new Preservations(options.ledger);
  const exchanges = new Exchanges(options.ledger);
  const shared = { ...options, preservations, exchanges, turn: new Turn() };
  return {
    preservations,
    acts: new Acts(shared),
    received: new Received(shared),
    sent: new Sent(shared),
  };
}
