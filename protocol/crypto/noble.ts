/** The portable implementation, on @noble: for browsers, and for whoever wants no native code. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { isStrictlyEncoded } from './ed25519.ts';
import type { CryptoSuite, Signer } from './suite.ts';

/**
 * The equation without cofactor, R = S·B − k·A, compared as encodings: noble's own verify multiplies by the cofactor,
 * and so accepts signatures that others refuse.
 */
function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictlyEncoded(publicKey, signature)) return false;
  const { Point } = ed25519;
  try {
    const r = signature.subarray(0, 32);
    const s = Point.Fn.fromBytes(signature.subarray(32));
    const k = Point.Fn.create(littleEndian(sha512(concat([r, publicKey, message]))));
    const a = Point.fromBytes(publicKey);
    const expected = multiply(Point.BASE, s).subtract(multiply(a, k));
    return equals(expected.toBytes(), r);
  } catch {
    return false;
  }
}

type Point = typeof ed25519.Point.BASE;

/** noble refuses to multiply by zero. Everything here is public, so the time it takes may tell. */
function multiply(point: Point, scalar: bigint): Point {
  return scalar === 0n ? ed25519.Point.ZERO : point.multiplyUnsafe(scalar);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export const nobleSuite: CryptoSuite = { sha256, verifyEd25519 };

/** A signer from a 32-byte seed (RFC 8032, 5.1.5). */
export function nobleSigner(seed: Uint8Array): Signer {
  return { publicKey: ed25519.getPublicKey(seed), sign: (message) => ed25519.sign(message, seed) };
}
