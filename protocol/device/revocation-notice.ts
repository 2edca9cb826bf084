/**
 * That a device was revoked, said to that device and signed by the organisation's statement key. A device destroys
 * what it holds on nothing less: a refusal is a claim of whoever sends it, this is the organisation's own word.
 */
import { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/index.ts';
import { milliseconds } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { openStatement, signStatement } from '../statement/index.ts';

export const MAX_NOTICE_BYTES = 1_024;

const shape = z.strictObject({
  v: z.literal(1),
  domain: z.string().max(253),
  /** The peer id of the device. */
  device: z.string().max(64),
  revoked: milliseconds,
});

export interface RevocationNotice {
  readonly domain: string;
  readonly device: string;
  /** Milliseconds: when it was revoked. */
  readonly revoked: number;
}

export function signRevocationNotice(notice: RevocationNotice, signer: Signer): Promise<Uint8Array> {
  return signStatement('revocation', { v: 1, ...notice }, signer);
}

/** Verifies that it is for this device and of this domain. Refuses with `certificate.wrong-domain`, `identity.key-mismatch`, `signature.invalid` or `encoding.*`. */
export function openRevocationNotice(
  statement: Uint8Array,
  expected: { readonly domain: string; readonly device: string },
  publicKey: Uint8Array,
  suite: CryptoSuite,
): Result<RevocationNotice> {
  const opened = openStatement('revocation', statement, publicKey, shape, MAX_NOTICE_BYTES, suite);
  if (!opened.ok) return opened;
  const { v: _version, ...notice } = opened.value;
  if (notice.domain !== expected.domain) {
    return refuse(
      'certificate.wrong-domain',
      `the revocation is of ${notice.domain}, not of ${expected.domain}`,
    );
  }
  if (notice.device !== expected.device) {
    return refuse('identity.key-mismatch', 'the revocation is about another device');
  }
  return accept(notice);
}
