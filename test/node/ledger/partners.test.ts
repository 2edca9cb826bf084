import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ArchiveLog } from '../../../node/archive/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { ledgerOn, Partners, type RosterRecord } from '../../../node/ledger/index.ts';

test('of a partner’s rosters the highest wins, an older one and a second one of the same number are refused', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-partners-'));
  const log = await ArchiveLog.open({
    location: join(folder, 'archive'),
    origin: 'acme.test/chancery',
    sha256: sodiumSuite.sha256,
    clock: Date.now,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  });
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true });
  });
  const partners = new Partners(ledgerOn(log, 'acme.test', sodiumSuite.sha256), sodiumSuite.sha256);
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
  assert.equal(log.size, 2, 'a roster that is known, or refused, was recorded');
});
