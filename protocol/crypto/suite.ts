/**
 * The cryptographic operations the protocol needs, handed in by whoever runs it.
 * Every implementation must accept and refuse exactly the same signatures: see `ed25519.ts` for the rule.
 */

/** SHA-256 (FIPS 180-4) of the bytes: 32 bytes. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/**
 * Verifies an Ed25519 signature (RFC 8032, section 5.1.7, strict): canonical encodings only, no small-order
 * public key or R, the equation without cofactor. Never throws: wrong lengths are `false`.
 * `publicKey` is 32 bytes, `signature` 64.
 */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** A private key that signs, wherever it lives: a file, a passphrase-protected store, a hardware module. */
export interface Signer {
  /** The raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** A 64-byte Ed25519 signature over the message. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

export interface CryptoSuite {
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
}
