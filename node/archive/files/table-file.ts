/**
 * Checks one of LevelDB's table files, block by block, against the checksums that LevelDB itself does not look at when
 * it reads. What is wrong is told with the keys that lie there. Holds one block and the file's index in memory.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { BLOCK_TRAILER_BYTES, hasChecksum, pairsOfBlock } from './block.ts';
import { Bytes } from './bytes.ts';
import type { FileFinding, KeySpan } from './file-finding.ts';

const FOOTER_BYTES = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);

/** The number of the write and the kind of change, behind each key. */
const KEY_SUFFIX_BYTES = 8;

/** No block is larger, in bytes: one value is at most a batch, and an index has a key for each block. */
const BLOCK_MAX = 64 * 1024 * 1024;

interface Place {
  readonly offset: number;
  readonly size: number;
}

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
  const places = footer && placesIn(footer);
  if (places === undefined) return whole('the end of the file is not that of a table');
  const [metaindex, index] = places;
  const findings: FileFinding[] = [];
  const indexBlock = await readBlock(handle, index);
  const rows = indexBlock && pairsOfBlock(indexBlock);
  if (rows === undefined) return whole('the index of the file is not as it was written');
  let from = span.from;
  let end = 0;
  for (const [key, value] of rows) {
    const to = key.subarray(0, -KEY_SUFFIX_BYTES);
    const place = placeIn(new Bytes(value));
    const block = place && (await readBlock(handle, place));
    if (block === undefined) {
      findings.push({ file, problem: 'a block is not as it was written', span: { from, to } });
    }
    if (place !== undefined) end = place.offset + place.size + BLOCK_TRAILER_BYTES;
    from = to;
    await pause(block?.length ?? 0);
  }
  const meta = await checkMeta(handle, metaindex);
  if (meta === undefined) findings.push({ file, problem: 'a filter is not as it was written', span });
  const last = footerProblem(footer, places, size, end, meta);
  return last === undefined ? findings : [...findings, { file, problem: last, span }];
}

/** The filters of a table: where a bit of one flips, what is there seems not to be. How many bytes all of it takes. */
async function checkMeta(handle: FileHandle, metaindex: Place): Promise<number | undefined> {
  const block = await readBlock(handle, metaindex);
  const rows = block && pairsOfBlock(block);
  if (rows === undefined) return undefined;
  let bytes = metaindex.size + BLOCK_TRAILER_BYTES;
  for (const [, value] of rows) {
    const place = placeIn(new Bytes(value));
    if (place === undefined || (await readBlock(handle, place)) === undefined) return undefined;
    bytes += place.size + BLOCK_TRAILER_BYTES;
  }
  return bytes;
}

/** The footer has no checksum: but its blocks lie one behind the other, and what is between is nothing but zeros. */
function footerProblem(
  footer: Uint8Array | undefined,
  [metaindex, index]: readonly [Place, Place],
  size: number,
  dataEnd: number,
  metaBytes: number | undefined,
): string | undefined {
  const indexEnd = index.offset + index.size + BLOCK_TRAILER_BYTES;
  const isDense =
    index.offset === metaindex.offset + metaindex.size + BLOCK_TRAILER_BYTES &&
    indexEnd === size - FOOTER_BYTES &&
    (metaBytes === undefined || dataEnd + metaBytes === index.offset);
  const input = new Bytes((footer ?? new Uint8Array(0)).subarray(0, FOOTER_BYTES - MAGIC.length));
  for (let number = 0; number < 4; number += 1) input.varint();
  const padding = input.take(input.left) ?? [];
  return isDense && padding.every((byte) => byte === 0)
    ? undefined
    : 'the end of the file is not as it was written';
}

function placesIn(footer: Uint8Array): readonly [Place, Place] | undefined {
  if (!MAGIC.every((byte, at) => footer[FOOTER_BYTES - MAGIC.length + at] === byte)) return undefined;
  const input = new Bytes(footer.subarray(0, FOOTER_BYTES - MAGIC.length));
  const metaindex = placeIn(input);
  const index = placeIn(input);
  return metaindex === undefined || index === undefined ? undefined : [metaindex, index];
}

function placeIn(input: Bytes): Place | undefined {
  const [offset, size] = [input.varint(), input.varint()];
  return offset === undefined || size === undefined ? undefined : { offset, size };
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
