/**
 * An attestation: facts about one device, signed by a key of the organisation's device management. It names the
 * device by its peer id, so that it counts for no other, and its time, so that it ages.
 */
import { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/index.ts';
import { milliseconds } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { openStatement, signStatement } from '../statement/index.ts';
import { factsShape, type DeviceFacts } from './facts.ts';

export const MAX_ATTESTATION_BYTES = 2_048;

/** Milliseconds the clock of who signed it may be ahead of ours. */
const MAX_CLOCK_AHEAD_MS = 600_000;

const shape = z.strictObject({
  v: z.literal(1),
  /** The peer id of the device. */
  device: z.string().max(64),
  facts: factsShape,
  time: milliseconds,
});

export interface Attestation {
  readonly device: string;
  /** Null where nothing is attested. */
  readonly facts: DeviceFacts;
  /** Milliseconds. */
  readonly time: number;
}

export function signAttestation(attestation: Attestation, signer: Signer): Promise<Uint8Array> {
  return signStatement('attestation', { v: 1, ...attestation }, signer);
}

/**
 * Verifies an attestation about a device under any of the organisation's attestation keys. `now` and `maxAge` are in
 * milliseconds. Refuses with `device.bad-attestation` or `encoding.*`.
 */
export function openAttestation(
  statement: Uint8Array,
  expected: { readonly device: string; readonly now: number; readonly maxAge: number },
  publicKeys: readonly Uint8Array[],
  suite: CryptoSuite,
): Result<Attestation> {
  const bad = (why: string): Result<never> =>
    refuse('device.bad-attestation', `the attestation of this device ${why}; have it attested anew`);
  for (const publicKey of publicKeys) {
    const opened = openStatement('attestation', statement, publicKey, shape, MAX_ATTESTATION_BYTES, suite);
    if (!opened.ok && opened.refusal.code === 'signature.invalid') continue;
    if (!opened.ok) return opened;
    const { v: _version, ...attestation } = opened.value;
    if (attestation.device !== expected.device) return bad('is about another device');
    if (attestation.time > expected.now + MAX_CLOCK_AHEAD_MS) return bad('is dated in the future');
    if (attestation.time + expected.maxAge < expected.now) return bad('is too old');
    return accept(attestation);
  }
  return bad('is not signed by a key that the organisation configured');
}
