/**
 * A receipt: a partner's signed statement which messages of one bundle its archive now holds, at which positions
 * of its log, and which it refused with which code. One receipt covers a bundle, so signing costs once a bundle.
 */
import { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/suite.ts';
import { count, hash32, milliseconds } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { openStatement, readStatement, signStatement, signedParts, type SignedParts } from './statement.ts';

/** Bytes of a receipt: a full bundle of refusals with their texts fits. */
export const MAX_RECEIPT_BYTES = 65_536;

const shape = z.strictObject({
  v: z.literal(1),
  /** Who archived, and for whom: domains. */
  from: z.string(),
  to: z.string(),
  time: milliseconds,
  archived: z.array(z.tuple([hash32, count])).max(512),
  refused: z.array(z.tuple([hash32, z.string().max(64), z.string().max(512)])).max(512),
  /** The archive's signed checkpoint that covers the positions (C2SP tlog-checkpoint). */
  checkpoint: z.string().max(4_096),
});

export interface Receipt {
  readonly from: string;
  readonly to: string;
  readonly time: number;
  /** Message id and its position in the receiver's log. */
  readonly archived: readonly (readonly [Uint8Array, number])[];
  /** Message id, code, text for a person. */
  readonly refused: readonly (readonly [Uint8Array, string, string])[];
  readonly checkpoint: string;
}

export function signReceipt(receipt: Receipt, signer: Signer): Promise<Uint8Array> {
  return signStatement('receipt', { v: 1, ...receipt }, signer);
}

/** Verifies a receipt that `from` gave to `to`. Refuses with `certificate.wrong-domain`, `signature.invalid` or `encoding.*`. */
export function openReceipt(
  statement: Uint8Array,
  expected: { from: string; to: string },
  publicKey: Uint8Array,
  suite: CryptoSuite,
): Result<Receipt> {
  const opened = openStatement('receipt', statement, publicKey, shape, MAX_RECEIPT_BYTES, suite);
  if (!opened.ok) return opened;
  const { v: _version, ...receipt } = opened.value;
  if (receipt.from !== expected.from || receipt.to !== expected.to) {
    return refuse('certificate.wrong-domain', `receipt is from ${receipt.from} to ${receipt.to}`);
  }
  return accept(receipt);
}

/** What was signed, and the signature, for who knows nothing of receipts. Refuses with an `encoding.*` code. */
export function signedPartsOfReceipt(statement: Uint8Array): Result<SignedParts> {
  return signedParts('receipt', statement, MAX_RECEIPT_BYTES);
}

/** Reads a receipt that was verified when it was archived. Refuses with an `encoding.*` code. */
export function readReceipt(statement: Uint8Array): Result<Receipt> {
  return readStatement('receipt', statement, shape, MAX_RECEIPT_BYTES);
}
