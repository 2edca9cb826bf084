/**
 * Keys of signed notes: a name and an Ed25519 key, and which kind of signature it makes. The kind goes into the key's id,
 * so one key can make both kinds without either passing for the other.
 */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { Sha256 } from '../crypto/suite.ts';

/** C2SP signed-note, "Signature types", as far as they are used here. */
const SIGNATURE_TYPES = {
  /** Ed25519 over the note's text. */
  ed25519: 0x01,
  /** Ed25519 over a checkpoint and the time (tlog-cosignature, version 1). */
  cosignature: 0x04,
} as const;

export type SignatureType = keyof typeof SIGNATURE_TYPES;

const KEY_ID_BYTES = 4;

/** A key that is trusted to sign notes under this name. */
export interface NoteKey {
  readonly name: string;
  /** Raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** The id of a key under a name: SHA-256(name || 0x0A || type || public key), its first 4 bytes. */
export function noteKeyId(sha256: Sha256, key: NoteKey, type: SignatureType = 'ed25519'): Uint8Array {
  const input = concat([fromString(key.name), Uint8Array.of(0x0a, SIGNATURE_TYPES[type]), key.publicKey]);
  return sha256(input).subarray(0, KEY_ID_BYTES);
}

/** The key as other tools are told of it (C2SP signed-note, "Verifier keys"): name, id and key, joined by plus signs. */
export function verifierKey(sha256: Sha256, key: NoteKey, type: SignatureType): string {
  const material = concat([Uint8Array.of(SIGNATURE_TYPES[type]), key.publicKey]);
  const id = toString(noteKeyId(sha256, key, type), 'hex');
  return `${key.name}+${id}+${toString(material, 'base64pad')}`;
}
