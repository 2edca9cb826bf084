/** Appends that wait for their batch, bounded, in the order of the calls. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { PendingAppend } from './pending-append.ts';

/** Entries in one batch: enough that syncing costs little for each, few enough that nobody waits long. */
const BATCH_ENTRIES_MAX = 4096;

/** Bytes in one batch, and so in one append: what LevelDB takes into its log file before it begins another. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** Appends wait for the batch in flight in a queue of at most so many entries: four full batches. */
const QUEUE_ENTRIES_MAX = 4 * BATCH_ENTRIES_MAX;

/** And of at most so many bytes: about a second of a disk's work. */
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;

export class AppendQueue {
  #waiting: PendingAppend[] = [];
  #entries = 0;
  #bytes = 0;

  /** Throws `limit.exceeded` where an append of so many entries and bytes has no room here, or in any batch. */
  assertRoom(entries: number, bytes: number): void {
    if (entries > BATCH_ENTRIES_MAX || bytes > BATCH_BYTES_MAX) {
      throw new ChanceryError(
        'limit.exceeded',
        `an append of ${entries} entries and ${bytes} bytes is larger than one batch; split it`,
        { facts: { entries, bytes, entriesMax: BATCH_ENTRIES_MAX, bytesMax: BATCH_BYTES_MAX } },
      );
    }
    if (this.#entries + entries > QUEUE_ENTRIES_MAX || this.#bytes + bytes > QUEUE_BYTES_MAX) {
      throw new ChanceryError(
        'limit.exceeded',
        `${this.#entries} entries already wait for the archive; try again once some are written`,
        { facts: { entries: this.#entries, bytes: this.#bytes } },
      );
    }
  }

  push(append: PendingAppend): void {
    this.#waiting.push(append);
    this.#entries += append.count;
    this.#bytes += append.bytes;
  }

  /** Takes as many appends as fit one batch, from the front; none when none wait. */
  takeGroup(): PendingAppend[] {
    let entries = 0;
    let bytes = 0;
    let taken = 0;
    for (const append of this.#waiting) {
      entries += append.count;
      bytes += append.bytes;
      if (taken > 0 && (entries > BATCH_ENTRIES_MAX || bytes > BATCH_BYTES_MAX)) break;
      taken += 1;
    }
    return this.#take(taken);
  }

  takeAll(): PendingAppend[] {
    return this.#take(this.#waiting.length);
  }

  #take(count: number): PendingAppend[] {
    const taken = this.#waiting.splice(0, count);
    for (const append of taken) {
      this.#entries -= append.count;
      this.#bytes -= append.bytes;
    }
    return taken;
  }
}
