/** The client's implementation on Node: OpenSSL through node:crypto, with the strict rule before it. */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import {
  isStrictlyEncoded,
  nobleSigner,
  type CryptoSuite,
  type Signer,
} from '../../protocol/crypto/index.ts';

/** Imported keys kept: importing costs as much as verifying twice. */
const MAX_KEYS = 1_024;

/** The fixed beginnings of a key's DER (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const keys = new Map<string, KeyObject>();

function importKey(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString('base64');
  let key = keys.get(name);
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
    if (keys.size >= MAX_KEYS) keys.clear();
    keys.set(name, key);
  }
  return key;
}

export const nodeSuite: CryptoSuite = {
  sha256: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
  verifyEd25519(publicKey, message, signature) {
    if (!isStrictlyEncoded(publicKey, signature)) return false;
    try {
      return verify(null, message, importKey(publicKey), signature);
    } catch {
      return false;
    }
  },
};

/** A signer from a 32-byte seed (RFC 8032, 5.1.5). */
export function nodeSigner(seed: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const { publicKey } = nobleSigner(seed);
  return { publicKey, sign: (message) => new Uint8Array(sign(null, message, key)) };
}
