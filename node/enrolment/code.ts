/** Enrolment codes: 80 random bits in letters and digits that nobody confuses, in groups that can be read out. */
import { toString } from 'uint8arrays/to-string';
import { fromString } from 'uint8arrays/from-string';

const CODE_BYTES = 10;

/** A new code, as `ABCD-EFGH-…`: base32 without 0, 1, 8 and 9. */
export function makeCode(randomBytes: (length: number) => Uint8Array): string {
  const text = toString(randomBytes(CODE_BYTES), 'base32').toUpperCase();
  return text.match(/.{4}/g)?.join('-') ?? text;
}

/** What of a code is stored: a hash of its letters, so that case, spaces and dashes do not matter. */
export function hashCode(code: string, sha256: (data: Uint8Array) => Uint8Array): Uint8Array {
  return sha256(fromString(`chancery/enrolment/v1\0${code.toUpperCase().replace(/[^A-Z2-7]/g, '')}`));
}
