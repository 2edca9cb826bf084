/** What LevelDB's MANIFEST says: which tables there are, what lies in each, and from which log file on it counts. */
import { Bytes } from './bytes.ts';
import type { KeySpan } from './file-finding.ts';

const TAG = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastWrite: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  previousLog: 9,
} as const;

/** The number of the write and the kind of change, behind each key. */
const KEY_SUFFIX_BYTES = 8;

export class Manifest {
  /** The tables in force, by their number. */
  readonly tables = new Map<number, KeySpan>();
  /** Log files below this number are done with. */
  logNumber = 0;
  /** Whether a record was not one. */
  malformed = false;

  /** Takes one record of the file. */
  take(record: Uint8Array): void {
    const input = new Bytes(record);
    while (input.left > 0) {
      if (!this.#change(input)) {
        this.malformed = true;
        return;
      }
    }
  }

  #change(input: Bytes): boolean {
    switch (input.varint()) {
      case TAG.comparator:
        return input.prefixed() !== undefined;
      case TAG.logNumber: {
        const number = input.varint();
        this.logNumber = number ?? this.logNumber;
        return number !== undefined;
      }
      case TAG.nextFile:
      case TAG.lastWrite:
      case TAG.previousLog:
        return input.varint() !== undefined;
      case TAG.compactPointer:
        return input.varint() !== undefined && input.prefixed() !== undefined;
      case TAG.deletedFile: {
        input.varint(); // its level
        const number = input.varint();
        return number !== undefined && this.tables.delete(number);
      }
      case TAG.newFile:
        return this.#added(input);
      default:
        return false;
    }
  }

  #added(input: Bytes): boolean {
    input.varint(); // its level
    const [number, size] = [input.varint(), input.varint()];
    const [from, to] = [input.prefixed(), input.prefixed()];
    if (number === undefined || size === undefined || from === undefined || to === undefined) return false;
    this.tables.set(number, {
      from: from.slice(0, -KEY_SUFFIX_BYTES),
      to: to.slice(0, -KEY_SUFFIX_BYTES),
    });
    return true;
  }
}
