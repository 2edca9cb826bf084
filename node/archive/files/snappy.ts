/** Unpacks a block in Snappy's raw format (github.com/google/snappy, format_description.txt); undefined where it is none. */
import { Bytes } from './bytes.ts';

/** No block of a table is larger, in bytes: an index over the largest table has below a tenth of this. */
const UNPACKED_MAX = 64 * 1024 * 1024;

export function unpackSnappy(packed: Uint8Array): Uint8Array | undefined {
  const input = new Bytes(packed);
  const length = input.varint();
  if (length === undefined || length > UNPACKED_MAX) return undefined;
  const output = new Uint8Array(length);
  let at = 0;
  while (input.left > 0) {
    const [tag = 0] = input.take(1) ?? [];
    const isLiteral = (tag & 3) === 0;
    const size = isLiteral ? literalLength(tag, input) : copyLength(tag);
    if (size === undefined || at + size > length) return undefined;
    if (isLiteral) {
      const literal = input.take(size);
      if (literal === undefined) return undefined;
      output.set(literal, at);
    } else {
      const offset = copyOffset(tag, input);
      if (offset === undefined || offset === 0 || offset > at) return undefined;
      // byte by byte: what is copied may be what the copy itself has just written
      for (let done = 0; done < size; done += 1) output[at + done] = output[at + done - offset] as number;
    }
    at += size;
  }
  return at === length ? output : undefined;
}

function literalLength(tag: number, input: Bytes): number | undefined {
  const short = tag >> 2;
  const long = short < 60 ? undefined : number(input, short - 59);
  return short < 60 ? short + 1 : long === undefined ? undefined : long + 1;
}

function copyLength(tag: number): number {
  return (tag & 3) === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
}

function copyOffset(tag: number, input: Bytes): number | undefined {
  if ((tag & 3) === 1) {
    const low = number(input, 1);
    return low === undefined ? undefined : (tag >> 5) * 256 + low;
  }
  return number(input, (tag & 3) === 2 ? 2 : 4);
}

/** A number of so many bytes, the lowest first. */
function number(input: Bytes, bytes: number): number | undefined {
  return input.take(bytes)?.reduceRight((value, byte) => value * 256 + byte, 0);
}
