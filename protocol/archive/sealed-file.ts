/**
 * How the file of a message lies beside the log: its chunks in order, each sealed with AES-256-GCM (NIST SP 800-38D) under
 * a key that is the file's alone and lies in the content of the message's entry. So whoever can open the message can open
 * its file, and nobody else; what disposes of the content disposes of the file in every copy. A chunk is bound to the
 * file's hash, its size and its own place: no chunk can be exchanged, moved, left out or cut off.
 */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import { FILE_CHUNK_BYTES, chunkLength, type FileInfo } from '../message/index.ts';
import { NONCE_BYTES } from './sealed.ts';

/** The length of a file's key, in bytes. */
export const FILE_KEY_BYTES = 32;

/** What sealing adds to a chunk, in bytes. */
const TAG_BYTES = 16;

/** Bytes of a sealed chunk, at most. */
export const SEALED_CHUNK_BYTES: number = FILE_CHUNK_BYTES + TAG_BYTES;

const CONTEXT = fromString('chancery file v1');

/** The nonce of a chunk: its index. The key seals the chunks of one file, each once. */
export function chunkNonce(index: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setUint32(NONCE_BYTES - 4, index);
  return nonce;
}

/** The associated data of a chunk: the file's hash and size, and the chunk's index. */
export function chunkContext({ digest, size }: FileInfo, index: number): Uint8Array {
  const numbers = new DataView(new ArrayBuffer(8));
  numbers.setUint32(0, size);
  numbers.setUint32(4, index);
  return concat([CONTEXT, digest, new Uint8Array(numbers.buffer)]);
}

/** Where a sealed chunk lies in the sealed file, in bytes. */
export function sealedChunk(file: FileInfo, index: number): { readonly at: number; readonly length: number } {
  return { at: index * (file.chunkBytes + TAG_BYTES), length: chunkLength(file, index) + TAG_BYTES };
}
