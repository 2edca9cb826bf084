/** A file on its way through the readers: the attached one, or one that lies in it. */
import type { InspectionDraft } from './draft.ts';

export interface Part {
  readonly bytes: Uint8Array;
  /** Its own name, without the folders before it. */
  readonly name: string;
  /** The media type it is declared as; undefined where nobody says. */
  readonly declared: string | undefined;
  /** Where it lies, as in {@link Text.place}. */
  readonly place: string;
  /** Containers around it. */
  readonly level: number;
  /** Bytes of no known kind are usual here: fonts and printer settings of a document. */
  readonly opaque: boolean;
}

/** What is in another part. */
export type Inner = Pick<Part, 'bytes' | 'name'> & Partial<Pick<Part, 'declared' | 'opaque' | 'level'>>;

/** What a reader reads, where it tells what it finds, and how what lies within is inspected in its turn. */
export interface Reading {
  readonly part: Part;
  readonly draft: InspectionDraft;
  readonly inspect: (inner: Inner) => Promise<void>;
}

/** Throws where the bytes are damaged; the inspection then fails. */
export type Read = (reading: Reading) => void | Promise<void>;
