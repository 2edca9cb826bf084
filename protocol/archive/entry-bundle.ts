/** C2SP tlog-tiles entry bundles: log entries one after the other, each after its length as a big-endian uint16. */
import { accept, refuse, type Result } from '../errors/index.ts';
import { joinFramed, splitFramed } from './framing.ts';

/** Throws a RangeError for an entry of more than 65,535 bytes, of which there is none. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return joinFramed(entries, 2);
}

/** The entries of a bundle that has `count` of them. Refuses with `encoding.malformed`. */
export function decodeEntryBundle(bundle: Uint8Array, count: number): Result<readonly Uint8Array[]> {
  const { parts, whole } = splitFramed(bundle, 2, count);
  return whole && parts.length === count
    ? accept(parts)
    : refuse('encoding.malformed', `the bundle does not hold exactly ${count} entries; fetch it again`);
}
