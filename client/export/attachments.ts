/**
 * The files that came with the messages of an export, each written as it comes and checked against what its sender signed.
 * Guarantees: that each is handed on is on record before any of it is here; a file that is not as it was sent is not in the
 * export; one chunk at a time is in memory.
 */
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { attachmentName, type ExportManifest } from '../../protocol/export/index.ts';
import type { Looking, OfficerArchive, SealedFile } from '../archive/index.ts';

/** Bytes of all files of one export, each counted once. Mails and RSMF files hold copies of them. */
const MAX_ATTACHED_BYTES: number = 4 * 1024 * 1024 * 1024;

/** Why one file is left out, and the others are not. */
const TOLD_OF_ONE: readonly string[] = ['archive.disposed', 'archive.damaged', 'attachment.mismatch'];

type Withheld = ExportManifest['withheld'][number];

/** Writes a file that is not there yet, as it comes: whole, or not at all. */
export type WriteParts = (name: string, parts: AsyncIterable<Uint8Array>) => Promise<unknown>;

export interface Attached {
  /** Where the file is in the export; null where it is left out. */
  readonly path: string | null;
  /** Why it could not be handed out; null where it was. */
  readonly withheld: { readonly code: string; readonly text: string } | null;
}

export interface SavedFiles {
  /** By the entry of its message. */
  readonly attached: ReadonlyMap<number, Attached>;
  readonly withheld: readonly Withheld[];
  /** The entries that record what was handed out. */
  readonly accesses: readonly number[];
}

/** Throws `export.too-many` before anything is asked for, and what `OfficerArchive.handOutFile` throws. */
export async function saveFiles(
  archive: OfficerArchive,
  files: readonly SealedFile[],
  looking: Looking,
  write: WriteParts,
): Promise<SavedFiles> {
  const sizes = new Map(files.map(({ info }) => [toString(info.digest, 'hex'), info.size]));
  if (sizes.values().reduce((sum, size) => sum + size, 0) > MAX_ATTACHED_BYTES)
    throw new ChanceryError(
      'export.too-many',
      `the files of one export have at most ${MAX_ATTACHED_BYTES / 1024 ** 3} GiB; make several, each of a part of the time (since, until)`,
    );
  const saved = new Set<string>();
  const accesses: number[] = [];
  const withheld: Withheld[] = [];
  for (const file of files) {
    const name = attachmentName(file.info.digest);
    try {
      const { access, chunks } = await archive.handOutFile(file, looking, 'export');
      accesses.push(access);
      if (!saved.has(name)) await write(name, chunks);
      saved.add(name);
    } catch (error) {
      if (!(error instanceof ChanceryError) || !TOLD_OF_ONE.includes(error.code)) throw error;
      withheld.push({ sequence: file.sequence, part: 'file', code: error.code, text: error.message });
    }
  }
  const why = new Map(withheld.map((one) => [one.sequence, one]));
  const attached = files.map(({ sequence, info }) => {
    const name = attachmentName(info.digest);
    const { code, text } = why.get(sequence) ?? {};
    const told = code === undefined || text === undefined ? null : { code, text };
    return [sequence, { path: saved.has(name) ? name : null, withheld: told }] as const;
  });
  return { attached: new Map(attached), withheld, accesses };
}
