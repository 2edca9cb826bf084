/** How the parsers of this folder leave early: thrown inside, turned into a refusal where a parser is entered. */
import { refuse, type Code, type Result } from '../errors/index.ts';

export class Rejected extends Error {
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.name = 'Rejected';
    this.code = code;
  }
}

export function malformed(message: string): Rejected {
  return new Rejected('certificate.malformed', message);
}

/** The refusal for what a parser threw; faults of this program go on as they are. */
export function refusalOf(thrown: unknown): Extract<Result<never>, { ok: false }> {
  if (thrown instanceof Rejected) return refuse(thrown.code, thrown.message);
  throw thrown;
}
