/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes a step, and how LevelDB writes it down. */

/** The polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLES = makeTables();

/** What LevelDB adds to a checksum, so that the checksum of data which holds checksums is no weaker. */
const MASK_DELTA = 0xa282ead8;

/** The checksum of some bytes, going on from that of those before them. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc ^= word(bytes, at);
    const next = word(bytes, at + 4);
    crc =
      entry(7, crc) ^
      entry(6, crc >>> 8) ^
      entry(5, crc >>> 16) ^
      entry(4, crc >>> 24) ^
      entry(3, next) ^
      entry(2, next >>> 8) ^
      entry(1, next >>> 16) ^
      entry(0, next >>> 24);
  }
  for (; at < bytes.length; at += 1) crc = entry(0, crc ^ (bytes[at] as number)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** A checksum as LevelDB stores it. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** The checksum that was stored so. */
export function unmasked(stored: number): number {
  const turned = (stored - MASK_DELTA) >>> 0;
  return ((turned >>> 17) | (turned << 15)) >>> 0;
}

/**
 * The one bit that flipped in `bytes` since they had the checksum `crc`, counted from the first byte's lowest on; undefined
 * where it was more than one. Two or three flipped bits are never taken for one: the code's distance is 4 up to 2^31 bits.
 */
export function flippedBit(bytes: Uint8Array, crc: number): number | undefined {
  const difference = (crc32c(bytes) ^ crc) | 0;
  let ofBit = POLYNOMIAL | 0; // what the last bit adds to the checksum
  for (let bit = 8 * bytes.length - 1; bit >= 0; bit -= 1) {
    if (ofBit === difference) return bit;
    ofBit = ofBit & 1 ? (ofBit >>> 1) ^ POLYNOMIAL : ofBit >>> 1;
  }
  return undefined;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function entry(table: number, byte: number): number {
  return TABLES[table * 256 + (byte & 0xff)] as number;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] as number;
    tables[at] = (tables[before & 0xff] as number) ^ (before >>> 8);
  }
  return tables;
}
