/**
 * Files on their way in, from devices and partners: each waits for the message that brings it along. Guarantees: who sends
 * files without messages takes up a bounded room, and only their own; a file is of one entry.
 */
import { join } from 'node:path';
import { accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { FileInfo } from '../../protocol/message/index.ts';
import { MAX_FILES_WAITING } from '../../protocol/wire/index.ts';
import { IncomingFile } from './incoming-file.ts';
import type { FileKey, SealedFiles } from './sealed-files.ts';

/** Sources whose files wait: the devices of a busy hour. The one that was longest silent gives way. */
const MAX_SOURCES = 256;

/** A file that an entry is about to name. */
export interface Claim {
  readonly key: FileKey;
  /** The entry may not have been written: the file waits again for its message, which comes again. */
  readonly giveBack: () => void;
  /** Its entry is in the log. */
  readonly done: () => void;
}

export interface IncomingFilesOptions {
  readonly files: SealedFiles;
  /** Why a file is not accepted here, by its size and type; undefined where it is. */
  readonly refuse: (file: FileInfo) => { readonly refusal: Refusal } | undefined;
  readonly randomBytes: (length: number) => Uint8Array;
  /** The log's time in milliseconds. */
  readonly now: () => number;
}

export class IncomingFiles {
  readonly #options: IncomingFilesOptions;
  readonly #waiting = new Map<string, Map<string, IncomingFile>>();
  /** Those whose entry is being written. */
  readonly #claimed = new Set<string>();
  #last = 0;

  constructor(options: IncomingFilesOptions) {
    this.#options = options;
  }

  /** How many chunks of a file are here; begins it where there are none. Refuses with `attachment.*`. */
  async begin(source: string, file: FileInfo): Promise<Result<number>> {
    const refused = this.#options.refuse(file);
    if (refused !== undefined) return { ok: false, refusal: refused.refusal };
    const known = this.#of(source).get(nameOf(file));
    if (known !== undefined && !known.isOver && known.file.size === file.size) {
      known.touched = this.#options.now();
      return accept(known.received);
    }
    await this.#drop(source, nameOf(file));
    const { files, randomBytes } = this.#options;
    this.#last += 1;
    const begun = await IncomingFile.begin(file, join(files.incoming, String(this.#last)), randomBytes);
    begun.touched = this.#options.now();
    const before = this.#of(source).get(nameOf(file));
    this.#of(source).set(nameOf(file), begun);
    await before?.discard();
    await this.#makeRoom(source);
    return accept(0);
  }

  /** Takes the next chunk of a file that was begun. Refuses and throws as `IncomingFile.put` does. */
  async put(source: string, digest: Uint8Array, index: number, bytes: Uint8Array): Promise<Result<number>> {
    const file = this.#waiting.get(source)?.get(nameOf({ digest }));
    if (file !== undefined) file.touched = this.#options.now();
    return (
      file?.put(index, bytes) ??
      refuse('attachment.missing', 'that file was not begun here, or gave way to others; begin it anew')
    );
  }

  /**
   * A file that is whole, put in its place for the entry of the message that brings it along: another message needs it sent
   * again. Undefined where it is not here.
   */
  claim(source: string, file: FileInfo): Claim | undefined {
    const waiting = this.#waiting.get(source);
    const found = waiting?.get(nameOf(file));
    const key = found?.whole;
    if (found === undefined || key === undefined || found.file.size !== file.size) return undefined;
    const { files } = this.#options;
    if (!files.has(key.sealed)) files.place(found.path, key.sealed);
    waiting?.delete(nameOf(file));
    if (waiting?.size === 0) this.#waiting.delete(source);
    const name = hexOf(key.sealed);
    this.#claimed.add(name);
    return {
      key,
      done: () => void this.#claimed.delete(name),
      giveBack: () => {
        const others = this.#of(source);
        if (!others.has(nameOf(file))) others.set(nameOf(file), found);
        this.#claimed.delete(name);
      },
    };
  }

  /** Whether a file is whole and waits for its message. */
  has(source: string, file: FileInfo): boolean {
    const found = this.#waiting.get(source)?.get(nameOf(file));
    return found?.whole !== undefined && !found.isOver;
  }

  /** What is in a file that is whole and waits for its message; undefined where it is not here. */
  async content(source: string, file: FileInfo): Promise<Uint8Array | undefined> {
    return this.#waiting.get(source)?.get(nameOf(file))?.content();
  }

  /** Sealed files that are whole and wait for their message, or whose entry is being written: their names in hex. */
  waiting(): ReadonlySet<string> {
    const names = new Set(this.#claimed);
    for (const files of this.#waiting.values())
      for (const { name } of files.values()) if (name !== undefined) names.add(name);
    return names;
  }

  /** Lets go of files of which nothing came since before a time of the log: whoever sent them begins anew. */
  async abandon(before: number): Promise<void> {
    for (const [source, files] of [...this.#waiting])
      for (const [name, { touched }] of [...files]) if (touched < before) await this.#drop(source, name);
  }

  async stop(): Promise<void> {
    for (const [source, files] of this.#waiting)
      for (const name of files.keys()) await this.#drop(source, name);
  }

  #of(source: string): Map<string, IncomingFile> {
    const files = this.#waiting.get(source) ?? new Map<string, IncomingFile>();
    this.#waiting.delete(source);
    this.#waiting.set(source, files); // the last of all from now on
    return files;
  }

  async #drop(source: string, name: string): Promise<void> {
    const files = this.#waiting.get(source);
    const file = files?.get(name);
    files?.delete(name);
    if (files?.size === 0) this.#waiting.delete(source);
    await file?.discard();
  }

  async #makeRoom(source: string): Promise<void> {
    const files = this.#of(source);
    for (const name of [...files.keys()].slice(0, -MAX_FILES_WAITING)) await this.#drop(source, name);
    const [silent] = this.#waiting.keys();
    if (this.#waiting.size <= MAX_SOURCES || silent === undefined) return;
    for (const name of [...(this.#waiting.get(silent)?.keys() ?? [])]) await this.#drop(silent, name);
  }
}

function nameOf({ digest }: Pick<FileInfo, 'digest'>): string {
  return hexOf(digest);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
