/** Texts of 64 KB that are made to be slow, or to go unseen, are gone through all the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  knownDomains,
  knownMembers,
  linksIn,
  lookalikeDomain,
  lookalikeName,
  restrictionLevel,
  skeleton,
} from '../../../protocol/lookalike/index.ts';

const LENGTH = 65_536;

const REPEATED = [
  ...[
    'a',
    '[',
    '](',
    '[a](',
    '![a](',
    '[![a](b.test)](c.test)',
    '[a]([a](',
    '](<',
    '](<a>',
    '(',
    ')',
    '\\',
    '\n',
  ],
  ...[
    ':',
    'a:',
    'http:',
    'http://',
    "https://a.test'",
    "http:a.'",
    'https://@',
    'javascript:a ',
    'data:,',
    'mailto:',
  ],
  ...[
    'a.',
    'a@',
    '@',
    'a@b.co',
    '-.',
    '._',
    '1.',
    '%41.',
    'xn--',
    'xn--a.',
    'a.co,',
    '。',
    'a。',
    'é.',
    '中com。',
  ],
  ...[
    '\u202e',
    '\u200b',
    'a\u200b.',
    'a\u0301',
    '&#1',
    '[&#1',
    'https://a.test/)',
    ',;|',
    '/',
    '#',
    '\ud800',
  ],
];

function filled(piece: string): string {
  return piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);
}

test('a link after 64 KB of whatever is found as any other', () => {
  for (const piece of REPEATED) {
    const links = linksIn(`${filled(piece)}\n\n https://evil.example/x`);
    assert.equal(links.at(-1)?.host, 'evil.example', piece);
  }
});

test('each of thousands of links is found', () => {
  const text = filled('[acme.com](evil.test) ');
  const whole = Math.floor(LENGTH / '[acme.com](evil.test) '.length);
  assert.equal(linksIn(text).filter(({ mismatch }) => mismatch).length, whole);
});

test('names and domains of 64 KB imitate nobody, and are measured all the same', () => {
  const domains = knownDomains(['acme.com']);
  const members = knownMembers([{ name: 'Alice Smith', address: 'alice@acme.example' }]);
  for (const piece of REPEATED) {
    const text = filled(piece);
    assert.equal(lookalikeDomain(`${text}.com`, domains), undefined);
    assert.equal(lookalikeName(text, `${text}@evil.test`, members), undefined);
    assert.equal(skeleton(skeleton(text)), skeleton(text));
    assert.notEqual(restrictionLevel(text), undefined);
  }
});
