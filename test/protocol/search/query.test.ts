import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery, type Query } from '../../../protocol/search/index.ts';

function parsed(text: string): Query {
  const query = parseQuery(text);
  assert.ok(query.ok, query.ok ? '' : query.refusal.message);
  return query.value;
}

function refused(text: string): { readonly message: string; readonly position: unknown } {
  const query = parseQuery(text);
  assert.ok(!query.ok, `${text} is taken`);
  assert.equal(query.refusal.code, 'request.invalid');
  return { message: query.refusal.message, position: query.refusal.facts['position'] };
}

test('words, phrases and filters are all to hold', () => {
  const { conditions, from, until } = parsed(
    'invoice "net 30" from:alice with:Partner.test after:2026-01-01 has:attachment',
  );
  assert.deepEqual(conditions, [
    { what: 'words', words: ['invoice'], not: false },
    { what: 'words', words: ['net', '30'], not: false },
    { what: 'from', name: 'alice', not: false },
    { what: 'with', name: 'partner.test', not: false },
    { what: 'mark', mark: 'attachment', set: true, not: false },
  ]);
  assert.equal(from, Date.parse('2026-01-01T00:00:00Z'));
  assert.equal(until, null);
});

test('what has a minus before it is not to hold, and a minus inside a word is none', () => {
  assert.deepEqual(parsed('-draft -"net 30" e-mail -from:bob edited:no').conditions, [
    { what: 'words', words: ['draft'], not: true },
    { what: 'words', words: ['net', '30'], not: true },
    { what: 'words', words: ['e', 'mail'], not: false },
    { what: 'from', name: 'bob', not: true },
    { what: 'mark', mark: 'edited', set: false, not: true },
  ]);
});

test('times are days and instants in UTC, and narrow each other', () => {
  const day = Date.parse('2026-03-05T00:00:00Z');
  assert.deepEqual(parsed('on:2026-03-05'), { conditions: [], from: day, until: day + 86_400_000 });
  assert.equal(parsed('after:2026-03-05T01:00+01:00').from, day);
  const narrowed = parsed('after:2026-03-05 after:2026-03-01 before:2026-04-01 before:2026-03-06');
  assert.deepEqual([narrowed.from, narrowed.until], [day, day + 86_400_000]);
});

test('people and organisations are named in their canonical form', () => {
  const names = ['Alice', 'ALICE@Acme.test', 'bücher.test', '@partner.test', 'alice.smith'];
  assert.deepEqual(
    names.map((name) => parsed(`from:${name}`).conditions[0]),
    ['alice', 'alice@acme.test', 'xn--bcher-kva.test', 'partner.test', 'alice.smith'].map((name) => ({
      what: 'from',
      name,
      not: false,
    })),
  );
});

test('quotation marks of a word processor are quotation marks, and a filter takes them', () => {
  assert.deepEqual(parsed('„net 30“').conditions, [{ what: 'words', words: ['net', '30'], not: false }]);
  assert.deepEqual(parsed('direction:"in"').conditions[0], {
    what: 'direction',
    direction: 'in',
    not: false,
  });
});

test('what cannot be read is refused with its place', () => {
  assert.equal(refused('').position, 0);
  assert.equal(refused('   ').position, 0);
  assert.equal(refused('one "two').position, 4);
  assert.equal(refused('one re:two').position, 4);
  assert.equal(refused('one -after:2026-01-01').position, 4);
  assert.equal(refused('one after:tomorrow').position, 4);
  assert.equal(refused('after:2026-13-01').position, 0);
  assert.equal(refused('one from:a@b').position, 4);
  assert.equal(refused('one !!! two').position, 4);
  assert.equal(refused('in:xyz').position, 0);
  assert.equal(refused('constructor:1').position, 0);
  assert.equal(refused('x '.repeat(600)).position, 1_024);
  assert.equal(refused('x '.repeat(65)).position, 128);
  assert.match(refused('held:maybe').message, /yes or no \(at character 1\)/);
});
