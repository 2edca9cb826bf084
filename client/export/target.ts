/** Where an export is written to, and what that takes of the platform. */
import type { ComposeMail } from './mail.ts';

export interface ExportTarget {
  /** The version of the program that writes, as the export says it. */
  readonly version: string;
  readonly composeMail: ComposeMail;
  /** Makes the folder. Throws `export.not-empty` where anything is in it. */
  begin(): Promise<void>;
  /**
   * Writes a file that is not there yet, in parts as they come, and says what it came to; its name may have one folder in
   * it. Where a part does not come nothing is left of it, and its error is thrown.
   */
  write(
    name: string,
    parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<{ readonly bytes: number; readonly sha256: Uint8Array }>;
  /** A file that was written, whole. */
  read(name: string): Promise<Uint8Array>;
  /** Writes the last file, which makes the export one: it is there whole, or not at all. */
  finish(name: string, bytes: Uint8Array): Promise<void>;
}
