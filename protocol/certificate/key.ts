/** Ed25519 keys in X.509 (RFC 8410) and the identifiers made of them. */
import { concat } from 'uint8arrays/concat';
import { toString } from 'uint8arrays/to-string';
import type { Sha256 } from '../crypto/suite.ts';
import { bitString, objectIdentifier, sequence } from './der.ts';

/** The AlgorithmIdentifier of Ed25519, for keys and signatures alike: no parameters (RFC 8410, section 3). */
export const ED25519: Uint8Array = sequence(objectIdentifier('1.3.101.112'));

/** The SubjectPublicKeyInfo of a raw public key (RFC 8410, section 4). */
export function encodeSpki(publicKey: Uint8Array): Uint8Array {
  return sequence(ED25519, bitString(publicKey));
}

/** The root id that a domain publishes: base64url (unpadded) of the SHA-256 of the root key's SPKI. */
export function rootIdOf(publicKey: Uint8Array, sha256: Sha256): string {
  return toString(sha256(encodeSpki(publicKey)), 'base64url');
}

/** A key identifier: the leftmost 160 bits of the SHA-256 of the key (RFC 7093, section 2, method 1). */
export function keyIdOf(publicKey: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(publicKey).subarray(0, 20);
}

/** Bytes of a fingerprint: 80 bits, as hard to hit as an enrolment code is to guess. */
const FINGERPRINT_BYTES = 10;

/** What people compare a key by, read out in four groups: the beginning of the SHA-256 of its SPKI, in base32. */
export function keyFingerprint(publicKey: Uint8Array, sha256: Sha256): string {
  const text = toString(sha256(encodeSpki(publicKey)).subarray(0, FINGERPRINT_BYTES), 'base32upper');
  return text.match(/.{4}/g)?.join('-') ?? text;
}

/** The peer id that libp2p gives an Ed25519 key: base58btc of the identity multihash of its protobuf form. */
export function peerIdOf(publicKey: Uint8Array): string {
  return toString(concat([Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20), publicKey]), 'base58btc');
}
