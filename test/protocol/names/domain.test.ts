import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDomain } from '../../../protocol/names/index.ts';

function domainOf(text: string): string | undefined {
  const parsed = parseDomain(text);
  return parsed.ok ? parsed.value : undefined;
}

test('a domain is the same however it is typed', () => {
  for (const typed of ['acme.example', 'ACME.Example', 'ａｃｍｅ.example', 'acme。example']) {
    assert.equal(domainOf(typed), 'acme.example');
  }
  for (const typed of ['bücher.example', 'BÜCHER.example', 'bu\u0308cher.example', 'xn--bcher-kva.example']) {
    assert.equal(domainOf(typed), 'xn--bcher-kva.example');
  }
  assert.equal(domainOf('straße.example'), 'xn--strae-oqa.example');
});

test('what is no usable domain is refused', () => {
  const refused = [
    ...['', '.', 'localhost', 'acme.', 'acme.example.', '.acme.example', 'acme..example', 'a b.example'],
    ...['_chancery.acme.example', '-acme.example', 'acme-.example', 'xn--.example', 'xn--a.example'],
    ...['127.0.0.1', '[::1]', 'acme.example:443', 'acme.example/', 'user@acme.example', 'a\u0000b.example'],
    ...['xn--BCHER-kva\u200d.example', 'ab--cd.example', `${'a'.repeat(64)}.example`, '\ud800.example'],
    ...[`${'a.'.repeat(125)}test`, 'a'.repeat(1_000_000)],
  ];
  for (const text of refused) {
    const parsed = parseDomain(text);
    assert.equal(parsed.ok ? parsed.value : parsed.refusal.code, 'name.bad-domain');
  }
});

test('the longest domain that DNS carries is accepted', () => {
  const domain = `${['a', 'b', 'c'].map((letter) => letter.repeat(63)).join('.')}.${'d'.repeat(61)}`;
  assert.equal(domain.length, 253);
  assert.equal(domainOf(domain), domain);
  assert.equal(domainOf(`${domain}d`), undefined);
});

test('the canonical form is its own canonical form, and within the limits', () => {
  const text = fc.oneof(fc.domain(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(text, fc.constantFrom('', '.test', '.例え'), (head, tail) => {
      const domain = domainOf(head + tail);
      if (domain === undefined) return;
      assert.equal(domainOf(domain), domain);
      assert.match(domain, /^[a-z0-9.-]{3,253}$/);
      assert.ok(domain.split('.').every((label) => label.length >= 1 && label.length <= 63));
    }),
    { numRuns: 1_000 },
  );
});
