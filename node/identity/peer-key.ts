/** The key that a peer id stands for. */
import { peerIdFromString } from '@libp2p/peer-id';
import { isUsableKey } from '../../protocol/crypto/index.ts';

/** The raw Ed25519 key of a peer id; undefined for another kind of key, and for one that anyone can sign under. */
export function rawKey(peer: string): Uint8Array | undefined {
  const { publicKey } = peerIdFromString(peer);
  return publicKey?.type === 'Ed25519' && isUsableKey(publicKey.raw) ? publicKey.raw : undefined;
}
