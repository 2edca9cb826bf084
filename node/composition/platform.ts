/** What the platform brings to every node: clock, randomness, cryptography. The only file that reads them. */
import { randomBytes, webcrypto } from 'node:crypto';
import { webCryptoDnssec } from '../../protocol/dnssec/index.ts';
import type { TrustAnchor } from '../../protocol/dnssec/index.ts';
import type { VerificationContext } from '../../protocol/identity/index.ts';
import { sodiumSuite } from '../crypto/index.ts';

export const platform = {
  clock: (): number => Date.now(),
  randomBytes: (length: number): Uint8Array => new Uint8Array(randomBytes(length)),
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
