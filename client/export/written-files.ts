/** The files of an export as they are written, each listed with its hash. */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { ExportedFile } from '../../protocol/export/index.ts';
import type { ExportTarget } from './target.ts';

export class WrittenFiles {
  readonly #target: ExportTarget;
  readonly #listed: ExportedFile[] = [];

  constructor(target: ExportTarget) {
    this.#target = target;
  }

  /** What was written so far, in the order it was begun. */
  get listed(): readonly ExportedFile[] {
    return this.#listed;
  }

  /** Writes a whole file. */
  write(name: string, content: string | Uint8Array): Promise<ExportedFile> {
    return this.writeParts(name, [typeof content === 'string' ? fromString(content) : content]);
  }

  /** Writes a file as its parts come; where one does not, nothing is left of it, and its error is thrown. */
  async writeParts(
    name: string,
    parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<ExportedFile> {
    const { bytes, sha256 } = await this.#target.write(name, parts);
    const listed = { name, bytes, sha256: toString(sha256, 'hex') };
    this.#listed.push(listed);
    return listed;
  }

  /** A file that was written, whole. */
  read(name: string): Promise<Uint8Array> {
    return this.#target.read(name);
  }
}
