/** The field shapes that wire types share, for zod: bytes of a given length, safe integers, times. */
import { z } from 'zod';

/** Bytes of at most `max`. The type is spelled out so that every runtime's byte array fits. */
export function bytes(max: number): z.ZodType<Uint8Array> {
  return z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= max, {
    error: `not at most ${max} bytes`,
  });
}

/** Exactly `length` bytes. */
export function exactly(length: number): z.ZodType<Uint8Array> {
  return z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length, {
    error: `not ${length} bytes`,
  });
}

/** SHA-256 sized: ids, hashes, fingerprints. */
export const hash32: z.ZodType<Uint8Array> = exactly(32);

/** A whole number from 0 to 2^53 - 1: sequence numbers, sizes, counts. */
export const count: z.ZodNumber = z.number().int().nonnegative();

/** Milliseconds since 1970-01-01T00:00:00Z. */
export const milliseconds: z.ZodType<number> = z.number().int().nonnegative();

/** Seconds since 1970-01-01T00:00:00Z. */
export const seconds: z.ZodType<number> = z.number().int().nonnegative();
