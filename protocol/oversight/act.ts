/**
 * What a compliance officer does with the authority of that role, signed by their own device: so that neither an operator
 * nor who holds the node's keys can do it in their name. Guarantees: an act is for one organisation, names its officer and
 * device, and is never taken for another one that says the same; an approval names the very bytes of what it approves.
 */
import { z } from 'zod';
import { holdNoticeTextShape, holdScopeShape } from '../archive/index.ts';
import type { CryptoSuite, Signer } from '../crypto/index.ts';
import { count, exactly, hash32, milliseconds } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';
import { openStatement, readStatement, signStatement } from '../statement/index.ts';
import { askedShape } from './asked.ts';

/** Bytes of an act: one that asks for the largest export names its entries in less. */
export const MAX_ACT_BYTES = 393_216;

/** The length of what tells two acts apart that say the same, in bytes. */
export const ACT_NONCE_BYTES = 16;

const reason = z.string().max(1_024);

const deedShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ask'), asked: askedShape }),
  /** `request` is the entry of the act that asks, `act` its SHA-256 as it was signed. */
  z.strictObject({ kind: z.literal('approve'), request: count, act: hash32 }),
  /** Another's request is turned down, or one's own taken back. */
  z.strictObject({ kind: z.literal('decline'), request: count, act: hash32, reason }),
  z.strictObject({
    kind: z.literal('hold'),
    matter: z.string().min(1).max(128),
    scope: holdScopeShape,
    reason: reason.min(1),
    /** What custodians are told; left out, nobody is told. */
    notice: holdNoticeTextShape.optional(),
  }),
]);

const actShape = z.strictObject({
  v: z.literal(1),
  /** The organisation whose archive it is about. */
  domain: z.string().max(253),
  officer: z.string().max(320),
  /** The peer id of the device. */
  device: z.string().max(64),
  /** By the device's clock. */
  time: milliseconds,
  nonce: exactly(ACT_NONCE_BYTES),
  deed: deedShape,
});

export type Deed = z.infer<typeof deedShape>;
export type Act = Omit<z.infer<typeof actShape>, 'v'>;

export function signAct(act: Act, signer: Signer): Promise<Uint8Array> {
  return signStatement('officer-act', { v: 1, ...act }, signer);
}

/** Verifies an act under a device's key. Refuses with `signature.invalid` or an `encoding.*` code. */
export function openAct(signed: Uint8Array, publicKey: Uint8Array, suite: CryptoSuite): Result<Act> {
  return openStatement('officer-act', signed, publicKey, actShape, MAX_ACT_BYTES, suite);
}

/** Decodes an act that was verified when it was archived. Refuses with an `encoding.*` code. */
export function readAct(signed: Uint8Array): Result<Act> {
  return readStatement('officer-act', signed, actShape, MAX_ACT_BYTES);
}
