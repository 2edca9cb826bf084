/**
 * Reports of phishing between organisations: one tells the other that a message of its people was reported, and has its
 * notice that this is archived. Guarantees: nothing of what was said travels, only the message's id and why it was reported;
 * each of the two is signed for its own purpose.
 */
import { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/suite.ts';
import { hash32, milliseconds } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { openStatement, readStatement, signStatement } from './statement.ts';

/** Bytes of either statement: two domains and a reason of the longest kind. */
export const MAX_REPORT_BYTES = 4_096;

/** Characters of a reason. */
export const MAX_REPORT_REASON_LENGTH = 512;

/** Milliseconds the clock of who signed it may be ahead of ours. */
const MAX_CLOCK_AHEAD_MS = 600_000;

const parties = {
  v: z.literal(1),
  /** Who signs, and for whom: domains. */
  from: z.string().max(253),
  to: z.string().max(253),
  time: milliseconds,
} as const;

const SHAPES = {
  report: z.strictObject({
    ...parties,
    /** The id of the message. */
    message: hash32,
    reason: z.string().max(MAX_REPORT_REASON_LENGTH),
  }),
  /** That a report, by the hash of its statement, is archived by who signs. */
  'report-notice': z.strictObject({ ...parties, about: hash32 }),
} as const;

export type ReportKind = keyof typeof SHAPES;
export type ReportStatement<K extends ReportKind> = Readonly<Omit<z.infer<(typeof SHAPES)[K]>, 'v'>>;

export function signReport<K extends ReportKind>(
  kind: K,
  statement: ReportStatement<K>,
  signer: Signer,
): Promise<Uint8Array> {
  return signStatement(kind, { v: 1, ...statement }, signer);
}

/**
 * Verifies what `from` signed for `to`; `at` is in milliseconds. Refuses with `certificate.wrong-domain`,
 * `signature.invalid`, `request.invalid` for one that is dated in the future, or `encoding.*`.
 */
export function openReport<K extends ReportKind>(
  kind: K,
  statement: Uint8Array,
  expected: { readonly from: string; readonly to: string; readonly at: number },
  publicKey: Uint8Array,
  suite: CryptoSuite,
): Result<ReportStatement<K>> {
  const opened = openStatement(kind, statement, publicKey, shapeOf(kind), MAX_REPORT_BYTES, suite);
  if (!opened.ok) return opened;
  const { from, to, time } = opened.value;
  if (from !== expected.from || to !== expected.to)
    return refuse('certificate.wrong-domain', `${kind} is from ${from} to ${to}`);
  if (time > expected.at + MAX_CLOCK_AHEAD_MS)
    return refuse('request.invalid', `${kind} of ${from} is dated in the future; check the clocks`);
  return accept(opened.value);
}

/** Reads what was signed or verified here. Refuses with an `encoding.*` code. */
export function readReport<K extends ReportKind>(kind: K, statement: Uint8Array): Result<ReportStatement<K>> {
  return readStatement(kind, statement, shapeOf(kind), MAX_REPORT_BYTES);
}

function shapeOf<K extends ReportKind>(kind: K): z.ZodType<ReportStatement<K>> {
  return SHAPES[kind] as unknown as z.ZodType<ReportStatement<K>>;
}
