import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ViewKeys } from '../../../node/ledger/keys.ts';
import { decodeSequence, encodeSequence } from '../../../node/ledger/view-key.ts';
import { testSealing } from '../../support/archive.ts';

const sealer = testSealing().views;
const KEYS = new ViewKeys((text) => sealer.nameOf(text));

const sequence = fc.maxSafeNat();
const address = fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.test$/);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const sorted = (one: Uint8Array, other: Uint8Array): number => Buffer.compare(one, other);

function isWithin(key: Uint8Array, { gte, lt }: { gte: Uint8Array; lt: Uint8Array }): boolean {
  return sorted(key, gte) >= 0 && sorted(key, lt) < 0;
}

test('the keys of a view stand in the order of their sequence numbers', () => {
  fc.assert(
    fc.property(address, sequence, sequence, (who, one, other) => {
      const order = Math.sign(sorted(KEYS.feed(who, one), KEYS.feed(who, other)));
      assert.equal(order, Math.sign(one - other));
      assert.equal(decodeSequence(KEYS.feed(who, one)), one);
      assert.equal(decodeSequence(encodeSequence(one)), one);
    }),
  );
});

test('a page of one member, conversation or partner never holds a row of another', () => {
  fc.assert(
    fc.property(address, address, sequence, (who, other, at) => {
      assert.equal(isWithin(KEYS.feed(other, at), KEYS.within('feed', who)), who === other);
      assert.equal(isWithin(KEYS.outbox(`${other}x`, at), KEYS.within('outbox', other)), false);
    }),
  );
  fc.assert(
    fc.property(hash, hash, sequence, (one, other, at) => {
      const same = Buffer.compare(one, other) === 0;
      assert.equal(isWithin(KEYS.timeline(other, at), KEYS.within('timeline', one)), same);
    }),
  );
});

test('a range of identifiers that end in 0xff ends after the last of them', () => {
  const last = new Uint8Array(32).fill(0xff);
  assert.ok(isWithin(KEYS.timeline(last, Number.MAX_SAFE_INTEGER), KEYS.within('timeline', last)));
  assert.equal(isWithin(KEYS.feed('a@acme.test', 0), KEYS.within('timeline', last)), false);
});

test('no two views share a key', () => {
  const hash32 = new Uint8Array(32);
  const keys = [
    KEYS.message(hash32),
    KEYS.timeline(hash32, 0),
    KEYS.feed('a', 0),
    KEYS.conversation(hash32),
    KEYS.membership('a', hash32),
    KEYS.signer(hash32),
    KEYS.outbox('a', 0),
    KEYS.outboxCursor('a'),
    KEYS.member('a'),
    KEYS.device('a'),
    KEYS.memberDevice('a', 'a'),
    KEYS.peerDevice('a'),
    KEYS.invitation(hash32),
    KEYS.agreement('a'),
    KEYS.organisation('a'),
    KEYS.roster('a'),
    KEYS.person('a'),
    KEYS.said('a', 0),
  ];
  assert.equal(new Set(keys.map(([first]) => first)).size, keys.length);
});
