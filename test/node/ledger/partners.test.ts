import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { Partners, type RosterRecord } from '../../../node/ledger/index.ts';
import { openLedger } from '../../support/ledger.ts';

test('of a partner’s rosters the highest wins, an older one and a second one of the same number are refused', async (t) => {
  const ledger = await openLedger(t);
  const partners = new Partners(ledger, sodiumSuite.sha256);
  const roster = (number: number, byte: number): RosterRecord => ({
    domain: 'partner.test',
    number,
    statementKey: new Uint8Array(32),
    chain: [1, 2, 3].map((one) => Uint8Array.of(one)),
    statement: Uint8Array.of(byte),
  });
  const take = async (number: number, byte: number): Promise<string> => {
    const taken = await partners.takeRoster(roster(number, byte));
    return taken.ok ? 'ok' : taken.refusal.code;
  };
  assert.equal(await take(5, 1), 'ok');
  assert.equal(await take(5, 1), 'ok');
  assert.equal(await take(5, 2), 'roster.equivocation');
  assert.equal(await take(4, 1), 'roster.rollback');
  assert.equal(await take(9, 3), 'ok');
  assert.equal(partners.roster('partner.test')?.number, 9);
  assert.equal(ledger.log.size, 2, 'a roster that is known, or refused, was recorded');
});
