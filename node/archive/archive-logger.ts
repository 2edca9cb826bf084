/** Where the archive says what an operator has to know. */
export interface ArchiveLogger {
  error(facts: object, message: string): void;
}
