/**
 * How identity bundles are made small for the handshake: DEFLATE without a header (RFC 1951). Certificates repeat each
 * other, so a bundle with a proof from the real DNS root fits 4 KiB. The bundle itself, which is hashed and whose parts are
 * signed, is what comes out again.
 */
import { accept, refuse, type Result } from '../errors/index.ts';
import { MAX_STRANGER_FRAME_BYTES } from './protocols.ts';

export interface Deflate {
  deflate(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Refuses with `encoding.malformed`, or with `encoding.too-large` what would grow beyond a stranger's frame. */
  inflate(bytes: Uint8Array): Result<Uint8Array> | Promise<Result<Uint8Array>>;
}

/** As much of Node's `zlib` as is used here. */
interface ZlibLike {
  deflateRawSync(bytes: Uint8Array): Uint8Array;
  inflateRawSync(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array;
}

export function zlibDeflate(zlib: ZlibLike): Deflate {
  return {
    deflate: (bytes) => zlib.deflateRawSync(bytes),
    inflate(bytes) {
      try {
        const inflated = zlib.inflateRawSync(bytes, { maxOutputLength: MAX_STRANGER_FRAME_BYTES });
        return accept(new Uint8Array(inflated)); // no Buffer, which is compared otherwise
      } catch (cause) {
        return cause instanceof RangeError
          ? refuse('encoding.too-large', 'the identity shown is larger than any bundle')
          : refuse('encoding.malformed', 'the identity shown cannot be unpacked; show it anew');
      }
    },
  };
}
