/** The roster: an organisation's numbered, signed statement of its nodes and of what it has revoked. */
import { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/suite.ts';
import { count, seconds } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { openStatement, readStatement, signedParts, signStatement, type SignedParts } from './statement.ts';

/** Bytes of a roster: about 2,000 revocations; device certificates live 14 days, so older ones drop out. */
export const MAX_ROSTER_BYTES = 131_072;

/** Seconds from issue to next update, at most: after a month nobody could tell what was revoked meanwhile. */
const MAX_VALIDITY_SECONDS = 31 * 86_400;

/** Seconds the clock of its organisation may be ahead of ours. */
const MAX_CLOCK_AHEAD_SECONDS = 600;

/**
 * Why a certificate is revoked (RFC 5280, 5.3.1). One on hold is so until a later roster leaves it out: a complete list
 * has no need of `removeFromCRL`.
 */
export const REVOCATION_REASONS = [
  'unspecified',
  'key-compromise',
  'affiliation-changed',
  'superseded',
  'cessation',
  'certificate-hold',
] as const;

const shape = z.strictObject({
  v: z.literal(1),
  domain: z.string(),
  /** Rises by at least one with each roster; the highest wins. */
  number: count.min(1),
  issued: seconds,
  /** When the next roster is due: past it (and the policy's grace) the organisation is not believed. */
  nextUpdate: seconds,
  nodes: z
    .array(
      z.strictObject({
        peer: z.string(),
        roles: z.array(z.enum(['gateway', 'archive'])),
        addresses: z.array(z.string().max(256)).max(16),
      }),
    )
    .max(64),
  revoked: z
    .array(
      z.strictObject({
        /** As certificates are compared: in any other form it would revoke nothing. */
        serial: z.string().regex(/^(?!00)(?:[0-9a-f]{2}){1,20}$/),
        at: seconds,
        reason: z.enum(REVOCATION_REASONS),
      }),
    )
    .max(2_000),
});

export interface Roster {
  readonly domain: string;
  readonly number: number;
  readonly issued: number;
  readonly nextUpdate: number;
  readonly nodes: readonly RosterNode[];
  readonly revoked: readonly Revocation[];
}

export interface RosterNode {
  readonly peer: string;
  readonly roles: readonly ('gateway' | 'archive')[];
  readonly addresses: readonly string[];
}

/** A revoked certificate: its serial in lower-case hex, when (seconds), and an RFC 5280, 5.3.1 reason. */
export interface Revocation {
  readonly serial: string;
  readonly at: number;
  readonly reason: (typeof REVOCATION_REASONS)[number];
}

export function signRoster(roster: Roster, signer: Signer): Promise<Uint8Array> {
  return signStatement('roster', { v: 1, ...roster }, signer);
}

/**
 * Verifies a roster of `domain`, at `at` seconds since 1970: that it is overdue is for the caller to say, by its grace.
 * Refuses with `roster.bad-signature`, `roster.bad-validity`, `certificate.wrong-domain` or `encoding.*`.
 */
export function openRoster(
  statement: Uint8Array,
  domain: string,
  publicKey: Uint8Array,
  at: number,
  suite: CryptoSuite,
): Result<Roster> {
  const opened = openStatement('roster', statement, publicKey, shape, MAX_ROSTER_BYTES, suite);
  if (!opened.ok) {
    return opened.refusal.code === 'signature.invalid'
      ? refuse('roster.bad-signature', `roster is not signed by the statement key of ${domain}`)
      : opened;
  }
  const { v: _version, ...roster } = opened.value;
  if (roster.domain !== domain) {
    return refuse('certificate.wrong-domain', `roster is of ${roster.domain}, not of ${domain}`);
  }
  const { issued, nextUpdate } = roster;
  const sound = issued < nextUpdate && nextUpdate - issued <= MAX_VALIDITY_SECONDS;
  if (!sound || issued > at + MAX_CLOCK_AHEAD_SECONDS) {
    return refuse(
      'roster.bad-validity',
      `roster ${roster.number} of ${domain} is dated in the future or holds too long; check the clocks`,
    );
  }
  return accept(roster);
}

/** Reads a roster that was verified when it was archived. Refuses with an `encoding.*` code. */
export function readRoster(statement: Uint8Array): Result<Roster> {
  return readStatement('roster', statement, shape, MAX_ROSTER_BYTES);
}

/** The bytes that a roster's signature is over, and the signature, for verifiers other than ours. */
export function signedPartsOfRoster(statement: Uint8Array): Result<SignedParts> {
  return signedParts('roster', statement, MAX_ROSTER_BYTES);
}

/** Whether the roster revokes the certificate with this serial (lower-case hex). */
export function isRevoked(roster: Pick<Roster, 'revoked'>, serial: string): boolean {
  return revocationOf(roster, serial) !== undefined;
}

/** What the roster says of a certificate that it revokes. */
export function revocationOf(roster: Pick<Roster, 'revoked'>, serial: string): Revocation | undefined {
  return roster.revoked.find((revocation) => revocation.serial === serial);
}
