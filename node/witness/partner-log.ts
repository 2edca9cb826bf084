/** A partner's log as its node shows it: whose it is, and under which key its checkpoints verify. */
import type { Peer } from '../network/index.ts';

export interface PartnerLog {
  readonly domain: string;
  /** The statement key: raw Ed25519, 32 bytes. It signs the checkpoints, and cosigns ours. */
  readonly publicKey: Uint8Array;
  /** DER: the key's certificate, its issuer's and its root's, so that evidence verifies by itself. */
  readonly chain: readonly Uint8Array[];
}

/** Undefined for a peer that shows no statement key: a device. */
export function logOf({ identity }: Peer): PartnerLog | undefined {
  const { domain, statement, bundle } = identity;
  const [, issuer, root] = bundle.chain;
  if (statement === null || bundle.statement === null || issuer === undefined || root === undefined)
    return undefined;
  return { domain, publicKey: statement.publicKey, chain: [bundle.statement, issuer, root] };
}
