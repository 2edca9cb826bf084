/**
 * The one error class of Chancery: a closed code, a message for people, and the facts as fields.
 * Thrown for our own faults and for I/O; bad remote input is returned as a `Refusal` instead.
 */
import type { Code } from './codes.ts';
import type { Facts, Refusal, Result } from './result.ts';

export class ChanceryError extends Error {
  readonly code: Code;
  readonly facts: Facts;

  constructor(code: Code, message: string, options: { facts?: Facts; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ChanceryError';
    this.code = code;
    this.facts = options.facts ?? {};
  }

  /** Turns a returned refusal into a thrown error, where a caller has no other way on. */
  static from(refusal: Refusal): ChanceryError {
    return new ChanceryError(refusal.code, refusal.message, { facts: refusal.facts });
  }
}

/** The value of a result, where a refusal can only be thrown: throws it as a {@link ChanceryError}. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw ChanceryError.from(result.refusal);
  return result.value;
}
