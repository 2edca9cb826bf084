/**
 * Canonical CBOR (RFC 8949, section 4.2.1, core deterministic encoding) for everything Chancery signs or sends.
 * Guarantees: one value has one encoding; a decoder refuses anything else, and anything over its size limit.
 */
import { decode, encode } from 'cborg';
import type { z } from 'zod';
import { accept, refuse, type Result } from '../errors/index.ts';
import { isCanonical } from './canonical.ts';

/**
 * Encodes a plain value: integers, strings, byte arrays, arrays, string-keyed maps, booleans, null. The encoder's own
 * order of keys, by length and then by bytes, is the deterministic one where all keys are text, and its fastest.
 */
export function encodeCbor(value: unknown): Uint8Array {
  return encode(value);
}

const DECODE = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const;

/**
 * Decodes what `decodeCbor` accepted once in this shape and is proven to be the same since, by a hash: neither form nor
 * shape is looked at again. Throws for what is no CBOR.
 */
export function decodeProven<T>(bytes: Uint8Array, _shape: z.ZodType<T>): T {
  return decode(bytes, DECODE) as T;
}

/**
 * Decodes bytes of at most `limit` bytes and checks their shape.
 * Refuses with `encoding.too-large`, `encoding.malformed` or `encoding.not-canonical`.
 * A strict CBOR decoder still lets unsorted map keys through, so the form is checked apart.
 */
export function decodeCbor<T>(
  bytes: Uint8Array,
  limit: number,
  shape: z.ZodType<T>,
  what: string,
): Result<T> {
  if (bytes.length > limit) {
    return refuse('encoding.too-large', `${what} has ${bytes.length} bytes; at most ${limit} are accepted`, {
      bytes: bytes.length,
      limit,
    });
  }
  let value: unknown;
  try {
    value = decode(bytes, DECODE);
    if (!isCanonical(bytes)) {
      return refuse(
        'encoding.not-canonical',
        `${what} is not in canonical form; encode it as RFC 8949, 4.2.1 says`,
      );
    }
  } catch (cause) {
    return refuse('encoding.malformed', `${what} is not valid CBOR: ${(cause as Error).message}`);
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const version = issue?.path[0] === 'v';
    return refuse(
      version ? 'encoding.unknown-version' : 'encoding.malformed',
      version
        ? `${what} is of a version this program does not know; update it`
        : `${what} has a wrong shape at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  return accept(parsed.data);
}
