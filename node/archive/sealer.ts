/**
 * What seals and opens the bytes that are stored beside entries. The archive knows no keys: this is all it asks of who does.
 */
import type { EntryKind, SaltedContent } from '../../protocol/archive/index.ts';

/** Where an entry is, and of what kind: what is sealed for it opens nowhere else. */
export interface Place {
  readonly sequence: number;
  readonly kind: EntryKind;
}

export interface Sealer {
  /** What is stored for an entry. */
  seal(place: Place, header: Uint8Array, content: SaltedContent): Uint8Array;
  /** Undefined for what was not sealed for this place. */
  header(place: Place, stored: Uint8Array): Uint8Array | undefined;
  /** Undefined for what was not sealed for this place. */
  content(place: Place, stored: Uint8Array): SaltedContent | undefined;
}
