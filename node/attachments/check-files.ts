/**
 * Holds the sealed files against the log: each message's header names its file by the hash of its bytes, and the header is
 * part of what its entry commits to. Guarantees: a file that is missing or was changed is named by the sequence number of its
 * message, whatever the views say; one that was disposed of is not missed.
 */
import { equals } from 'uint8arrays/equals';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { SealedFiles } from './sealed-files.ts';

/** Entries looked at before others go first. */
const STEP = 128;

export interface FileFinding {
  /** Of the message that brought the file along. */
  readonly sequence: number;
  readonly sealed: Uint8Array;
  readonly problem: string;
}

export interface CheckFilesOptions {
  readonly ledger: Ledger;
  readonly files: SealedFiles;
  /** How many entries are to have their files here: those of a replica come after their messages. */
  readonly size: number;
  readonly onFinding: (finding: FileFinding) => void;
  /** Waited for now and then, and told the share of the log that was walked. Throws to end the walk. */
  readonly pause?: (share: number) => Promise<void>;
}

/** Reads every file of every message; how many there are. What cannot be read of the log is for its own verifier to name. */
export async function checkFiles({
  ledger,
  files,
  size,
  onFinding,
  pause,
}: CheckFilesOptions): Promise<number> {
  let checked = 0;
  for (let sequence = 0; sequence < size; sequence += 1) {
    const sealed = fileOf(ledger, sequence);
    if (sealed !== undefined) {
      checked += 1;
      const problem = await problemOf(ledger, files, sequence, sealed);
      // it may have been disposed of while it was read
      if (problem !== undefined && fileOf(ledger, sequence) !== undefined)
        onFinding({ sequence, sealed, problem });
    }
    if (sealed === undefined && sequence % STEP !== 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    await pause?.((sequence + 1) / size);
  }
  return checked;
}

/** What a message's entry commits to as its file; undefined for what brought none along, is gone, or cannot be read. */
export function fileOf(ledger: Ledger, sequence: number): Uint8Array | undefined {
  try {
    if (ledger.log.entry(sequence)?.kind !== 'message' || ledger.isDisposed(sequence)) return undefined;
    return ledger.header('message', sequence)?.file;
  } catch (error) {
    if (error instanceof ChanceryError) return undefined;
    throw error;
  }
}

async function problemOf(
  ledger: Ledger,
  files: SealedFiles,
  sequence: number,
  sealed: Uint8Array,
): Promise<string | undefined> {
  if (!files.has(sealed)) return 'the file that the message brought along is missing';
  if (!(await files.isWhole(sealed)))
    return 'the file that the message brought along is not as it was sealed';
  const row = ledger.log.row(ledger.keys.file(sequence));
  return row !== undefined && equals(row, sealed)
    ? undefined
    : 'the row that leads to its file is not as it was written; stop the node, and run chancery archive reindex';
}
