/**
 * What seals and opens the bytes that are stored beside entries. The archive knows no keys: this is all it asks of who does.
 */
import type { EntryKind, OpenedContent } from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';

/** Where an entry is, and of what kind: what is sealed for it opens nowhere else. */
export interface Place {
  readonly sequence: number;
  readonly kind: EntryKind;
}

export interface Sealer {
  /** What is stored for an entry; its content, with the salt before it, under a data key where the id of one is given. */
  seal(place: Place, header: Uint8Array, salted: Uint8Array, dataKey?: Uint8Array): Uint8Array;
  /** Undefined for what was not sealed for this place. */
  header(place: Place, stored: Uint8Array): Uint8Array | undefined;
  /** Undefined for what was not sealed for this place. Throws `archive.sealed` where the data key is not at hand any more. */
  content(place: Place, stored: Uint8Array): OpenedContent | undefined;
}

/** Whether something could not be opened because its key is not at hand any more, or because it was disposed of. */
export function isSealed(error: unknown): error is ChanceryError {
  return error instanceof ChanceryError && (error.code === 'archive.sealed' || isDisposed(error));
}

/** Whether there is nothing to be read because it was disposed of. */
export function isDisposed(error: unknown): error is ChanceryError {
  return error instanceof ChanceryError && error.code === 'archive.disposed';
}
