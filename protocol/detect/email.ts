/**
 * Addresses of electronic mail (RFC 5321, 4.1.2, without quoted local parts; RFC 6531 for other scripts). Guarantees:
 * linear time, for at each @ no more is read than an address may hold.
 */
import type { Seek, Span } from './found.ts';

/** RFC 5321, 4.5.3.1. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 253;

const LOCAL = /[\p{L}\p{N}\p{M}.!#$%&'*+/=?^_`{|}~-]/u;
const DOMAIN = /[\p{L}\p{N}\p{M}.-]/u;
/** Labels of letters, digits and hyphens; the last one is no number. */
const NAME = /^(?:[\p{L}\p{N}][\p{L}\p{N}\p{M}-]*\.)+(?:\p{L}[\p{L}\p{M}]+|xn--[a-z\d-]+)$/iu;
const LEADING = /^[.!#$%&'*/=?^`{|}~]+/;

export const seekEmails: Seek = ({ text }) => {
  const spans: Span[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = startOf(text, at);
    const end = endOf(text, at + 1);
    if (start < at && end > 0) spans.push({ start, end });
  }
  return spans;
};

function startOf(text: string, at: number): number {
  let start = at;
  while (at - start < MAX_LOCAL && start > 0 && LOCAL.test(text.charAt(start - 1))) start -= 1;
  if (text.charAt(at - 1) === '.') return at;
  const leading = LEADING.exec(text.slice(start, at));
  return start + (leading?.[0].length ?? 0);
}

/** Where the domain ends; 0 where none begins. */
function endOf(text: string, from: number): number {
  let end = from;
  while (end - from < MAX_DOMAIN && DOMAIN.test(text.charAt(end))) end += 1;
  while (end > from && /[.-]/.test(text.charAt(end - 1))) end -= 1;
  return NAME.test(text.slice(from, end)) ? end : 0;
}
