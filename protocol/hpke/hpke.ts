/**
 * Hybrid public key encryption, base mode, DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256 (RFC 9180): from a receiver's public
 * key to the key and nonce of one sealing, and back. What is sealed with them is the caller's: AES-256-GCM here.
 */
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import type { X25519 } from './x25519.ts';

/** What a cipher is called in RFC 9180, 7.3, and how long its keys are. */
interface Aead {
  readonly id: number;
  readonly keyBytes: number;
}

const AES_256_GCM: Aead = { id: 2, keyBytes: 32 };

/** For one sealing: a second one under the same would break the cipher. */
interface SealingKeys {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const VERSION = fromString('HPKE-v1');
const BASE_MODE = Uint8Array.of(0);
const KEM_ID = [0x00, 0x20] as const;
const KDF_ID = [0x00, 0x01] as const;
const KEM_SUITE = concat([fromString('KEM'), Uint8Array.of(...KEM_ID)]);
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;

/**
 * What a sender seals with, and what the receiver needs to know the same (`enc`). `ephemeral` is a secret of 32 random
 * bytes, used once; `info` says what it is for. Throws where the receiver's key is of small order.
 */
export function sendingKeys(
  x25519: X25519,
  receiver: Uint8Array,
  ephemeral: Uint8Array,
  info: Uint8Array,
  aead: Aead = AES_256_GCM,
): SealingKeys & { readonly enc: Uint8Array } {
  const enc = x25519.publicKey(ephemeral);
  const shared = x25519.agree(ephemeral, receiver);
  return { enc, ...schedule(sharedSecret(shared, enc, receiver), info, aead) };
}

/** What the receiver opens with, by its secret. Throws where `enc` is of small order. */
export function receivingKeys(
  x25519: X25519,
  secret: Uint8Array,
  enc: Uint8Array,
  info: Uint8Array,
  aead: Aead = AES_256_GCM,
): SealingKeys {
  const shared = x25519.agree(secret, enc);
  return schedule(sharedSecret(shared, enc, x25519.publicKey(secret)), info, aead);
}

/** RFC 9180, 4.1: ExtractAndExpand. */
function sharedSecret(shared: Uint8Array, enc: Uint8Array, receiver: Uint8Array): Uint8Array {
  const prk = labeledExtract(KEM_SUITE, NOTHING, 'eae_prk', shared);
  return labeledExpand(KEM_SUITE, prk, 'shared_secret', concat([enc, receiver]), SECRET_BYTES);
}

/** RFC 9180, 5.1, without a pre-shared key. */
function schedule(secret: Uint8Array, info: Uint8Array, { id, keyBytes }: Aead): SealingKeys {
  const suite = concat([fromString('HPKE'), Uint8Array.of(...KEM_ID, ...KDF_ID, id >> 8, id & 0xff)]);
  const context = concat([
    BASE_MODE,
    labeledExtract(suite, NOTHING, 'psk_id_hash', NOTHING),
    labeledExtract(suite, NOTHING, 'info_hash', info),
  ]);
  const prk = labeledExtract(suite, secret, 'secret', NOTHING);
  return {
    key: labeledExpand(suite, prk, 'key', context, keyBytes),
    nonce: labeledExpand(suite, prk, 'base_nonce', context, NONCE_BYTES),
  };
}

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, input: Uint8Array): Uint8Array {
  return extract(sha256, concat([VERSION, suite, fromString(label), input]), salt);
}

function labeledExpand(
  suite: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const labeled = concat([
    Uint8Array.of(length >> 8, length & 0xff),
    VERSION,
    suite,
    fromString(label),
    info,
  ]);
  return expand(sha256, prk, labeled, length);
}
