/** Bytes in the JSON of an export: base64 with padding (RFC 4648, section 4), in its one canonical form. */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { z } from 'zod';

/** Bytes of at most `max`. */
export function base64(max: number): z.ZodType<Uint8Array, string> {
  return z
    .string()
    .max(4 * Math.ceil(max / 3))
    .transform((text, context) => {
      const bytes = decoded(text);
      if (bytes !== undefined) return bytes;
      context.addIssue({ code: 'custom', message: 'not base64' });
      return z.NEVER;
    });
}

export function toBase64(bytes: Uint8Array): string {
  return toString(bytes, 'base64pad');
}

function decoded(text: string): Uint8Array | undefined {
  try {
    const bytes = fromString(text, 'base64pad');
    return toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
