/**
 * DNSSEC's signature algorithms and digests through WebCrypto, which Node and browsers both have.
 * Ed25519 is left to the verifier that is handed in, so that one strict rule holds everywhere.
 */
import { concat } from 'uint8arrays/concat';
import { toString } from 'uint8arrays/to-string';
import type { VerifyEd25519 } from '../crypto/suite.ts';
import type { DnssecCrypto } from './dnssec-crypto.ts';
import { ALGORITHM, DIGEST } from './rrset.ts';

/** As much of `SubtleCrypto` as is used here. */
interface SubtleLike {
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
  importKey(
    format: 'jwk',
    key: { kty: 'RSA'; n: string; e: string },
    algorithm: { name: string; hash: string },
    extractable: boolean,
    usages: 'verify'[],
  ): Promise<unknown>;
  importKey(
    format: 'raw',
    key: Uint8Array,
    algorithm: { name: string; namedCurve: string },
    extractable: boolean,
    usages: 'verify'[],
  ): Promise<unknown>;
  verify(
    algorithm: { name: string; hash: string },
    key: unknown,
    signature: Uint8Array,
    data: Uint8Array,
  ): Promise<boolean>;
}

/** RSA keys shorter than this are refused (RFC 5702, section 2.1, leaves 512; too short today), longer ones cost too much. */
const MIN_RSA_BYTES = 1024 / 8;
const MAX_RSA_BYTES = 4096 / 8;

/** Public exponents above 2^40 serve nothing but to make each check slow. */
const MAX_EXPONENT_BYTES = 5;

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** @param subtle `globalThis.crypto.subtle` of Node or a browser */
export function webCryptoDnssec(subtle: SubtleLike, verifyEd25519: VerifyEd25519): DnssecCrypto {
  async function ecdsa(
    curve: { namedCurve: string; hash: string; bytes: number },
    publicKey: Uint8Array,
    data: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> {
    if (publicKey.length !== 2 * curve.bytes || signature.length !== 2 * curve.bytes) return false;
    const point = concat([Uint8Array.of(0x04), publicKey]);
    const algorithm = { name: 'ECDSA', namedCurve: curve.namedCurve };
    const key = await subtle.importKey('raw', point, algorithm, false, ['verify']);
    return subtle.verify({ name: 'ECDSA', hash: curve.hash }, key, signature, data);
  }

  async function rsa(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const jwk = rsaKey(publicKey);
    if (jwk === undefined) return false;
    const key = await subtle.importKey('jwk', jwk, RSA, false, ['verify']);
    return subtle.verify(RSA, key, signature, data);
  }

  function check(
    algorithm: number,
    publicKey: Uint8Array,
    data: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> | boolean {
    switch (algorithm) {
      case ALGORITHM.RSASHA256:
        return rsa(publicKey, data, signature);
      case ALGORITHM.ECDSAP256SHA256:
        return ecdsa({ namedCurve: 'P-256', hash: 'SHA-256', bytes: 32 }, publicKey, data, signature);
      case ALGORITHM.ECDSAP384SHA384:
        return ecdsa({ namedCurve: 'P-384', hash: 'SHA-384', bytes: 48 }, publicKey, data, signature);
      case ALGORITHM.ED25519:
        return verifyEd25519(publicKey, data, signature);
      default:
        return false;
    }
  }

  return {
    async verify(algorithm, publicKey, data, signature) {
      try {
        return await check(algorithm, publicKey, data, signature);
      } catch {
        return false; // WebCrypto rejects what is no key, such as a point off the curve
      }
    },
    async digest(digestType, data) {
      return new Uint8Array(await subtle.digest(digestType === DIGEST.SHA384 ? 'SHA-384' : 'SHA-256', data));
    },
  };
}

/** An RSA key from the form of RFC 3110, section 2; `undefined` if it is malformed or outside the limits. */
function rsaKey(publicKey: Uint8Array): { kty: 'RSA'; n: string; e: string } | undefined {
  const short = publicKey[0] ?? 0;
  const start = short === 0 ? 3 : 1;
  const length = short === 0 ? ((publicKey[1] ?? 0) << 8) | (publicKey[2] ?? 0) : short;
  const exponent = publicKey.subarray(start, start + length);
  const modulus = publicKey.subarray(start + length);
  const usable =
    exponent.length > 0 &&
    exponent.length <= MAX_EXPONENT_BYTES &&
    modulus.length >= MIN_RSA_BYTES &&
    modulus.length <= MAX_RSA_BYTES &&
    exponent[0] !== 0 &&
    modulus[0] !== 0;
  if (!usable) return undefined;
  return { kty: 'RSA', n: toString(modulus, 'base64url'), e: toString(exponent, 'base64url') };
}
