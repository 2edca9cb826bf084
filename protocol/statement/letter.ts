/**
 * What one organisation tells another by a signed statement, and has the other's signed notice of that it is archived: requests
 * for preservation, and reports of phishing. Guarantees: each kind is signed for its own purpose, by one domain for one other.
 */
import type { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/suite.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import type { Context } from '../signing/index.ts';
import { MAX_PRESERVATION_BYTES, PRESERVATION_LETTERS } from './preservation.ts';
import { MAX_REPORT_BYTES, REPORT_LETTERS } from './report.ts';
import { openStatement, readStatement, signStatement } from './statement.ts';

/** Milliseconds the clock of who signed it may be ahead of ours. */
const MAX_CLOCK_AHEAD_MS = 600_000;

const SHAPES = { ...PRESERVATION_LETTERS, ...REPORT_LETTERS } as const satisfies Partial<
  Record<Context, z.ZodType>
>;

export type LetterKind = keyof typeof SHAPES;
export type Letter<K extends LetterKind> = K extends LetterKind
  ? Readonly<Omit<z.infer<(typeof SHAPES)[K]>, 'v'>>
  : never;

/** Who is to have signed a letter, for whom, and what time it is by our clock (milliseconds). */
export interface ExpectedLetter {
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

export function signLetter<K extends LetterKind>(
  kind: K,
  letter: Letter<K>,
  signer: Signer,
): Promise<Uint8Array> {
  return signStatement(kind, { v: 1, ...letter }, signer);
}

/**
 * Verifies what `from` signed for `to`. Refuses with `certificate.wrong-domain`, `signature.invalid`, `request.invalid` for one
 * that is dated in the future, or `encoding.*`.
 */
export function openLetter<K extends LetterKind>(
  kind: K,
  statement: Uint8Array,
  expected: ExpectedLetter,
  publicKey: Uint8Array,
  suite: CryptoSuite,
): Result<Letter<K>> {
  const opened = openStatement(kind, statement, publicKey, shapeOf(kind), limitOf(kind), suite);
  if (!opened.ok) return opened;
  const { from, to, time } = opened.value;
  if (from !== expected.from || to !== expected.to)
    return refuse('certificate.wrong-domain', `${kind} is from ${from} to ${to}`);
  if (time > expected.at + MAX_CLOCK_AHEAD_MS)
    return refuse('request.invalid', `${kind} of ${from} is dated in the future; check the clocks`);
  return accept(opened.value);
}

/** Reads what was signed or verified here. Refuses with an `encoding.*` code. */
export function readLetter<K extends LetterKind>(kind: K, statement: Uint8Array): Result<Letter<K>> {
  return readStatement(kind, statement, shapeOf(kind), limitOf(kind));
}

function shapeOf<K extends LetterKind>(kind: K): z.ZodType<Letter<K>> {
  return SHAPES[kind] as unknown as z.ZodType<Letter<K>>;
}

function limitOf(kind: LetterKind): number {
  return kind in REPORT_LETTERS ? MAX_REPORT_BYTES : MAX_PRESERVATION_BYTES;
}
