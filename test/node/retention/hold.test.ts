/** What is under a legal hold stays, whatever its schedule or a request says, until two officers release it. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isDisposed } from '../../../node/archive/index.ts';
import type { HoldScope } from '../../../node/ledger/index.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const POLICY = policyOf(30, 30);
const OLIVE = 'olive@acme.test';
const OSCAR = 'oscar@acme.test';
const MINUTE = 60_000;

const NOTHING: HoldScope = {
  people: [],
  conversations: [],
  organisations: [],
  words: [],
  from: null,
  until: null,
};

async function start(t: TestContext): Promise<RetainingWorld> {
  const world = await RetainingWorld.start(t, POLICY);
  for (const officer of [OLIVE, OSCAR]) await world.member(officer, ['member', 'compliance-officer']);
  for (const member of ['alice@acme.test', 'bob@acme.test', 'carol@acme.test']) await world.member(member);
  return world;
}

function place(world: RetainingWorld, matter: string, scope: Partial<HoldScope>): Promise<number> {
  const scoped = { ...NOTHING, ...scope };
  return world.retaining.holding.place({ matter, scope: scoped, actor: OLIVE, reason: 'a claim was made' });
}

async function release(world: RetainingWorld, matter: string): Promise<void> {
  const { request } = await world.retaining.holding.request(matter, OLIVE, 'it is settled');
  await world.retaining.holding.approve(matter, request, OSCAR);
}

function isGone(world: RetainingWorld, sequence: number): boolean {
  try {
    return world.log.content(sequence) === undefined;
  } catch (error) {
    if (isDisposed(error)) return true;
    throw error;
  }
}

async function month(world: RetainingWorld): Promise<void> {
  await world.live(31 * DAY);
  await world.retaining.retention.look();
}

test('C12: a hold beats expiry for what was there and for what comes, and releasing it deletes nothing', async (t) => {
  const world = await start(t);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const before = await world.say(conversation, 'said before the hold');
  await place(world, 'Smith v. Acme', { people: ['alice@acme.test'] });
  const after = await world.say(conversation, 'said after it', 'bob@acme.test');
  await assert.rejects(world.log.assertDisposable([after.sequence], Number.MAX_SAFE_INTEGER), {
    code: 'archive.held',
  });
  const other = await world.say(
    await world.create(['bob@acme.test', 'carol@acme.test']),
    'of others',
    'bob@acme.test',
  );
  await world.reopen(POLICY);
  await month(world);
  assert.deepEqual(
    [before, after, other].map(({ sequence }) => isGone(world, sequence)),
    [false, false, true],
  );
  await release(world, 'Smith v. Acme');
  assert.deepEqual([isGone(world, before.sequence), isGone(world, after.sequence)], [false, false]);
  await world.retaining.retention.look();
  assert.deepEqual([isGone(world, before.sequence), isGone(world, after.sequence)], [true, true]);
  assert.deepEqual((await world.log.verify()).findings, []);
});

for (const [what, scope, held] of [
  ['a person who has left the conversation', { people: ['carol@acme.test'] }, [true, true, false, false]],
  ['an organisation', { organisations: ['bank.test'] }, [false, false, false, true]],
  ['words, whatever their case and width', { words: ['ＰＬＯＶＥＲ'] }, [false, true, false, false]],
  [
    'people and words together',
    { people: ['bill@bank.test'], words: ['plover'] },
    [false, false, false, false],
  ],
] as const) {
  test(`C12: a hold on ${what} is on these messages and no others`, async (t) => {
    const world = await start(t);
    const group = await world.create(['alice@acme.test', 'bob@acme.test', 'carol@acme.test'], 'group');
    const said = [await world.say(group, 'one'), await world.say(group, 'the Plover egg')];
    await world.change(group, ['alice@acme.test', 'bob@acme.test']);
    said.push(await world.say(group, 'without Carol'));
    said.push(await world.say(await world.create(['alice@acme.test', 'bill@bank.test']), 'to the bank'));
    await place(world, 'Smith v. Acme', structuredClone(scope) as unknown as Partial<HoldScope>);
    await month(world);
    assert.deepEqual(
      said.map(({ sequence }) => !isGone(world, sequence)),
      held,
    );
  });
}

test('C12: a hold on dates is on what was received then', async (t) => {
  const world = await start(t);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const said = [await world.say(conversation, 'one')];
  await world.live(DAY);
  const from = world.now;
  said.push(await world.say(conversation, 'two'));
  await world.live(DAY);
  await place(world, 'Smith v. Acme', { from, until: world.now });
  said.push(await world.say(conversation, 'three'));
  await month(world);
  assert.deepEqual(
    said.map(({ sequence }) => isGone(world, sequence)),
    [true, false, true],
  );
});

test('C12: overlapping holds add up: what two matters hold goes after the second release', async (t) => {
  const world = await start(t);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sequence } = await world.say(conversation, 'the plover egg');
  await place(world, 'Smith v. Acme', { people: ['alice@acme.test'] });
  await place(world, 'Jones v. Acme', { words: ['plover'] });
  await release(world, 'Smith v. Acme');
  await month(world);
  assert.equal(isGone(world, sequence), false);
  await release(world, 'Jones v. Acme');
  await world.retaining.retention.look();
  assert.equal(isGone(world, sequence), true);
});

test('C12, C15: it takes two officers to release, of whom the second approves that request in time', async (t) => {
  const world = await start(t);
  const { holding, holds } = world.retaining;
  await place(world, 'Smith v. Acme', { people: ['alice@acme.test'] });
  const matter = 'Smith v. Acme';
  await assert.rejects(holding.request(matter, 'alice@acme.test', 'no officer'), {
    code: 'officer.required',
  });
  await assert.rejects(holding.approve(matter, null, OSCAR), { code: 'approval.missing' });
  const first = await holding.request(matter, OLIVE, 'it is settled');
  await assert.rejects(holding.approve(matter, first.request, OLIVE), { code: 'approval.own' });
  await assert.rejects(holding.approve(matter, first.request, 'bob@acme.test'), { code: 'officer.required' });
  await world.live(16 * MINUTE);
  await assert.rejects(holding.approve(matter, first.request, OSCAR), { code: 'approval.expired' });
  const second = await holding.request(matter, OLIVE, 'it is settled, again');
  await assert.rejects(holding.approve(matter, first.request, OSCAR), { code: 'approval.missing' });
  assert.equal(holds.active.length, 1);
  await holding.approve(matter, second.request, OSCAR);
  assert.equal(holds.active.length, 0);
  await assert.rejects(holding.approve(matter, second.request, OSCAR), { code: 'approval.missing' });
  await assert.rejects(holding.request(matter, OLIVE, 'once more'), { code: 'hold.unknown' });
});

test('C12: what an approval ends is what was there when it was asked for', async (t) => {
  const world = await start(t);
  const { holding, holds } = world.retaining;
  await place(world, 'Smith v. Acme', { people: ['alice@acme.test'] });
  const { request } = await holding.request('Smith v. Acme', OLIVE, 'it is settled');
  const later = await place(world, 'Smith v. Acme', { people: ['bob@acme.test'] });
  await holding.approve('Smith v. Acme', request, OSCAR);
  assert.deepEqual(
    holds.active.map(({ sequence }) => sequence),
    [later],
  );
});

test('C2, C12: a hold that was taken off in the database is named and put back, and nothing goes', async (t) => {
  const world = await start(t);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sequence } = await world.say(conversation, 'the plover egg');
  await place(world, 'Smith v. Acme', { people: ['alice@acme.test'] });
  await world.tamper((key) => key[0] === 0x07, undefined);
  await world.open(POLICY);
  await world.live(31 * DAY);
  const { tampered } = await world.retaining.retention.look();
  assert.ok(tampered.some((one) => one.sequence === sequence && /was taken off/.test(one.problem)));
  assert.equal(isGone(world, sequence), false);
});

test('C11: a request for erasure is refused under a hold, deferred under a schedule, and done when nothing keeps it', async (t) => {
  const world = await start(t);
  const conversation = await world.create(['bob@acme.test', 'alice@acme.test']);
  const held = await world.say(conversation, 'the plover egg');
  const others = await world.say(conversation, 'what Bob said', 'bob@acme.test');
  await place(world, 'Smith v. Acme', { words: ['plover'] });
  const { erasing, erasures } = world.retaining;
  const request = await erasing.request('alice@acme.test', 'GDPR 17(1)(b)', OLIVE);
  assert.equal(erasures.find(request)?.state, 'refused');
  assert.match(erasures.find(request)?.outcome ?? '', /legal hold/);
  const later = await world.say(conversation, 'something else');
  const second = await erasing.request('alice@acme.test', 'GDPR 17(1)(b)', OLIVE);
  assert.equal(erasures.find(second)?.state, 'deferred');
  assert.equal(erasures.find(second)?.until, world.now + 30 * DAY);
  await release(world, 'Smith v. Acme');
  await world.live(30 * DAY - MINUTE);
  await erasing.look();
  assert.equal(erasures.find(second)?.state, 'deferred');
  await world.live(2 * MINUTE);
  await erasing.look();
  const { state, erased, left } = erasures.find(second) ?? {};
  assert.deepEqual([state, erased, left], ['erased', 2, 0]);
  assert.deepEqual(
    [held, later, others].map(({ sequence }) => isGone(world, sequence)),
    [true, true, false],
  );
  const certificate = world.log.disposed(held.sequence)?.certificate ?? 0;
  const { ground, schedule } = world.ledger.record('disposal', certificate) ?? {};
  assert.deepEqual([ground, schedule], ['erasure', String(second)]);
  assert.deepEqual((await world.log.verify()).findings, []);
});
