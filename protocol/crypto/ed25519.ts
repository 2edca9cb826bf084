/**
 * The one rule by which Ed25519 signatures are accepted (RFC 8032, 5.1.7, strict), as checks on the encodings that
 * every verifier makes before its library's own: libraries differ exactly here.
 * With them, sodium, OpenSSL and noble accept and refuse the same signatures.
 */

/** y-coordinates of the points of small order, canonical or not, little-endian, without the sign bit. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  hex('00', '00', '00'), // order 4
  hex('01', '00', '00'), // the identity
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', // order 8
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', // order 8
  hex('ec', 'ff', '7f'), // order 2: p - 1
]);

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The order of the base point, little-endian: S must be below it. */
const ORDER = Uint8Array.of(
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14],
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10],
);

/** The field's prime 2^255 - 19, little-endian: a coordinate must be below it. */
const PRIME = Uint8Array.of(0xed, ...Array.from({ length: 30 }, () => 0xff), 0x7f);

/**
 * Whether public key and signature are encoded as the rule demands: right lengths, canonical A and R that are not of
 * small order, S below the group order. What remains is the equation itself, without cofactor.
 */
export function isStrictlyEncoded(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return (
    isBelow(signature.subarray(KEY_BYTES), ORDER) &&
    isUsablePoint(publicKey) &&
    isUsablePoint(signature.subarray(0, KEY_BYTES))
  );
}

/** Whether a public key may be certified at all: right length, canonical, not of small order. */
export function isUsableKey(publicKey: Uint8Array): boolean {
  return publicKey.length === KEY_BYTES && isUsablePoint(publicKey);
}

function isUsablePoint(encoded: Uint8Array): boolean {
  const y = Uint8Array.from(encoded); // not slice(), which on a Buffer would share the caller's memory
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, PRIME) && !isSmallOrder(y);
}

/** Most points differ from all of the list in their first and last byte, so the text is seldom made. */
function isSmallOrder(y: Uint8Array): boolean {
  switch (y[31]) {
    case 0x00:
    case 0x05:
    case 0x7a:
    case 0x7f:
      return SMALL_ORDER.has(Array.from(y, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    default:
      return false;
  }
}

/** Little-endian comparison. */
function isBelow(value: Uint8Array, bound: Uint8Array): boolean {
  for (let index = bound.length - 1; index >= 0; index -= 1) {
    const [a = 0, b = 0] = [value[index], bound[index]];
    if (a !== b) return a < b;
  }
  return false;
}

/** 32 bytes in hex: the first, thirty of the middle, the last. */
function hex(first: string, middle: string, last: string): string {
  return first + middle.repeat(30) + last;
}
