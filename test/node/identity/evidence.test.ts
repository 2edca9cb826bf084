/** What a partner signed against itself is kept, once, and an operator hears of it; an old copy accuses nobody. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { verifyChain } from '../../../protocol/identity/index.ts';
import { openRoster } from '../../../protocol/statement/index.ts';
import { Besieged } from '../../support/besieged.ts';
import { AT } from '../../support/dnssec-chain.ts';

const HOUR = 3_600;

async function met(t: TestContext): Promise<Besieged> {
  const world = await Besieged.open();
  t.after(() => world.close());
  await world.agree();
  await world.meet();
  return world;
}

async function codeOf(world: Besieged, roster: Uint8Array): Promise<string> {
  const admitted = await world.admit(await world.bundle({ roster }));
  return admitted.ok ? 'admitted' : admitted.refusal.code;
}

test('two rosters of one number are kept with the certificates that verify both, with one alarm', async (t) => {
  const world = await met(t);
  const revoked = [{ serial: '8a', at: AT, reason: 'key-compromise' as const }];
  const other = await world.roster({ revoked });
  for (let again = 0; again < 3; again++) {
    assert.equal(await codeOf(world, other), 'roster.equivocation');
    const taken = await world.trust.takeRoster(other, world.session);
    assert.equal(taken.ok ? '' : taken.refusal.code, 'roster.equivocation');
  }
  const kept = await world.evidence.all();
  assert.deepEqual(
    kept.map(({ evidence }) => [
      evidence.domain,
      evidence.kind,
      evidence.first.number,
      evidence.second.number,
    ]),
    [['acme.test', 'equivocation', 5, 5]],
  );
  const { first, second } = kept[0]!.evidence;
  const shown = [await world.roster(), other].map((statement) => new Uint8Array(statement));
  assert.deepEqual([first.statement, second.statement], shown);
  for (const { statement, chain } of [first, second]) {
    const signer = verifyChain(chain, AT, world.context.suite);
    assert.ok(signer.ok && signer.value.domain === 'acme.test');
    assert.ok(openRoster(statement, 'acme.test', signer.value.publicKey, AT, world.context.suite).ok);
  }
  assert.equal(world.alarms.length, 1);
  const { partner, alarm, code, ...numbers } = JSON.parse(world.alarms[0]!) as Record<string, unknown>;
  assert.deepEqual(
    [partner, alarm, code, numbers['known'], numbers['shown']],
    ['acme.test', true, 'roster.equivocation', 5, 5],
  );
});

test('a copy of an earlier roster lets its node in and accuses nobody, however old it is', async (t) => {
  const world = await met(t);
  const earlier = await world.roster();
  for (const number of [6, 7]) {
    world.now += HOUR;
    const next = await world.roster({ number, issued: world.now, nextUpdate: world.now + 24 * HOUR });
    assert.ok((await world.trust.takeRoster(next, world.session)).ok);
  }
  assert.equal(await codeOf(world, earlier), 'admitted');
  // one that was never shown here, but is as old as its number says
  assert.equal(await codeOf(world, await world.roster({ number: 4, issued: AT - HOUR })), 'admitted');
  const refused = await world.trust.takeRoster(earlier, world.session);
  assert.equal(refused.ok ? '' : refused.refusal.code, 'roster.rollback');
  assert.deepEqual([await world.evidence.all(), world.alarms], [[], []]);
});

test('a lower number signed later is evidence, unless a clock that was set right explains it', async (t) => {
  const world = await met(t);
  world.now = AT + 2 * HOUR;
  assert.equal(await codeOf(world, await world.roster({ number: 4, issued: AT + 600 })), 'admitted');
  assert.deepEqual(await world.evidence.all(), []);
  assert.equal(await codeOf(world, await world.roster({ number: 3, issued: AT + 601 })), 'roster.rollback');
  const [kept] = await world.evidence.all();
  assert.deepEqual([kept?.evidence.kind, kept?.evidence.second.number], ['rollback', 3]);
  assert.equal(world.alarms.length, 1);
});

test('a partner that signs ever new rosters of a number fills its places, and no more of the archive', async (t) => {
  const world = await met(t);
  const before = world.records;
  for (let at = 1; at <= 20; at++) {
    const roster = await world.roster({ nextUpdate: AT + 24 * HOUR + at });
    assert.equal(await codeOf(world, roster), 'roster.equivocation');
  }
  assert.equal(world.records, before + 16);
  assert.equal((await world.evidence.all()).length, 16);
  assert.equal(world.alarms.length, 16);
});

test('a pair shown on two streams at once is kept once', async (t) => {
  const world = await met(t);
  const other = await world.roster({ nextUpdate: AT + 25 * HOUR });
  await Promise.all([1, 2, 3].map(() => world.trust.takeRoster(other, world.session)));
  assert.equal((await world.evidence.all()).length, 1);
  assert.equal(world.alarms.length, 1);
});
