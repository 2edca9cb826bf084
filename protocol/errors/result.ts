/**
 * What checking something from outside ends in: the value, or a refusal with its code.
 * Bad input is an expected outcome, so it is returned and the compiler makes callers look.
 */
import type { Code } from './codes.ts';

/** Facts beside the message: names, numbers, sizes. Never a key, a code or message content. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** Why something was refused: the code for programs, the message for people (lower case, with the next step). */
export interface Refusal {
  readonly code: Code;
  readonly message: string;
  readonly facts: Facts;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function accept<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Typed as the failing half only, so that it fits every `Result`. */
export function refuse(
  code: Code,
  message: string,
  facts: Facts = {},
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, message, facts } };
}
