/**
 * An organisation's own regular expression, such as the form of its account numbers: in the syntax of RE2, without
 * look-around and back-references, so that no text can make it take more than linear time (matches.ts).
 */
import { accept, refuse, type Result } from '../errors/result.ts';
import { compileExpression, type Expression } from './expression.ts';
import { foundIn, MAX_FINDINGS, type Find } from './found.ts';
import { matchesIn } from './matches.ts';
import { plainOf, plainPattern } from './plain.ts';

/** Characters of an expression; compiling takes time with its length. */
export const MAX_PATTERN = 1000;
/** Instructions of the compiled program; what a character of a text takes grows with their square, by 32 at once. */
const MAX_PROGRAM = 200;
/** Refuses (`policy.invalid`) what is too long, no expression of RE2, too large a program, or matches the empty string. */
export function patternDetector(name: string, pattern: string): Result<Find> {
  if (pattern.length > MAX_PATTERN) {
    return invalid(name, `is longer than ${String(MAX_PATTERN)} characters; split it in several`);
  }
  let expression: Expression;
  try {
    expression = compileExpression(plainPattern(pattern));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return invalid(name, `is no regular expression of RE2 (${why}); correct it`);
  }
  if (expression.size > MAX_PROGRAM) {
    const size = `${String(expression.size)} instructions, of which ${String(MAX_PROGRAM)} are allowed`;
    return invalid(name, `compiles to ${size}; repeat less in it, or make a list of its words`);
  }
  if (expression.matchesEmpty) {
    return invalid(name, 'matches the empty string, so that it is found everywhere; demand a character');
  }
  return accept((text) => {
    const plain = plainOf(text);
    return foundIn(name, plain, matchesIn(expression, plain.text, MAX_FINDINGS));
  });
}

function invalid(name: string, what: string): ReturnType<typeof refuse> {
  return refuse('policy.invalid', `pattern ${name} ${what}`, { pattern: name });
}
