/**
 * The terms on which one organisation federates with another: each side signs its own, both must be there.
 * It names the partner's root, so that it cannot be carried over to whoever takes the partner's domain.
 */
import { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/suite.ts';
import { count, seconds } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { openStatement, readStatement, signStatement } from './statement.ts';

export const MAX_AGREEMENT_BYTES = 8_192;

/** Seconds the clock of who signed it may be ahead of ours. */
const MAX_CLOCK_AHEAD_SECONDS = 600;

/** From the least to the most. */
export const DIRECTORY_SHARES = ['none', 'names', 'roles'] as const;

/** Days that one side can ask the other to keep what they exchange: thirty years, the longest that a supervisor asks for. */
export const MAX_RETENTION_FLOOR_DAYS = 10_958;

export type DirectoryShare = (typeof DIRECTORY_SHARES)[number];

const shape = z.strictObject({
  v: z.literal(1),
  /** Who signs, and with whom: domains. */
  from: z.string(),
  with: z.string(),
  /** The root id of `with` at the time of agreeing. */
  root: z.string(),
  since: seconds,
  /** When it ends by itself; null: not until it is withdrawn. */
  until: seconds.nullable(),
  terms: z.strictObject({
    /** Bytes of the largest message either side accepts from the other. */
    messageBytes: count,
    /** What of our directory `with` may see: nothing, addresses with names, or roles too. */
    directory: z.enum(DIRECTORY_SHARES),
    /** Days for which both sides keep what they exchange, at least; left out where the schedules alone say. */
    retentionFloorDays: count.max(MAX_RETENTION_FLOOR_DAYS).optional(),
  }),
});

export interface Agreement {
  readonly from: string;
  readonly with: string;
  readonly root: string;
  readonly since: number;
  readonly until: number | null;
  readonly terms: {
    readonly messageBytes: number;
    readonly directory: DirectoryShare;
    readonly retentionFloorDays?: number | undefined;
  };
}

export function signAgreement(agreement: Agreement, signer: Signer): Promise<Uint8Array> {
  return signStatement('agreement', { v: 1, ...agreement }, signer);
}

/**
 * Verifies the agreement that `from` made with us: `us` is our domain, `rootIds` the root ids that are ours.
 * Refuses with `agreement.mismatch`, `signature.invalid` or `encoding.*`. `at` is in seconds.
 */
export function openAgreement(
  statement: Uint8Array,
  expected: { from: string; us: string; rootIds: readonly string[]; at: number },
  publicKey: Uint8Array,
  suite: CryptoSuite,
): Result<Agreement> {
  const opened = openStatement('agreement', statement, publicKey, shape, MAX_AGREEMENT_BYTES, suite);
  if (!opened.ok) return opened;
  const { v: _version, ...agreement } = opened.value;
  const ended = agreement.until !== null && agreement.until < expected.at;
  const begun = agreement.since <= expected.at + MAX_CLOCK_AHEAD_SECONDS;
  if (agreement.from !== expected.from || agreement.with !== expected.us || ended || !begun) {
    return refuse(
      'agreement.mismatch',
      `agreement of ${expected.from} is not with ${expected.us}, has not begun, or has ended`,
    );
  }
  if (!expected.rootIds.includes(agreement.root)) {
    return refuse(
      'agreement.mismatch',
      `${expected.from} agreed with another root of ${expected.us}; have it add us anew`,
    );
  }
  return accept(agreement);
}

/** Reads an agreement that was made or verified here. Refuses with an `encoding.*` code. */
export function readAgreement(statement: Uint8Array): Result<Agreement> {
  const read = readStatement('agreement', statement, shape, MAX_AGREEMENT_BYTES);
  if (!read.ok) return read;
  const { v: _version, ...agreement } = read.value;
  return accept(agreement);
}
