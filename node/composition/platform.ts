/** What the platform brings to every node: clock, randomness, cryptography. The only file that reads them. */
import { randomBytes, randomFillSync, webcrypto } from 'node:crypto';
import { webCryptoDnssec } from '../../protocol/dnssec/index.ts';
import type { TrustAnchor } from '../../protocol/dnssec/index.ts';
import type { VerificationContext } from '../../protocol/identity/index.ts';
import { sodiumSuite } from '../crypto/index.ts';

/** Bytes had from the system at a time: a salt for each of 256 entries. */
const POOL_BYTES = 4_096;

const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** Random bytes, each given out once and wiped from the pool as it goes. */
function pooledRandomBytes(length: number): Uint8Array {
  if (length > POOL_BYTES / 8) return new Uint8Array(randomBytes(length));
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.slice(used, used + length);
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}

export const platform = {
  clock: (): number => Date.now(),
  /** Milliseconds since some time: nobody can set it. */
  steady: (): number => performance.now(),
  randomBytes: pooledRandomBytes,
  /** Uniform in [0, 1), for jitter. */
  random: (): number => randomBytes(4).readUInt32BE() / 2 ** 32,
  suite: sodiumSuite,
} as const;

export function verificationContext(anchors: readonly TrustAnchor[]): VerificationContext {
  return {
    suite: sodiumSuite,
    dnssec: webCryptoDnssec(webcrypto.subtle, sodiumSuite.verifyEd25519),
    anchors,
  };
}
