/** Where an export is written to, and what that takes of the platform. */
import type { ComposeMail } from './mail.ts';

export interface ExportTarget {
  /** The version of the program that writes, as the export says it. */
  readonly version: string;
  readonly composeMail: ComposeMail;
  /** Makes the folder. Throws `export.not-empty` where anything is in it. */
  begin(): Promise<void>;
  /** Writes a file that is not there yet; its name may have one folder in it. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Writes the last file, which makes the export one: it is there whole, or not at all. */
  finish(name: string, bytes: Uint8Array): Promise<void>;
}
