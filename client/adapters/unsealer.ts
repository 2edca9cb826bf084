/** Opens, with the device's own key, what was sealed for it: OpenSSL's AES, and X25519 in JavaScript, once a key. */
import { createDecipheriv } from 'node:crypto';
import { nobleX25519, receivingKeys, secretOfEd25519 } from '../../protocol/hpke/index.ts';
import type { Unsealer } from '../platform.ts';

const TAG_BYTES = 16;

/** @param seed of the device's Ed25519 key, 32 bytes */
export function unsealerOf(seed: Uint8Array): Unsealer {
  return {
    receive: (enc, info) => {
      const secret = secretOfEd25519(seed);
      try {
        return receivingKeys(nobleX25519, secret, enc, info);
      } finally {
        secret.fill(0);
      }
    },
    open: (key, nonce, bound, sealed) => Promise.resolve(open(key, nonce, bound, sealed)),
  };
}

function open(
  key: Uint8Array,
  nonce: Uint8Array,
  bound: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(end));
  const text = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(text);
}
