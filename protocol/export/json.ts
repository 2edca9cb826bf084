/** JSON of an export, as it was written and in no other way: what reads the same but is other bytes is refused. */
import { equals } from 'uint8arrays/equals';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { z } from 'zod';
import { accept, refuse, type Result } from '../errors/index.ts';

/** @param format writes the value as it is written in an export */
export function parseExact<T>(
  bytes: Uint8Array | string,
  shape: z.ZodType<T>,
  format: (value: T) => string,
): Result<T> {
  const text = typeof bytes === 'string' ? bytes : toString(bytes);
  if (typeof bytes !== 'string' && !equals(fromString(text), bytes))
    return refuse('export.damaged', 'it is not text');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('export.damaged', 'it is not JSON');
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) return refuse('export.damaged', 'it is not of the form of an export');
  return format(parsed.data) === text
    ? accept(parsed.data)
    : refuse('export.damaged', 'it is not written as an export writes it');
}
