/** A peer that has proved who it is: the Noise key is the certified key, and the chain leads to its domain. */
import type { VerifiedIdentity } from '../../protocol/identity/index.ts';

export interface Peer {
  /** libp2p peer id, as text. */
  readonly id: string;
  readonly identity: VerifiedIdentity;
  /** Whether it is of our own organisation. */
  readonly own: boolean;
  /** The bundle it showed, for whoever has to check it again behind a relay. */
  readonly bundle: Uint8Array;
}
