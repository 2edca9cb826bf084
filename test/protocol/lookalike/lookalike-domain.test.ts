import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  knownDomains,
  lookalikeDomain,
  lookalikePartner,
  type How,
} from '../../../protocol/lookalike/index.ts';
import { anyText } from '../../support/any-text.ts';

const KNOWN = knownDomains([
  ...['acme.com', 'paypal.com', 'apple.com', 'google.com', 'adobe.com', 'bank.example', 'big-bank.com'],
  ...[
    'northwind.co.uk',
    'chat.contoso.com',
    'ing.nl',
    'xn--mller-kva.de',
    'acme-labs.github.io',
    'clearwater.org',
  ],
]);

/** Letters and what looks the same, from confusables.txt, as far as IDNA admits it. */
const TWINS: Readonly<Record<string, string>> = {
  ...{ a: 'а', c: 'с', d: 'ԁ', e: 'е', g: 'ɡ', h: 'һ', i: 'і', j: 'ј', l: 'ӏ', n: 'ո' },
  ...{ o: 'о', p: 'р', q: 'ԛ', s: 'ѕ', u: 'ս', v: 'ν', w: 'ԝ', x: 'х', y: 'у' },
};

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz');
const label = (least: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength: least, maxLength: 20 });

function assertLike(domains: Readonly<Record<string, readonly [string, How]>>): void {
  for (const [domain, [of, how]] of Object.entries(domains)) {
    assert.deepEqual(lookalikeDomain(domain, KNOWN), { of, how }, domain);
  }
}

test('homographs that were published are seen through, folded or not', () => {
  assertLike({
    'аррӏе.com': ['apple.com', 'confusable'],
    'xn--80ak6aa92e.com': ['apple.com', 'confusable'],
    'xn--pypal-4ve.com': ['paypal.com', 'confusable'],
    'xn--adoe-x34a.com': ['adobe.com', 'confusable'],
    'xn--oogle-wmc.com': ['google.com', 'edit'],
  });
});

test('each way of imitating a domain is told by its name', () => {
  assertLike({
    'acme.co': ['acme.com', 'suffix'],
    'northwind.com': ['northwind.co.uk', 'suffix'],
    'аcme.com': ['acme.com', 'confusable'],
    'ácme.com': ['acme.com', 'confusable'],
    'muller.de': ['xn--mller-kva.de', 'confusable'],
    'acrne.com': ['acme.com', 'homoglyph-digits'],
    'paypa1.com': ['paypal.com', 'homoglyph-digits'],
    'g00gle.com': ['google.com', 'homoglyph-digits'],
    'dearwater.org': ['clearwater.org', 'homoglyph-digits'],
    'northvvind.co.uk': ['northwind.co.uk', 'homoglyph-digits'],
    'аpplе1.com': ['apple.com', 'mixed-script'],
    'аcmex.com': ['acme.com', 'mixed-script'],
    'nоrthvvind.co.uk': ['northwind.co.uk', 'mixed-script'],
    'acmee.com': ['acme.com', 'edit'],
    'amce.com': ['acme.com', 'edit'],
    'nothwnid.com': ['northwind.co.uk', 'edit'],
    'bigbank.com': ['big-bank.com', 'edit'],
    'acme-payments.com': ['acme.com', 'inclusion'],
    'secure-acme.com': ['acme.com', 'inclusion'],
    'sесurе-аcme.com': ['acme.com', 'inclusion'],
    'acme.com.evil.test': ['acme.com', 'inclusion'],
    'login.big-bank.com.evil.test': ['big-bank.com', 'inclusion'],
    'paypa1-com.evil.test': ['paypal.com', 'inclusion'],
    'ing-login.com': ['ing.nl', 'inclusion'],
  });
});

test('a known domain, what is below it, and what its owner registered are never called imitations', () => {
  for (const domain of ['acme.com', 'ACME.com', 'www.acme.com', 'acme.acme.com', 'google.acme.com']) {
    assert.equal(lookalikeDomain(domain, KNOWN), undefined, domain);
  }
  for (const domain of ['contoso.com', 'xn--mller-kva.de', 'müller.de', 'x.acme-labs.github.io']) {
    assert.equal(lookalikeDomain(domain, KNOWN), undefined, domain);
  }
});

test('neighbours that are honest names of their own are left alone', () => {
  const honest = [
    ...['rank.example', 'tank.example', 'frank.example', 'banking.example', 'acmeists.com', 'academy.com'],
    ...['northern.co.uk', 'winding.co.uk', 'ring.nl', 'in.nl', 'inge.nl', 'applet-works.com', 'gaggle.com'],
    ...[
      'grapple.com',
      'contest.com',
      'example.com',
      'clearing.org',
      'waterfall.org',
      'ebay.com',
      'github.io',
    ],
  ];
  for (const domain of honest) assert.equal(lookalikeDomain(domain, KNOWN), undefined, domain);
});

test('sites of different people under one private suffix are told apart where it counts as a suffix', () => {
  assert.deepEqual(lookalikeDomain('acme-labz.github.io', KNOWN), { of: 'acme-labs.github.io', how: 'edit' });
  const one = knownDomains(['acme-labs.github.io'], { privateSuffixes: false });
  assert.equal(lookalikeDomain('acme-labz.github.io', one), undefined);
});

test('a domain with letters replaced by their twins is always caught', () => {
  const imitated = label(3).chain((text) =>
    fc.tuple(fc.constant(text), fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length })),
  );
  fc.assert(
    fc.property(imitated, fc.constantFrom('com', 'co.uk', 'example'), ([text, replaced], suffix) => {
      const twin = Array.from(text, (letter, at) => (replaced[at] ? (TWINS[letter] ?? letter) : letter)).join(
        '',
      );
      fc.pre(twin !== text);
      const found = lookalikeDomain(`${twin}.${suffix}`, knownDomains([`${text}.com`]));
      assert.deepEqual(found, { of: `${text}.com`, how: 'confusable' });
    }),
  );
});

function edited(text: string, place: number, letter: string, kind: string): string {
  const at = place % (text.length - 1);
  const [one = '', two = ''] = text.slice(at, at + 2);
  const instead = { more: letter + one + two, less: two, other: letter + two, swapped: two + one }[kind];
  return text.slice(0, at) + (instead ?? '') + text.slice(at + 2);
}

test('a character more, less, other or swapped is always caught, and two of those in a long label', () => {
  const step = fc.tuple(
    fc.nat(),
    fc.constantFrom(...LETTERS),
    fc.constantFrom('more', 'less', 'other', 'swapped'),
  );
  fc.assert(
    fc.property(label(9), fc.array(step, { minLength: 1, maxLength: 2 }), (text, steps) => {
      const typed = steps.reduce((label, [place, letter, kind]) => edited(label, place, letter, kind), text);
      fc.pre(typed !== text && typed.length >= 8);
      assert.equal(lookalikeDomain(`${typed}.test`, knownDomains([`${text}.com`]))?.of, `${text}.com`);
    }),
    { numRuns: 1_000 },
  );
});

test('no text at all makes it throw, nor does one that is no domain imitate anybody', () => {
  fc.assert(fc.property(anyText, (text) => void lookalikeDomain(text, KNOWN)));
  for (const text of [
    '',
    '.',
    'acme',
    '192.0.2.1',
    '[::1]',
    'com',
    `${'a'.repeat(65_536)}.com`,
    '\ud800.com',
  ]) {
    assert.equal(lookalikeDomain(text, KNOWN), undefined);
  }
  assert.throws(() => knownDomains(['no domain']), { code: 'name.bad-domain' });
});

test('a domain that is known itself imitates those before it in the list, and none after it', () => {
  const known = knownDomains([
    ...['acme.com', 'globex.com', 'g1obex.com', 'acrne.com', 'mail.acme.com', 'other.com'],
    ...['acme-bank.com', 'globax.com'],
  ]);
  const of = (domain: string): unknown => {
    const like = lookalikePartner(domain, known);
    return like && [like.of, like.how];
  };
  assert.deepEqual(of('acrne.com'), ['acme.com', 'homoglyph-digits']);
  assert.deepEqual(of('g1obex.com'), ['globex.com', 'homoglyph-digits']);
  assert.deepEqual(of('acme-bank.com'), ['acme.com', 'inclusion']);
  assert.deepEqual(of('globax.com'), ['globex.com', 'edit']);
  // nor one below another, which is of the same owner
  for (const domain of ['acme.com', 'globex.com', 'mail.acme.com', 'other.com', 'news.acme.com'])
    assert.equal(of(domain), undefined, domain);
  assert.deepEqual(of('acme.co'), ['acme.com', 'suffix'], 'as of one that is not known');
});
