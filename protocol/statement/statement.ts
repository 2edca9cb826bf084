/**
 * A record signed by an organisation's statement key: payload and signature, the payload carried exactly.
 * Roster, agreement and receipt are payloads of it; each has its own context, so none can pass for another.
 */
import { z } from 'zod';
import type { CryptoSuite, Signer } from '../crypto/suite.ts';
import { bytes, decodeCbor, encodeCbor, exactly } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { signedBytes, type Context } from '../signing/index.ts';

/** Bytes the array header, the payload's length and the signature add. */
const WRAPPING_BYTES = 80;

/** Signs a plain value as canonical CBOR. */
export async function signStatement(context: Context, value: unknown, signer: Signer): Promise<Uint8Array> {
  const payload = encodeCbor(value);
  return encodeCbor([payload, await signer.sign(signedBytes(context, payload))]);
}

/**
 * Verifies and decodes a statement; `limit` bounds the payload in bytes, `publicKey` is the statement key's.
 * Refuses with `signature.invalid` or an `encoding.*` code.
 */
export function openStatement<T>(
  context: Context,
  statement: Uint8Array,
  publicKey: Uint8Array,
  shape: z.ZodType<T>,
  limit: number,
  suite: CryptoSuite,
): Result<T> {
  const outer = unwrap(context, statement, limit);
  if (!outer.ok) return outer;
  const [payload, signature] = outer.value;
  if (!suite.verifyEd25519(publicKey, signedBytes(context, payload), signature)) {
    return refuse('signature.invalid', `${context} is not signed by the organisation's statement key`);
  }
  return decodeCbor(payload, limit, shape, context);
}

/** What a verifier that knows nothing of statements needs: the exact bytes that were signed, and the signature over them. */
export interface SignedParts {
  readonly signed: Uint8Array;
  /** 64 bytes, Ed25519. */
  readonly signature: Uint8Array;
}

/** Takes a statement apart. Refuses with an `encoding.*` code. */
export function signedParts(context: Context, statement: Uint8Array, limit: number): Result<SignedParts> {
  const outer = unwrap(context, statement, limit);
  if (!outer.ok) return outer;
  const [payload, signature] = outer.value;
  return accept({ signed: signedBytes(context, payload), signature });
}

/** Decodes a statement that was verified when it was archived. Refuses with an `encoding.*` code. */
export function readStatement<T>(
  context: Context,
  statement: Uint8Array,
  shape: z.ZodType<T>,
  limit: number,
): Result<T> {
  const outer = unwrap(context, statement, limit);
  return outer.ok ? decodeCbor(outer.value[0], limit, shape, context) : outer;
}

function unwrap(context: Context, statement: Uint8Array, limit: number): Result<[Uint8Array, Uint8Array]> {
  return decodeCbor(statement, limit + WRAPPING_BYTES, z.tuple([bytes(limit), exactly(64)]), context);
}
