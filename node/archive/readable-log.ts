/** What can be read of the log and proved about it, whatever else may be done with it. */
import type { Entry } from '../../protocol/archive/index.ts';
import type { StoredRecord } from './adoption.ts';
import type { LogReader, LogRecord } from './log-reader.ts';

export abstract class ReadableLog {
  /** A reader of the log as it counts now. Throws `archive.closed` or `archive.failed`. */
  protected abstract reader(): LogReader;

  /** How many entries count as archived. */
  abstract get size(): number;

  /** A durable entry. Throws `archive.damaged` where it cannot be read. */
  entry(sequence: number): Entry | undefined {
    return this.reader().entry(sequence);
  }

  /** The leaf's data of a durable entry: what an inclusion proof is about. */
  entryBytes(sequence: number): Uint8Array | undefined {
    return this.reader().entryBytes(sequence);
  }

  /** The content of a durable entry. Throws `archive.sealed` where the key to it is not at hand any more. */
  content(sequence: number): Uint8Array | undefined {
    return this.reader().content(sequence);
  }

  /** The salt before the content that a durable entry commits to. */
  salt(sequence: number): Uint8Array | undefined {
    return this.reader().salt(sequence);
  }

  /** What the views of a durable entry are made from, where that is not its content; empty otherwise. */
  header(sequence: number): Uint8Array | undefined {
    return this.reader().header(sequence);
  }

  /** Durable records from a sequence number on, in order: at most `limit`, and fewer where they are large. */
  async read(from: number, limit: number): Promise<LogRecord[]> {
    return this.reader().read(from, limit);
  }

  /** Durable records from a sequence number on, as they are stored, checked: at most `limit`, and fewer where they are large. */
  async stored(from: number, limit: number): Promise<StoredRecord[]> {
    return this.reader().records(from, limit);
  }

  /** The inclusion proof of an entry in the log as of `size` (RFC 6962, 2.1.1). Throws `request.invalid` outside the log. */
  inclusionProof(sequence: number, size: number = this.size): Uint8Array[] {
    return this.reader().inclusionProof(sequence, size);
  }

  /** The proof that the log of `older` entries is a prefix of that of `newer` (RFC 6962, 2.1.2). Throws `request.invalid`. */
  consistencyProof(older: number, newer: number = this.size): Uint8Array[] {
    return this.reader().consistencyProof(older, newer);
  }

  /** The root hash of the log as it was at a size. Throws `request.invalid` for one it never had. */
  rootAt(size: number): Uint8Array {
    return this.reader().rootAt(size);
  }

  /** The first `width` hashes of a tile (C2SP tlog-tiles); undefined where the log has fewer. */
  tile(level: number, index: number, width: number): Uint8Array | undefined {
    return this.reader().tile(level, index, width);
  }
}
