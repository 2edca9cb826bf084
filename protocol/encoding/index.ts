export { decodeCbor, decodeProven, encodeCbor } from './cbor.ts';
export { bytes, count, exactly, hash32, milliseconds, seconds } from './shapes.ts';
