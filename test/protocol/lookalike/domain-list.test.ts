import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { domainList, matchesList } from '../../../protocol/lookalike/index.ts';
import { anyText } from '../../support/any-text.ts';

function matches(host: string, ...entries: string[]): boolean {
  const list = domainList(entries);
  assert.ok(list.ok);
  return matchesList(host, list.value);
}

test('a domain in a list means itself and what is below it, a wildcard only what is below', () => {
  assert.ok(matches('acme.example', 'acme.example'));
  assert.ok(matches('a.b.acme.example', 'acme.example'));
  assert.ok(matches('a.b.acme.example', 'x.test', '*.acme.example'));
  assert.ok(!matches('acme.example', '*.acme.example'));
  assert.ok(matches('acme.example', '*.example'));
  assert.ok(!matches('notacme.example', 'acme.example', '*.acme.example'));
  assert.ok(!matches('acme.example.evil.test', 'acme.example', '*.example'));
  assert.ok(!matches('acme.example'));
  assert.ok(matches('acme.example', '*'));
});

test('case, dots around, U-labels and other forms of an address make no difference', () => {
  assert.ok(matches('WWW.Bücher.example.', ' .xn--bcher-kva.Example '));
  assert.ok(matches('xn--bcher-kva.example', 'bücher.example'));
  assert.ok(matches('0x7f.1', '127.0.0.1'));
  assert.ok(!matches('1.127.0.0', '127.0.0.1', '*.0'.replace('0', 'example')));
  assert.ok(matches('[::1]', '[0:0::1]'));
});

test('an entry that names no domain is refused, so that no list is shorter than it was written', () => {
  for (const entry of [
    '',
    '*.',
    'a b',
    'https://acme.example',
    'acme.*',
    '*acme.example',
    '*.192.0.2.1',
    'a..b',
  ]) {
    const list = domainList(['acme.example', entry]);
    assert.ok(!list.ok && list.refusal.code === 'name.bad-domain', entry);
  }
});

test('no text makes a look-up throw', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      domainList([text]);
      matches(text, 'acme.example', '*.test');
    }),
  );
  assert.ok(!matches('a.'.repeat(32_768), '*.a'));
});
