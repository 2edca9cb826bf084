/** Real domains of different companies are not taken for each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import web from 'third-party-web';
import { knownDomains, lookalikeDomain, registrableOf } from '../../../protocol/lookalike/index.ts';

const DOMAINS = 1_000;

/** In each thousand; that is of 499,500 pairs. Most of those that are left do look alike, or name one another. */
const MOST_ALIKE = 40;

test('of a thousand domains of companies on the web hardly any imitates another', () => {
  const companies = new Map<string, string>();
  for (const { company, domains } of web.entities) {
    const domain = registrableOf(domains[0]?.replace('*.', '') ?? '')?.domain;
    if (domain !== undefined && companies.size < DOMAINS) companies.set(domain, company);
  }
  const names = [...companies.keys()];
  assert.equal(names.length, DOMAINS);
  const alike = new Map<string, string>();
  // each two domains differ in some bit of their places: half the list is known, the other half asks, for each bit
  for (let bit = 0; 1 << bit < DOMAINS; bit++) {
    for (const side of [0, 1]) {
      const known = knownDomains(names.filter((_, place) => ((place >> bit) & 1) === side));
      for (const [place, name] of names.entries()) {
        const found = ((place >> bit) & 1) === side ? undefined : lookalikeDomain(name, known);
        if (found && companies.get(found.of) !== companies.get(name))
          alike.set(name, `${found.of}, ${found.how}`);
      }
    }
  }
  console.log(`${alike.size} of ${DOMAINS} domains pass for another company's`);
  for (const [name, of] of alike) console.log(`  ${name}: ${of}`);
  assert.ok(alike.size <= MOST_ALIKE);
});
