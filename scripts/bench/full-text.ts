/** What the search is measured against: SQLite's FTS5 on the same texts, on disk, synced as the archive is. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class FullText {
  readonly #db: DatabaseSync;

  constructor(folder: string) {
    this.#db = new DatabaseSync(join(folder, 'fts.sqlite'));
    this.#db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    this.#db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(text, tokenize='unicode61')`);
  }

  add(first: number, texts: readonly string[]): void {
    this.#db.exec('BEGIN');
    const insert = this.#db.prepare('INSERT INTO texts(rowid, text) VALUES (?, ?)');
    for (const [at, text] of texts.entries()) insert.run(first + at, text);
    this.#db.exec('COMMIT');
  }

  /** The newest that match, newest first. Words and phrases in quotes mean the same as in a query of the archive. */
  find(query: string, limit: number): number[] {
    const match = this.#db.prepare('SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid DESC LIMIT ?');
    return match.all(query, limit).map(({ rowid }) => Number(rowid));
  }

  close(): void {
    this.#db.close();
  }
}
