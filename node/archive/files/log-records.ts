/**
 * Reads the records of LevelDB's log and MANIFEST files, and checks each against its checksum. Both are records in
 * fragments, none across the border of a block of 32 KiB.
 */
import { open } from 'node:fs/promises';
import { concat } from 'uint8arrays/concat';
import { crc32c, masked } from './crc32c.ts';

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const FULL = 1;
const FIRST = 2;
const LAST = 4; // 3 is one in the middle

export interface LogRecords {
  /** Whether a fragment is not as it was written, and others follow it. */
  readonly damaged: boolean;
  /** Whether the file ends within a record: as it does when its writer dies, or is about to write on. */
  readonly torn: boolean;
  /** The file's size as far as it was read, in bytes. */
  readonly bytes: number;
}

/** Takes a whole record; whether what came before it is lost. */
export type TakeRecord = (record: Uint8Array, afterGap: boolean) => void;

/** Hands each whole record to `take`. Undefined where there is no such file. Holds one record in memory. */
export async function readLogRecords(
  file: string,
  take: TakeRecord,
  pause: (bytes: number) => Promise<void>,
): Promise<LogRecords | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  const reading = new Reading(take);
  const block = new Uint8Array(BLOCK_BYTES);
  try {
    for (let offset = 0; ; offset += BLOCK_BYTES) {
      const bytesRead = await handle
        .read(block, 0, BLOCK_BYTES, offset)
        .then((read) => read.bytesRead)
        .catch(() => undefined);
      if (bytesRead === undefined) reading.spoil();
      else reading.block(block.subarray(0, bytesRead));
      await pause(bytesRead ?? BLOCK_BYTES);
      if (bytesRead !== undefined && bytesRead < BLOCK_BYTES) return reading.end(offset + bytesRead);
    }
  } finally {
    await handle.close();
  }
}

class Reading {
  readonly #take: TakeRecord;
  #parts: Uint8Array[] | undefined;
  /** Something was wrong, and it is not yet known whether anything follows. */
  #doubtful = false;
  #gap = false;
  #damaged = false;

  constructor(take: TakeRecord) {
    this.#take = take;
  }

  spoil(): void {
    this.#doubtful = this.#gap = true;
    this.#parts = undefined;
  }

  block(block: Uint8Array): void {
    let at = 0;
    while (at + HEADER_BYTES <= block.length) {
      const fragment = fragmentAt(block, at);
      if (fragment === undefined) {
        this.spoil(); // as LevelDB does, go on with the next block
        this.#damaged ||= followed(block, at);
        return;
      }
      const [type = 0] = fragment;
      this.#fragment(type, fragment.slice(1));
      at += HEADER_BYTES - 1 + fragment.length;
    }
    const filling = block.subarray(at);
    if (block.length === BLOCK_BYTES && filling.some((byte) => byte !== 0)) this.#damaged = true;
  }

  end(bytes: number): LogRecords {
    return { damaged: this.#damaged, torn: this.#doubtful || this.#parts !== undefined, bytes };
  }

  #fragment(type: number, bytes: Uint8Array): void {
    this.#damaged ||= this.#doubtful; // something good follows
    this.#doubtful = false;
    const isBeginning = type === FULL || type === FIRST;
    if (isBeginning === (this.#parts !== undefined)) {
      // a record without its end, or an end without its beginning: part of it is gone
      this.#damaged = this.#gap = true;
      this.#parts = undefined;
      if (!isBeginning) return;
    }
    const parts = [...(this.#parts ?? []), bytes];
    this.#parts = type === FULL || type === LAST ? undefined : parts;
    if (this.#parts !== undefined) return;
    this.#take(concat(parts), this.#gap);
    this.#gap = false;
  }
}

/** The type byte and the data of a fragment that has its checksum. */
function fragmentAt(block: Uint8Array, at: number): Uint8Array | undefined {
  const view = new DataView(block.buffer, block.byteOffset + at, block.length - at);
  const length = view.getUint16(4, true);
  const type = view.getUint8(6);
  if (type < FULL || type > LAST || at + HEADER_BYTES + length > block.length) return undefined;
  const fragment = block.subarray(at + HEADER_BYTES - 1, at + HEADER_BYTES + length);
  return masked(crc32c(fragment)) === view.getUint32(0, true) ? fragment : undefined;
}

/** Whether a good fragment lies anywhere behind a bad one: then its writer did not die there. */
function followed(block: Uint8Array, bad: number): boolean {
  for (let at = bad + 1; at + HEADER_BYTES <= block.length; at += 1) {
    if (fragmentAt(block, at) !== undefined) return true;
  }
  return false;
}
