/** Diffie-Hellman on Curve25519 (RFC 7748), handed in by whoever runs it; and the portable implementation. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';

export interface X25519 {
  /** The public key of a secret: 32 bytes each. */
  publicKey(secret: Uint8Array): Uint8Array;
  /** What two sides have in common. Throws for a public key of small order. */
  agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array;
  /** The public key that belongs to an Ed25519 public key, by the map of RFC 7748, 4.1. Throws where it is no point. */
  ofEd25519(publicKey: Uint8Array): Uint8Array;
}

export const nobleX25519: X25519 = {
  publicKey: (secret) => x25519.getPublicKey(secret),
  agree: (secret, publicKey) => x25519.getSharedSecret(secret, publicKey),
  ofEd25519: (publicKey) => ed25519.utils.toMontgomery(publicKey),
};

/** The secret that belongs to an Ed25519 seed: 32 bytes each. */
export function secretOfEd25519(seed: Uint8Array): Uint8Array {
  return ed25519.utils.toMontgomerySecret(seed);
}
