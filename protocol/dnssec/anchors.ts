/** Trust anchors: the root keys that every proof must start from. They are configuration; IANA's are shipped. */
import { fromString } from 'uint8arrays/from-string';
import { accept, refuse, type Result } from '../errors/index.ts';
import type { Ds } from './ds.ts';
import { isAcceptedAlgorithm, isAcceptedDigest } from './rrset.ts';

export interface TrustAnchor extends Ds {
  /** When the anchor begins and ends to be trusted, in seconds since 1970; no bound when left out. */
  readonly validFrom?: number;
  readonly validUntil?: number;
}

/** The root zone's keys as IANA publishes them (https://data.iana.org/root-anchors/root-anchors.xml). */
export const ROOT_ANCHORS: readonly TrustAnchor[] = [
  {
    keyTag: 20326,
    algorithm: 8,
    digestType: 2,
    digest: fromString('e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d', 'hex'),
    validFrom: Date.UTC(2017, 1, 2) / 1000,
  },
  {
    keyTag: 38696,
    algorithm: 8,
    digestType: 2,
    digest: fromString('683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16', 'hex'),
    validFrom: Date.UTC(2024, 6, 18) / 1000,
  },
];

const DS_LINE = /^\.\s+(?:\d+\s+)?(?:IN\s+)?DS\s+(\d{1,5})\s+(\d{1,3})\s+(\d{1,3})\s+([0-9a-f\s]+)$/i;

const DIGEST_BYTES: Readonly<Record<number, number>> = { 2: 32, 4: 48 };

/**
 * Reads an anchor from a DS record of the root in presentation form, such as `. IN DS 20326 8 2 E06D44B8…`.
 * Refuses with `config.invalid`, or `dnssec.bad-algorithm`.
 */
export function parseTrustAnchor(line: string): Result<TrustAnchor> {
  const [, keyTag, algorithm, digestType, hex] = DS_LINE.exec(line.trim()) ?? [];
  if (hex === undefined) {
    return refuse(
      'config.invalid',
      `"${line}" is not a DS record of the root; write it as ". IN DS tag 8 2 hex"`,
    );
  }
  const anchor = { keyTag: Number(keyTag), algorithm: Number(algorithm), digestType: Number(digestType) };
  if (!isAcceptedAlgorithm(anchor.algorithm) || !isAcceptedDigest(anchor.digestType)) {
    return refuse(
      'dnssec.bad-algorithm',
      `the trust anchor ${anchor.keyTag} uses algorithm ${anchor.algorithm} with digest ${anchor.digestType}; ` +
        'use algorithm 8, 13, 14 or 15 with digest 2 or 4',
    );
  }
  const digits = hex.replace(/\s/g, '').toLowerCase();
  if (anchor.keyTag > 0xffff || digits.length !== 2 * (DIGEST_BYTES[anchor.digestType] ?? 0)) {
    return refuse(
      'config.invalid',
      `the trust anchor ${anchor.keyTag} has a digest of the wrong length; copy it again`,
    );
  }
  return accept({ ...anchor, digest: fromString(digits, 'hex') });
}
