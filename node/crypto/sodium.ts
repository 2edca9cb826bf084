/** The node's implementation, on libsodium: the fastest verifier there is here, with the strict rule before it. */
import { hash } from 'node:crypto';
import sodium from 'sodium-native';
import { isStrictlyEncoded, type CryptoSuite, type Signer } from '../../protocol/crypto/index.ts';
import { secureMemory } from './secure-memory.ts';

export const sodiumSuite: CryptoSuite = {
  sha256: (data) => new Uint8Array(hash('sha256', data, 'buffer')),
  verifyEd25519: (publicKey, message, signature) =>
    isStrictlyEncoded(publicKey, signature) &&
    sodium.crypto_sign_verify_detached(signature, message, publicKey),
};

/** A signer from a 32-byte seed (RFC 8032, 5.1.5). The expanded key lives in secure memory; the seed is the caller's to zero. */
export function sodiumSigner(seed: Uint8Array): Signer {
  const publicKey = new Uint8Array(sodium.crypto_sign_PUBLICKEYBYTES);
  const secretKey = secureMemory(sodium.crypto_sign_SECRETKEYBYTES);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
  return {
    publicKey,
    sign(message) {
      const signature = new Uint8Array(sodium.crypto_sign_BYTES);
      sodium.crypto_sign_detached(signature, message, secretKey);
      return signature;
    },
  };
}
