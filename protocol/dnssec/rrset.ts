/** RRsets with their signatures, and the record types, algorithms and digests that a proof may use. */
import { compare } from 'uint8arrays/compare';

/** Record types by their number (IANA DNS parameters). */
export const TYPE = { CNAME: 5, TXT: 16, DNAME: 39, DS: 43, RRSIG: 46, DNSKEY: 48 } as const;

/** The Internet class; no other is known here. */
export const CLASS_IN = 1;

/** Signing algorithms that are accepted (RFC 8624; 8: RSA, 13 and 14: ECDSA, 15: Ed25519). */
export const ALGORITHM = {
  RSASHA256: 8,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
} as const;

/** Digests of a DS record that are accepted (RFC 4509, RFC 6605). SHA-1 is not. */
export const DIGEST = { SHA256: 2, SHA384: 4 } as const;

/** All records of one name and type, with the signatures over them. The rdata of signatures is RFC 4034, section 3.1. */
export interface Rrset {
  /** Canonical owner name. */
  readonly name: string;
  readonly type: number;
  /** Rdata in canonical form and order. */
  readonly rdatas: readonly Uint8Array[];
  /** Rdata of the RRSIG records that cover this set. */
  readonly rrsigs: readonly Uint8Array[];
}

export function isAcceptedAlgorithm(algorithm: number): boolean {
  return (Object.values(ALGORITHM) as number[]).includes(algorithm);
}

export function isAcceptedDigest(digestType: number): boolean {
  return (Object.values(DIGEST) as number[]).includes(digestType);
}

/** The rdata in canonical order and without duplicates (RFC 4034, section 6.3). */
export function canonicalOrder(rdatas: readonly Uint8Array[]): Uint8Array[] {
  const sorted = rdatas.toSorted(compare);
  return sorted.filter((rdata, i) => i === 0 || compare(sorted[i - 1] ?? rdata, rdata) !== 0);
}

/** Whether the rdata are what {@link canonicalOrder} makes of them. */
export function isCanonicalOrder(rdatas: readonly Uint8Array[]): boolean {
  return rdatas.every((rdata, i) => {
    const previous = rdatas[i - 1];
    return previous === undefined || compare(previous, rdata) < 0;
  });
}
