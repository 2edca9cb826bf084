/** Files as a device hands them in at the level of frames, and has them back. */
import { createHash } from 'node:crypto';
import { chunksOf, FILE_CHUNK_BYTES, type FileInfo } from '../../protocol/message/index.ts';
import type { TestDevice } from './test-device.ts';

/** A file that says something, and how a message names it. */
export function textFile(text: string, name = 'a.txt'): ReturnType<typeof makeFile> {
  const bytes = new Uint8Array(Buffer.from(text));
  const digest = new Uint8Array(createHash('sha256').update(bytes).digest());
  const named = { name, type: 'text/plain', size: bytes.length, digest };
  return { bytes, file: { ...named, chunkBytes: FILE_CHUNK_BYTES } };
}

/** A file of so many bytes that no two calls share, and how a message names it. */
export function makeFile(
  size: number,
  change: Partial<FileInfo> = {},
): { bytes: Uint8Array; file: FileInfo } {
  const bytes = new Uint8Array(size);
  const seed = createHash('sha256').update(`${size} ${Math.random()}`).digest();
  for (let at = 0; at < size; at += 1) bytes[at] = (seed[at % 32] ?? 0) ^ (at >>> 8);
  const digest = new Uint8Array(createHash('sha256').update(bytes).digest());
  const named = { name: 'plan.pdf', type: 'application/pdf', size, digest };
  return { bytes, file: { ...named, chunkBytes: FILE_CHUNK_BYTES, ...change } };
}

export function chunkAt(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.subarray(index * FILE_CHUNK_BYTES, (index + 1) * FILE_CHUNK_BYTES);
}

/** Hands in what the node lacks of a file; the code it is refused with, or `whole`. */
export async function upload(
  device: TestDevice,
  { bytes, file }: ReturnType<typeof makeFile>,
): Promise<string> {
  const begun = await device.ask({ type: 'file-begin', file });
  if (begun.type === 'refused') return begun.code;
  if (begun.type !== 'file-has') throw new Error(begun.type);
  for (let index = begun.chunks; index < chunksOf(file); index += 1) {
    const put = { type: 'file-put', digest: file.digest, index, bytes: chunkAt(bytes, index) } as const;
    const answer = await device.ask(put);
    if (answer.type === 'refused') return answer.code;
  }
  return 'whole';
}

/** Sends the message of a file; its id, and the code it is refused with or `archived`. */
export async function sendFile(
  device: TestDevice,
  conversation: Uint8Array,
  file: FileInfo,
): Promise<{ id: Uint8Array; code: string }> {
  const envelope = await device.sign({ kind: 'attachment', text: 'as promised', file }, { conversation });
  const [result] = await device.submit(envelope);
  const code = result?.state === 'refused' ? result.code : 'archived';
  return { id: result?.message ?? new Uint8Array(), code };
}

/** Whether a device has the file of a message back as it was sent: `same`, `other`, or the code it is refused with. */
export async function download(
  device: TestDevice,
  message: Uint8Array,
  { bytes, file }: ReturnType<typeof makeFile>,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (let index = 0; index < chunksOf(file); index += 1) {
    const answer = await device.ask({ type: 'file-get', message, index });
    if (answer.type === 'refused') return answer.code;
    if (answer.type !== 'file-chunk') throw new Error(answer.type);
    chunks.push(answer.bytes);
  }
  return Buffer.concat(chunks).equals(bytes) ? 'same' : 'other';
}
