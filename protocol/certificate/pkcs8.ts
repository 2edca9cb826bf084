/** Private keys as files that openssl and others read: PKCS #8 with the seed alone (RFC 8410, section 7). */
import { equals } from 'uint8arrays/equals';
import { accept, refuse, type Result } from '../errors/index.ts';
import { integer, octetString, sequence } from './der.ts';
import { ED25519 } from './key.ts';
import { decodePem, encodePem } from './pem.ts';

const LABEL = 'PRIVATE KEY';
const SEED_BYTES = 32;
const VERSION_1 = integer(Uint8Array.of());

/** The DER of a PrivateKeyInfo (RFC 5958, version 1) of a 32-byte Ed25519 seed. */
export function encodeKeyInfo(seed: Uint8Array): Uint8Array {
  return sequence(VERSION_1, ED25519, octetString(octetString(seed)));
}

const BEFORE_SEED = encodeKeyInfo(new Uint8Array(SEED_BYTES)).slice(0, -SEED_BYTES);

/** The PEM text of a 32-byte Ed25519 seed. */
export function encodePkcs8(seed: Uint8Array): string {
  return encodePem(LABEL, encodeKeyInfo(seed));
}

/** The 32-byte seed. Refuses with `key.malformed` whatever is not an unencrypted Ed25519 key in version 1. */
export function decodePkcs8(pem: string): Result<Uint8Array> {
  const decoded = decodePem(LABEL, pem);
  const seed = decoded.ok ? decodeKeyInfo(decoded.value) : undefined;
  if (seed !== undefined) return accept(seed);
  return refuse(
    'key.malformed',
    'the key is not an Ed25519 private key in PKCS #8; make one with openssl genpkey',
  );
}

/** The 32-byte seed of a PrivateKeyInfo as {@link encodeKeyInfo} writes it; undefined for anything else. */
export function decodeKeyInfo(der: Uint8Array): Uint8Array | undefined {
  const at = der.length - SEED_BYTES;
  if (at !== BEFORE_SEED.length || !equals(der.subarray(0, at), BEFORE_SEED)) return undefined;
  // in a buffer of its own, which can be zeroed: engines move small arrays about, and leave copies behind
  const seed = new Uint8Array(new ArrayBuffer(SEED_BYTES));
  seed.set(der.subarray(at));
  return seed;
}
