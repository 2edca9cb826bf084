/**
 * Checks one of LevelDB's table files, block by block, against the checksums that LevelDB itself does not look at when
 * it reads. What is wrong is told with the keys that lie there. Holds one block and the file's index in memory.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { BLOCK_TRAILER_BYTES, hasChecksum, pairsOfBlock } from './block.ts';
import { Bytes } from './bytes.ts';
import type { FileFinding, KeySpan } from './file-finding.ts';
import {
  decodeFooter,
  decodePlace,
  endOf,
  FOOTER_BYTES,
  isIntactFooter,
  type Place,
} from './table-footer.ts';

/** The number of the write and the kind of change, behind each key. */
const KEY_SUFFIX_BYTES = 8;

/** No block is larger, in bytes: one value is at most a batch, and an index has a key for each block. */
const BLOCK_MAX = 64 * 1024 * 1024;

/** @param span where the keys of the whole table lie; `pause` is waited for after each block, told its bytes */
export async function checkTable(
  file: string,
  span: KeySpan,
  pause: (bytes: number) => Promise<void>,
): Promise<FileFinding[]> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return [{ file, problem: 'the file is missing or cannot be read', span }];
  try {
    return await checkOpen(handle, file, span, pause);
  } finally {
    await handle.close();
  }
}

async function checkOpen(
  handle: FileHandle,
  file: string,
  span: KeySpan,
  pause: (bytes: number) => Promise<void>,
): Promise<FileFinding[]> {
  const { size } = await handle.stat();
  const whole = (problem: string): FileFinding[] => [{ file, problem, span }];
  const footer = size < FOOTER_BYTES ? undefined : await read(handle, size - FOOTER_BYTES, FOOTER_BYTES);
  const places = footer && decodeFooter(footer);
  if (footer === undefined || places === undefined)
    return whole('the end of the file is not that of a table');
  const { metaindex, index } = places;
  const findings: FileFinding[] = [];
  const indexBlock = await readBlock(handle, index);
  const rows = indexBlock && pairsOfBlock(indexBlock);
  if (rows === undefined) return whole('the index of the file is not as it was written');
  let from = span.from;
  let end = 0;
  for (const [key, value] of rows) {
    const to = key.subarray(0, -KEY_SUFFIX_BYTES);
    const place = decodePlace(new Bytes(value));
    const block = place && (await readBlock(handle, place));
    if (block === undefined) {
      findings.push({ file, problem: 'a block is not as it was written', span: { from, to } });
    }
    if (place !== undefined) end = endOf(place);
    from = to;
    await pause(block?.length ?? 0);
  }
  const meta = await checkMeta(handle, metaindex);
  if (meta === undefined) findings.push({ file, problem: 'a filter is not as it was written', span });
  const isDense = meta === undefined || end + meta === index.offset;
  if (!isDense || !isIntactFooter(footer, size))
    findings.push({ file, problem: 'the end of the file is not as it was written', span });
  return findings;
}

/** The filters of a table: where a bit of one flips, what is there seems not to be. How many bytes all of it takes. */
async function checkMeta(handle: FileHandle, metaindex: Place): Promise<number | undefined> {
  const block = await readBlock(handle, metaindex);
  const rows = block && pairsOfBlock(block);
  if (rows === undefined) return undefined;
  let bytes = metaindex.size + BLOCK_TRAILER_BYTES;
  for (const [, value] of rows) {
    const place = decodePlace(new Bytes(value));
    if (place === undefined || (await readBlock(handle, place)) === undefined) return undefined;
    bytes += place.size + BLOCK_TRAILER_BYTES;
  }
  return bytes;
}

/** A block with its trailer, if it has its checksum. */
async function readBlock(handle: FileHandle, { offset, size }: Place): Promise<Uint8Array | undefined> {
  if (size > BLOCK_MAX) return undefined;
  const block = await read(handle, offset, size + BLOCK_TRAILER_BYTES);
  return block !== undefined && hasChecksum(block) ? block : undefined;
}

async function read(handle: FileHandle, offset: number, length: number): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(length);
  try {
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    return bytesRead === length ? bytes : undefined;
  } catch {
    return undefined; // a sector that cannot be read is as good as a flipped bit
  }
}
