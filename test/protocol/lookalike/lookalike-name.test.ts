import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { knownMembers, lookalikeName, type How } from '../../../protocol/lookalike/index.ts';
import { anyText } from '../../support/any-text.ts';

const MEMBERS = knownMembers([
  { name: 'Alice Smith', address: 'alice@acme.example' },
  { name: 'Ian Lewis', address: 'ilewis@acme.example' },
  { name: 'José Núñez-Pérez', address: 'jose.nunez@acme.example' },
  { name: '田中太郎', address: 'taro@acme.example' },
  { name: 'Иван Петров', address: 'petrov@acme.example' },
  { name: 'Support', address: 'support@acme.example' },
  { name: 'B. Bell', address: 'b@acme.example' },
  { name: 'Prof. Dr. Jürgen Müller', address: 'jm@acme.example' },
  { name: 'Seán O’Brien', address: 'sob@acme.example' },
  { name: 'Zoe Groß', address: 'zg@acme.example' },
]);

function assertLike(cases: readonly (readonly [string, string, string, How])[]): void {
  for (const [name, address, of, how] of cases) {
    assert.deepEqual(lookalikeName(name, address, MEMBERS), { of, how }, `${name} <${address}>`);
  }
}

test('a display name of one of ours is seen through case, order, accents, punctuation and other alphabets', () => {
  const alice = [
    'Alice Smith',
    'SMITH, Alice',
    'Аlісе Smіth',
    'A1ice Smith',
    'Ａｌｉｃｅ Ｓｍｉｔｈ',
    'Ali\u200bce Smith',
  ];
  const more = [
    'Àlice  Smíth',
    '“Alice” Smith',
    'Alice Smith (Acme Ltd)',
    '[External] Alice Smith',
    '𝐀𝐥𝐢𝐜𝐞 𝐒𝐦𝐢𝐭𝐡',
  ];
  for (const name of [...alice, ...more]) assertLike([[name, 'x@evil.test', 'alice@acme.example', 'name']]);
  assertLike([
    ['lan Lewis', 'x@evil.test', 'ilewis@acme.example', 'name'],
    ['Jose Nunez Perez', 'x@evil.test', 'jose.nunez@acme.example', 'name'],
    ['田中太郎', 'x@evil.test', 'taro@acme.example', 'name'],
    ['ПЕТРОВ Иван', 'x@evil.test', 'petrov@acme.example', 'name'],
  ]);
});

test('titles, a firm beside the name, and umlauts written without hide no name', () => {
  for (const name of [
    ...[
      'Dr Alice Smith',
      'Alice Smith, PhD',
      'Mrs. Alice Smith MBA',
      'Alice Smith | Acme',
      'Alice Smith - Acme Ltd',
    ],
    ...['Alice Smith, Acme', 'Smith Alice via Acme', 'Board of Acme / Alice Smith'],
  ])
    assertLike([[name, 'x@evil.test', 'alice@acme.example', 'name']]);
  for (const name of ['Jürgen Müller', 'Juergen Mueller', 'Dr. Jurgen Muller', 'Müller, Jürgen'])
    assertLike([[name, 'x@evil.test', 'jm@acme.example', 'name']]);
  assertLike([
    ["Sean O'Brien", 'x@evil.test', 'sob@acme.example', 'name'],
    ['Sean OBrien', 'x@evil.test', 'sob@acme.example', 'name'],
    ['Zoe Gross', 'x@evil.test', 'zg@acme.example', 'name'],
  ]);
});

test('a local part of one of ours is seen, whether it is written as theirs or as their name', () => {
  assertLike([
    ['Bob', 'ilewis@evil.test', 'ilewis@acme.example', 'local-part'],
    ['Bob', 'jose.nunez@evil.test', 'jose.nunez@acme.example', 'local-part'],
    ['Bob', 'alice.smith@evil.test', 'alice@acme.example', 'local-part'],
    ['Bob', 'smith_alice@evil.test', 'alice@acme.example', 'local-part'],
  ]);
});

test('an address of ours that stands where a name should is seen', () => {
  for (const name of ['alice@acme.example', '"ALICE@acme.example" via list', 'mailto:alice@acme.example']) {
    assertLike([[name, 'x@evil.test', 'alice@acme.example', 'address-as-name']]);
  }
});

test('first names, roles and initials that many share imitate nobody', () => {
  const honest = [
    ...['Alice', 'Alice Jones', 'A. Smith', 'Smith', 'Alice B. Smith', 'Support', 'B. Bell', 'Lan Lewis', ''],
    ...[
      'Alice Smithson',
      'Bob',
      'Dr. Smith',
      'Alice, Smith & Jones',
      'Alice | Smith',
      'Jo Mueller',
      'Zo Gross',
    ],
  ];
  for (const name of honest) assert.equal(lookalikeName(name, 'x@evil.test', MEMBERS), undefined, name);
  for (const address of [
    'alice@evil.test',
    'support@evil.test',
    'smith@evil.test',
    'b@evil.test',
    'asmith@evil.test',
  ]) {
    assert.equal(lookalikeName('Bob', address, MEMBERS), undefined, address);
  }
});

test('one word of ours in the characters of another alphabet is no coincidence', () => {
  assertLike([['Suррort', 'x@evil.test', 'support@acme.example', 'name']]);
});

test('a member is never called an imitation, and no text makes it throw', () => {
  for (const address of ['alice@acme.example', 'ilewis@acme.example', 'new@acme.example']) {
    assert.equal(lookalikeName('Alice Smith', address, MEMBERS), undefined);
  }
  fc.assert(
    fc.property(anyText, anyText, (name, address) => {
      lookalikeName(name, address, MEMBERS);
      lookalikeName(`${name}@acme.example`, address, knownMembers([{ name, address }]));
    }),
  );
});
