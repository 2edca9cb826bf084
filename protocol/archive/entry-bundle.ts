/** C2SP tlog-tiles entry bundles: log entries one after the other, each after its length as a big-endian uint16. */
import { accept, refuse, type Result } from '../errors/index.ts';

const LENGTH_BYTES = 2;
const ENTRY_BYTES_MAX = 0xffff;

/** Throws a RangeError for an entry of more than 65,535 bytes, of which there is none. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  const view = new DataView(bundle.buffer);
  let at = 0;
  for (const entry of entries) {
    if (entry.length > ENTRY_BYTES_MAX) throw new RangeError(`an entry has ${entry.length} bytes`);
    view.setUint16(at, entry.length);
    bundle.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.length;
  }
  return bundle;
}

/** The entries of a bundle that has `count` of them. Refuses with `encoding.malformed`. */
export function decodeEntryBundle(bundle: Uint8Array, count: number): Result<readonly Uint8Array[]> {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.length);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= bundle.length && entries.length < count) {
    const end = at + LENGTH_BYTES + view.getUint16(at);
    if (end > bundle.length) break;
    entries.push(bundle.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return at === bundle.length && entries.length === count
    ? accept(entries)
    : refuse('encoding.malformed', `the bundle does not hold exactly ${count} entries; fetch it again`);
}
