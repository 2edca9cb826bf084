/**
 * How often the database was opened since it was last closed, in a file beside it: a byte each time. A process that died
 * leaves its byte there. Where the file cannot be written the database cannot be opened either, and says why.
 */
import { appendFile, rm, stat } from 'node:fs/promises';

export class Openings {
  readonly #file: string;
  /** How many processes before this one opened the database and did not close it. */
  readonly unfinished: number;

  private constructor(file: string, unfinished: number) {
    this.#file = file;
    this.unfinished = unfinished;
  }

  static async begin(location: string): Promise<Openings> {
    const file = `${location}.opened`;
    const unfinished = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    await appendFile(file, '.', { mode: 0o600 }).catch(() => undefined);
    return new Openings(file, unfinished);
  }

  /** The database is closed. */
  async end(): Promise<void> {
    await rm(this.#file, { force: true }).catch(() => undefined);
  }
}
