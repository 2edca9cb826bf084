/**
 * Puts right one of LevelDB's tables that is damaged, while no process has it open. A single bit that flipped, wherever it
 * lies, is turned back: the checksums tell which one it was. Blocks with more damage than that are left out, since
 * LevelDB takes in whatever it finds there, and dies of keys that are out of order. Nothing that remains was guessed.
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { concat } from 'uint8arrays/concat';
import { correctBlock, encodeBlock, hasChecksum, pairsOfBlock } from './block.ts';
import { Bytes, flipBit } from './bytes.ts';
import {
  decodeFooter,
  decodePlace,
  encodeFooter,
  encodePlace,
  endOf,
  FOOTER_BYTES,
  isIntactFooter,
  type Footer,
  type Place,
} from './table-footer.ts';

/** What became of a table: `reduced` has lost blocks, and `removed` could not be read at all. */
export type TableMend = 'intact' | 'corrected' | 'reduced' | 'removed';

/** So much of a file is read in one go, in bytes: where that cannot be read it is as good as zeros. */
const READ_BYTES = 4096;

/** A block of entries, and the last key in it. */
interface DataBlock {
  readonly key: Uint8Array;
  readonly block: Uint8Array;
}

/** Writes the table anew, under its name, where it is not as it was written. Throws what the system throws. */
export async function mendTable(file: string): Promise<TableMend> {
  const found = await readWhole(file);
  const bytes = found.slice();
  const mended = mendedTable(bytes);
  if (mended === undefined) {
    await rm(file);
    return 'removed';
  }
  if (mended === bytes && Buffer.compare(found, bytes) === 0) return 'intact';
  await replace(file, mended);
  return mended === bytes ? 'corrected' : 'reduced';
}

/** The table itself, corrected in place; another one with the blocks that are left; undefined where none is. */
function mendedTable(bytes: Uint8Array): Uint8Array | undefined {
  const footer = correctFooter(bytes);
  const index = footer && rowsAt(bytes, footer.index);
  if (footer === undefined || index === undefined) return undefined;
  const blocks: DataBlock[] = [];
  for (const [key, value] of index) {
    const block = blockAt(bytes, decodePlace(new Bytes(value)));
    if (block !== undefined) blocks.push({ key, block });
  }
  if (blocks.length === index.length && hasFilters(bytes, footer.metaindex)) return bytes;
  return blocks.length === 0 ? undefined : assemble(blocks);
}

/** The footer has no checksum, but the blocks it tells of have: so each bit is tried. */
function correctFooter(bytes: Uint8Array): Footer | undefined {
  if (bytes.length < FOOTER_BYTES) return undefined;
  const footer = bytes.subarray(bytes.length - FOOTER_BYTES);
  if (isIntactFooter(footer, bytes.length)) return decodeFooter(footer);
  for (let bit = 0; bit < 8 * FOOTER_BYTES; bit += 1) {
    flipBit(footer, bit);
    const tried = isIntactFooter(footer, bytes.length) ? decodeFooter(footer) : undefined;
    if (tried !== undefined && Object.values(tried).every((place: Place) => hasChecksum(slice(bytes, place))))
      return tried;
    flipBit(footer, bit);
  }
  return undefined;
}

/** A block with its trailer, corrected in place where it can be. */
function blockAt(bytes: Uint8Array, place: Place | undefined): Uint8Array | undefined {
  if (place === undefined || endOf(place) > bytes.length) return undefined;
  const block = slice(bytes, place);
  return correctBlock(block) ? block : undefined;
}

/** The block at a place, with its trailer. */
function slice(bytes: Uint8Array, place: Place): Uint8Array {
  return bytes.subarray(place.offset, endOf(place));
}

function rowsAt(bytes: Uint8Array, place: Place): (readonly [Uint8Array, Uint8Array])[] | undefined {
  const block = blockAt(bytes, place);
  return block && pairsOfBlock(block);
}

/** Whether the filters are there: LevelDB does without, but believes those that it finds. */
function hasFilters(bytes: Uint8Array, metaindex: Place): boolean {
  const rows = rowsAt(bytes, metaindex);
  return rows?.every(([, value]) => blockAt(bytes, decodePlace(new Bytes(value))) !== undefined) ?? false;
}

/** A table of these blocks, without filters. */
function assemble(blocks: readonly DataBlock[]): Uint8Array {
  let end = 0;
  const place = (block: Uint8Array): Place => {
    const size = block.length - endOf({ offset: 0, size: 0 });
    end += block.length;
    return { offset: end - block.length, size };
  };
  const rows = blocks.map(({ key, block }) => [key, encodePlace(place(block))] as const);
  const noFilters = encodeBlock([]);
  const index = encodeBlock(rows);
  const footer = { metaindex: place(noFilters), index: place(index) };
  return concat([...blocks.map(({ block }) => block), noFilters, index, encodeFooter(footer)]);
}

async function readWhole(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    await handle.read(bytes, 0, size, 0).catch(() => readInSteps(handle, bytes));
    return bytes;
  } finally {
    await handle.close();
  }
}

async function readInSteps(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += READ_BYTES) {
    const length = Math.min(READ_BYTES, bytes.length - at);
    await handle.read(bytes, at, length, at).catch(() => undefined);
  }
}

/** The file as it was may be kept elsewhere under another name: it is not written to. */
async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const beside = `${file}.mended`;
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}
