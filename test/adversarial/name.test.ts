/** Attacks by names, on the doors through which names come in: what looks like a known name, and is not that name. */
import type { Code } from '../../protocol/errors/index.ts';
import { parseAddress, parseDomain } from '../../protocol/names/index.ts';
import { attacks, type Attack } from '../support/attack-table.ts';

function domain(attack: string, text: string): Attack<undefined> {
  return { attack, code: 'name.bad-domain', attempt: () => parseDomain(text) };
}

function address(attack: string, text: string, code: Code = 'name.bad-address'): Attack<undefined> {
  return { attack, code, attempt: () => parseAddress(text) };
}

attacks('a domain', [
  domain('a dot at its end: another name for the same', 'acme.test.'),
  domain('a joiner where none belongs', 'ac\u200dme.test'),
  domain('a mark that turns the direction of the text', 'acme\u202e.test'),
  domain('letters of both directions in one label', 'acme\u05d0.test'),
  domain('an A-label that is none', 'xn--acme.test'),
  domain('an A-label that stands for plain ASCII', 'xn--acme-.test'),
  domain('an A-label of what would be written otherwise', 'xn--Bcher-kva\u0308.test'),
  domain('a zero byte in its midst', 'acme.test\u0000.evil.test'),
  domain('a user part before it', 'acme.test@evil.test'),
  domain('a port after it', 'acme.test:4710'),
  domain('an address of a machine', '203.0.113.5'),
  domain('a single label, which every domain would lie under', 'test'),
  domain('a name of the DNS’s own', '_chancery.acme.test'),
  domain('a label of 64 bytes', `${'a'.repeat(64)}.test`),
  domain('a megabyte', 'a.'.repeat(500_000)),
]);

attacks('an address', [
  address('a character that shows nothing', 'al\u200bice@acme.test'),
  address('a mark that turns the direction of the text', 'alice\u202e@acme.test'),
  address('a letter that is two in its one form', '\ufb01nance@acme.test'),
  address('a number that is a letter in its one form', 'alice\u2160@acme.test'),
  address('two at signs, the second with the known domain', 'alice@evil.test@acme.test'),
  address('a space that is not seen', 'alice\u00a0@acme.test'),
  address('a comment, which mail programs leave out', 'alice(ceo)@acme.test'),
  address('quotes, which mail programs leave out', '"alice"@acme.test'),
  address('a dot at its end', 'alice.@acme.test'),
  address('no local part', '@acme.test'),
  address('a local part of 65 bytes', `${'a'.repeat(65)}@acme.test`),
  address('a domain that ends in a dot', 'alice@acme.test.', 'name.bad-domain'),
]);
