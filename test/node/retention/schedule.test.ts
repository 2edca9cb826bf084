/** How long what is kept: by class, by what was in force when it came, and by time that has passed for certain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDisposed } from '../../../node/archive/index.ts';
import type { RetentionPolicy } from '../../../node/retention/index.ts';
import { DAY, policyOf, RetainingWorld, SECOND } from '../../support/retaining.ts';

const PEOPLE = ['alice@acme.test', 'bob@acme.test'];

function isGone(world: RetainingWorld, sequence: number): boolean {
  try {
    return world.log.content(sequence) === undefined;
  } catch (error) {
    if (isDisposed(error)) return true;
    throw error;
  }
}

test('C7: each class goes by its own schedule: type, organisation, role and content', async (t) => {
  const schedules: RetentionPolicy['schedules'] = [
    { name: 'trading', for: { role: 'trader' }, floorDays: 60, ceilingDays: 60 },
    { name: 'bank', for: { organisation: 'bank.test' }, floorDays: 50, ceilingDays: 50 },
    { name: 'membership', for: { content: 'create' }, floorDays: 40, ceilingDays: 40 },
    { name: 'groups', for: { conversation: 'group' }, floorDays: 30, ceilingDays: 30 },
  ];
  const policy = policyOf(20, 20, schedules);
  const world = await RetainingWorld.start(t, policy);
  await world.member('alice@acme.test');
  await world.member('tess@acme.test', ['member', 'trader']);
  const said = new Map<number, number>();
  const say = async (days: number, members: readonly string[], type: 'direct' | 'group'): Promise<void> => {
    said.set((await world.say(await world.create(members, type), `${days} days`)).sequence, days);
  };
  await say(20, PEOPLE, 'direct');
  await say(30, PEOPLE, 'group');
  await say(50, ['alice@acme.test', 'bill@bank.test'], 'group');
  await say(60, ['alice@acme.test', 'tess@acme.test', 'bill@bank.test'], 'group');
  for (let day = 0; day < 70; day += 10) {
    await world.retaining.retention.look();
    for (const [sequence, days] of said)
      assert.equal(isGone(world, sequence), days <= day, `${days} at ${day}`);
    await world.live(10 * DAY + SECOND);
  }
  assert.deepEqual((await world.log.verify()).findings, []);
});

test('C2, C7: a shorter schedule counts for what comes, and shortens nothing that is stored', async (t) => {
  const world = await RetainingWorld.start(t, policyOf(100, 100));
  const conversation = await world.create(PEOPLE);
  const before = await world.say(conversation, 'kept for 100 days');
  await world.reopen(policyOf(1, 1));
  const after = await world.say(conversation, 'kept for a day');
  await world.live(50 * DAY);
  await world.retaining.retention.look();
  assert.deepEqual([isGone(world, before.sequence), isGone(world, after.sequence)], [false, true]);
  await assert.rejects(
    world.log.dispose([before.sequence], Number.MAX_SAFE_INTEGER, []),
    { code: 'internal' },
    'not even this program takes away what no certificate names',
  );
  await world.live(51 * DAY);
  await world.retaining.retention.look();
  assert.equal(isGone(world, before.sequence), true);
});

test('C7: a longer schedule, and a schedule that is no longer written, shorten nothing either', async (t) => {
  const named = { name: 'groups', for: { conversation: 'group' as const }, floorDays: 10, ceilingDays: 10 };
  const world = await RetainingWorld.start(t, policyOf(5, 5, [named]));
  const { sequence } = await world.say(await world.create(PEOPLE, 'group'), 'in a group');
  await world.reopen(policyOf(5, 5));
  await world.live(30 * DAY);
  await world.retaining.retention.look();
  assert.equal(isGone(world, sequence), false, 'nothing says any more that it must go');
  await world.reopen(policyOf(5, 5, [{ ...named, ceilingDays: 40 }]));
  await world.live(5 * DAY);
  await world.retaining.retention.look();
  assert.equal(isGone(world, sequence), false);
  await world.live(6 * DAY);
  await world.retaining.retention.look();
  assert.equal(isGone(world, sequence), true);
});

test('C7: what still waits for a partner stays, and goes once the partner has it', async (t) => {
  const world = await RetainingWorld.start(t, policyOf(30, 30));
  await world.agree('bank.test');
  const conversation = await world.create(['alice@acme.test', 'bill@bank.test']);
  const said = await world.say(conversation, 'on its way');
  await world.live(31 * DAY);
  const { disposed, kept } = await world.retaining.retention.look();
  assert.deepEqual([disposed, kept.length], [0, 2]);
  await world.acknowledge('bank.test', said);
  await world.retaining.retention.look();
  assert.equal(isGone(world, said.sequence), true);
});

for (const days of [400, -400]) {
  test(`C7: a clock that jumps by ${days} days brings nothing forward, in a running node or at its start`, async (t) => {
    const policy = policyOf(30, 30);
    const world = await RetainingWorld.start(t, policy);
    const conversation = await world.create(PEOPLE);
    const { sequence } = await world.say(conversation, 'said before');
    await world.live(20 * DAY);
    world.jump(days);
    await world.ledger.administer('test', 'record', 'under the wrong time');
    assert.equal((await world.retaining.retention.look()).disposed, 0, 'while it runs');
    await world.reopen(policy);
    await world.ledger.administer('test', 'record', 'after a start under the wrong time');
    await world.live(DAY);
    assert.equal((await world.retaining.retention.look()).disposed, 0, 'after a start');
    world.jump(-days);
    await world.reopen(policy);
    await world.live(7 * DAY);
    assert.equal((await world.retaining.retention.look()).disposed, 0, 'after it was set right again');
    assert.equal(isGone(world, sequence), false);
    // a log that was told of a later time goes on counting once that has come
    await world.live((days > 0 ? days : 0) * DAY + 30 * DAY);
    await world.retaining.retention.look();
    assert.equal(isGone(world, sequence), true);
    assert.deepEqual((await world.log.verify()).findings, []);
  });
}

test('C7: in a running node a jump of the clock does not bring forward even the last second', async (t) => {
  const world = await RetainingWorld.start(t, policyOf(30, 30));
  const { sequence } = await world.say(await world.create(PEOPLE), 'said before');
  await world.live(30 * DAY - SECOND);
  world.jump(400);
  await world.ledger.administer('test', 'record', 'under the wrong time');
  assert.equal((await world.retaining.retention.look()).disposed, 0);
  world.jump(-400);
  assert.equal((await world.retaining.retention.look()).disposed, 0);
  assert.equal(isGone(world, sequence), false);
});

test('C2: dates that were changed in the database are named, put right, and let nothing go', async (t) => {
  const policy = policyOf(30, 30);
  const world = await RetainingWorld.start(t, policy);
  const conversation = await world.create(PEOPLE);
  const { sequence } = await world.say(conversation, 'the plover egg');
  const other = await world.say(conversation, 'another');
  await world.tamper((key) => key[0] === 0x06 && key[8] === sequence, Buffer.alloc(8));
  await world.open(policy);
  await world.tamper((key) => key[0] === 0x06 && key[8] === other.sequence, undefined);
  await world.open(policy);
  await world.live(2 * DAY);
  const { disposed, tampered } = await world.retaining.retention.look();
  assert.equal(disposed, 0);
  assert.deepEqual(
    tampered.map((one) => [one.sequence, /brought forward|gone/.exec(one.problem)?.[0]]),
    [
      [sequence, 'brought forward'],
      [other.sequence, 'gone'],
    ],
  );
  assert.deepEqual((await world.retaining.dates.check(0, world.log.size)).length, 0);
});

test('C2: a content that was deleted in the database is named, whatever row is laid beside it', async (t) => {
  const policy = policyOf(1, 1);
  const world = await RetainingWorld.start(t, policy);
  const conversation = await world.create(PEOPLE);
  await world.say(conversation, 'goes as it should');
  await world.live(2 * DAY);
  await world.retaining.retention.look();
  const { sequence } = await world.say(conversation, 'the plover egg');
  const certificate = world.log.disposed(0)?.certificate ?? world.log.disposed(1)?.certificate ?? 0;
  assert.ok(certificate > 0);
  const row = Buffer.alloc(9);
  row[0] = 0x4a;
  row[8] = sequence;
  const value = Buffer.alloc(8);
  value[7] = certificate;
  await world.tamper((key) => key[0] === 0x02 && key[8] === sequence, undefined, [row, value]);
  await world.open(policy);
  assert.deepEqual(
    (await world.log.verify()).findings,
    [{ sequence, problem: 'the content is missing' }],
    'the certificate does not name it',
  );
});
