/**
 * Domain names of organisations. Guarantees: what is accepted is in its one canonical form, A-labels in lower case
 * (UTS #46, non-transitional, with every check on), so that two domains are the same exactly if their texts are.
 */
import { toASCII } from 'tr46';
import { accept, refuse, type Result } from '../errors/index.ts';

/** Characters of input that are looked at; a domain has at most 253 in its canonical form. */
const MAX_INPUT = 1_024;

const CHECKS = {
  checkHyphens: true,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
};

/** At least two labels, the last of which is not a number: an IP address is no domain. */
const FORM = /^(?:[a-z0-9-]{1,63}\.)+(?![0-9]+$)[a-z0-9-]{1,63}$/;

/** Brings a domain name, ASCII or not, into its canonical form. Refuses with `name.bad-domain`. */
export function parseDomain(text: string): Result<string> {
  const domain = text.length <= MAX_INPUT ? toASCII(text, CHECKS) : null;
  if (domain === null || !FORM.test(domain)) {
    const shown = JSON.stringify(text.slice(0, 64));
    return refuse('name.bad-domain', `${shown} is not a domain name; write it like acme.example`);
  }
  return accept(domain);
}
