/**
 * What a run of entries becomes once it is full: blocks of tokens, each with the places of the entries that have it. A
 * token's first 10 bits say in which block it is, so one read finds it; tokens are hashes, so blocks are of like size.
 *
 * A block is, for each of its tokens in ascending order: how far it is from the one before, how many bytes of places
 * follow, and the places, newest first, each as how far it is below the one before. All are LEB128.
 */
import { RUN_ENTRIES } from './run.ts';

/** Blocks of a run: some 6 kB each where messages are short. */
export const BLOCKS = 1_024;

/** Bits of a token's rest, below its block. */
export const REST_BITS = 30;

const REST = 2 ** REST_BITS;

export function blockOf(token: number): number {
  return Math.floor(token / REST);
}

/** Tokens of one block, by their rests, each with a place: in ascending order, and newest first where rests are the same. */
export interface Pairs {
  readonly rests: Uint32Array;
  readonly places: Uint16Array;
}

/** What one token and place take in a block, at most. */
export const PAIR_BYTES = 12;

/** The block of these pairs. It is written to `space`, which has {@link PAIR_BYTES} for each. */
export function encodeBlock({ rests, places }: Pairs, space: Uint8Array): Uint8Array {
  const { length } = rests;
  let end = 0;
  let last = 0;
  for (let at = 0; at < length;) {
    const rest = rests[at] ?? 0;
    end = write(space, end, rest - last);
    last = rest;
    const lengthAt = end;
    end += 1; // nearly always enough for the length
    let before = RUN_ENTRIES - 1;
    for (; at < length && rests[at] === rest; at += 1) {
      const place = places[at] ?? 0;
      end = write(space, end, before - place);
      before = place;
    }
    end = writeLength(space, lengthAt, end);
  }
  return space.slice(0, end);
}

const NONE = new Uint16Array(0);

/** The places of the entries that have a token, the newest first, from its block. */
export function placesIn(block: Uint8Array, token: number): Uint16Array {
  const wanted = token % REST;
  const reader = { bytes: block, at: 0 };
  let rest = 0;
  while (reader.at < block.length) {
    rest += read(reader);
    const length = read(reader);
    if (rest === wanted) return decodePlaces(block, reader.at, reader.at + length);
    if (rest > wanted) return NONE;
    reader.at += length;
  }
  return NONE;
}

function decodePlaces(bytes: Uint8Array, from: number, to: number): Uint16Array {
  const places = new Uint16Array(to - from);
  const reader = { bytes, at: from };
  let count = 0;
  for (let place = RUN_ENTRIES - 1; reader.at < to; count += 1) {
    place -= read(reader);
    places[count] = place;
  }
  return places.subarray(0, count);
}

/** A block without the places that are gone, undefined where it has none of them. */
export function withoutPlaces(block: Uint8Array, isGone: (place: number) => boolean): Uint8Array | undefined {
  const rests = new Uint32Array(block.length);
  const places = new Uint16Array(block.length);
  const reader = { bytes: block, at: 0 };
  let [rest, left, found] = [0, 0, false];
  while (reader.at < block.length) {
    rest += read(reader);
    const length = read(reader);
    for (const place of decodePlaces(block, reader.at, reader.at + length)) {
      if (isGone(place)) found = true;
      else {
        rests[left] = rest;
        places[left] = place;
        left += 1;
      }
    }
    reader.at += length;
  }
  if (!found) return undefined;
  const pairs = { rests: rests.subarray(0, left), places: places.subarray(0, left) };
  return encodeBlock(pairs, new Uint8Array(left * PAIR_BYTES));
}

/** Moves what was written after a length of one byte where the length takes more. */
function writeLength(space: Uint8Array, at: number, end: number): number {
  const length = end - at - 1;
  const extra = length < 0x80 ? 0 : length < 0x4000 ? 1 : 2;
  if (extra > 0) space.copyWithin(at + 1 + extra, at + 1, end);
  write(space, at, length);
  return end + extra;
}

function write(space: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (; rest >= 0x80; at += 1) {
    space[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7; // below 2^30
  }
  space[at] = rest;
  return at + 1;
}

function read(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}
