/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) of a text: of its UTF-16 units, little-endian. Written out here, in halves of
 * 32 bits, because a word is hashed before a call to a library has begun: an HMAC takes forty times as long.
 */

/** 128 bits. */
export type SipKey = readonly [number, number, number, number];

/** @param key 16 bytes; the caller's to zero */
export function sipKey(key: Uint8Array): SipKey {
  const view = new DataView(key.buffer, key.byteOffset, 16);
  return [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true)];
}

/**
 * The low 40 bits of the hash of a text, or of a part of it. The state is four numbers of 64 bits, a to d, each as its high
 * and low half.
 * @param set bits that are set in each unit before it is hashed: 0x20 makes small letters of ASCII capitals
 */
export function sipHash40(
  [k0, k1, k2, k3]: SipKey,
  text: string,
  from = 0,
  to: number = text.length,
  set = 0,
): number {
  let al = k0 ^ 0x70736575;
  let ah = k1 ^ 0x736f6d65;
  let bl = k2 ^ 0x6e646f6d;
  let bh = k3 ^ 0x646f7261;
  let cl = k0 ^ 0x6e657261;
  let ch = k1 ^ 0x6c796765;
  let dl = k2 ^ 0x79746573;
  let dh = k3 ^ 0x74656462;
  const length = to - from;
  const both = set | (set << 16);
  let at = from;
  // whole blocks of four units, then what is left with the length, then the end
  for (let block = length >> 2; block >= -1; block -= 1) {
    let ml = 0;
    let mh = 0;
    let rounds = 2;
    if (block > 0) {
      ml = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16) | both;
      mh = text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16) | both;
      at += 4;
    } else if (block === 0) {
      const left = to - at;
      if (left > 0) ml = text.charCodeAt(at) | set;
      if (left > 1) ml |= (text.charCodeAt(at + 1) | set) << 16;
      if (left > 2) mh = text.charCodeAt(at + 2) | set;
      mh |= length << 25; // in bytes
    } else {
      cl ^= 0xff;
      rounds = 4;
    }
    dl ^= ml;
    dh ^= mh;
    for (; rounds > 0; rounds -= 1) {
      let next = (al + bl) | 0;
      ah = (ah + bh + carry(al, bl, next)) | 0;
      al = next;
      next = (bh << 13) | (bl >>> 19);
      bl = ((bl << 13) | (bh >>> 19)) ^ al;
      bh = next ^ ah;
      next = al;
      al = ah;
      ah = next;
      next = (cl + dl) | 0;
      ch = (ch + dh + carry(cl, dl, next)) | 0;
      cl = next;
      next = (dh << 16) | (dl >>> 16);
      dl = ((dl << 16) | (dh >>> 16)) ^ cl;
      dh = next ^ ch;
      next = (al + dl) | 0;
      ah = (ah + dh + carry(al, dl, next)) | 0;
      al = next;
      next = (dh << 21) | (dl >>> 11);
      dl = ((dl << 21) | (dh >>> 11)) ^ al;
      dh = next ^ ah;
      next = (cl + bl) | 0;
      ch = (ch + bh + carry(cl, bl, next)) | 0;
      cl = next;
      next = (bh << 17) | (bl >>> 15);
      bl = ((bl << 17) | (bh >>> 15)) ^ cl;
      bh = next ^ ch;
      next = cl;
      cl = ch;
      ch = next;
    }
    al ^= ml;
    ah ^= mh;
  }
  return ((ah ^ bh ^ ch ^ dh) & 0xff) * 2 ** 32 + ((al ^ bl ^ cl ^ dl) >>> 0);
}

/** What a sum of two numbers of 32 bits carries over. */
function carry(first: number, second: number, sum: number): number {
  return ((first & second) | ((first | second) & ~sum)) >>> 31;
}
