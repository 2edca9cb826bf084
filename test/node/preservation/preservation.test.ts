/** What comes again, what crosses on the way, and what a hold on a partner's request is on. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { openLetter, signLetter } from '../../../protocol/statement/index.ts';
import { makeKey } from '../../support/organisation.ts';
import { keyOf, OLIVE, OSCAR, PARTNER, PreservingWorld } from '../../support/preserving.ts';

async function open(t: TestContext): Promise<PreservingWorld> {
  const world = await PreservingWorld.open();
  t.after(() => world.close());
  return world;
}

async function isHeld({ ledger }: PreservingWorld, sequence: number): Promise<boolean> {
  try {
    await ledger.log.assertDisposable([sequence], Number.MAX_SAFE_INTEGER);
    return false;
  } catch (error) {
    assert.equal((error as { code: string }).code, 'archive.held');
    return true;
  }
}

test('C12: a request that comes again is recorded once, and given notice of each time', async (t) => {
  const world = await open(t);
  const statement = await signLetter('preservation', world.request(), keyOf(PARTNER).signer);
  const once = valueOf(await world.hand('request', statement));
  const { records } = world;
  const again = valueOf(await world.hand('request', statement));
  assert.equal(world.records, records);
  for (const notice of [once, again]) {
    const expected = { from: 'acme.test', to: PARTNER, at: world.retaining.now };
    const { publicKey } = makeKey('the statement key of acme');
    const opened = openLetter('preservation-notice', notice, expected, publicKey, nobleSuite);
    assert.deepEqual(valueOf(opened).about, nobleSuite.sha256(statement));
  }
});

test('C12: many that come at once are counted one by one', async (t) => {
  const world = await open(t);
  const taken = await Promise.all(
    Array.from({ length: 40 }, (_, number) => world.take('preservation', world.request({ number }))),
  );
  assert.equal(taken.filter(({ ok }) => ok).length, 32);
  assert.equal(await world.preservations.waiting(PARTNER, 100), 32);
});

test('C12: the hold is on what was exchanged with who asked, and not on what else its people and ours said', async (t) => {
  const world = await open(t);
  const { retaining, preserving } = world;
  const all = ['alice@acme.test', 'bob@partner.test', 'cat@third.test'];
  const group = await retaining.create(all.toSpliced(1, 1), 'group');
  const beforeBob = await retaining.say(group, 'bob is not here yet');
  await retaining.change(group, all);
  const withBob = await retaining.say(group, 'bob is here');
  const out = await retaining.change(group, all.toSpliced(1, 1));
  const afterBob = await retaining.say(group, 'bob is gone');
  const id = await world.requested({ people: ['alice@acme.test'] });
  await preserving.acts.accept(id, OLIVE, '');
  const found = await Promise.all(
    [world.withPartner, withBob, out, beforeBob, afterBob, world.internal, world.withThird].map(
      ({ sequence }) => isHeld(world, sequence),
    ),
  );
  assert.deepEqual(found, [true, true, true, false, false, false, false]);
});

test('C12: what comes is held by the same rule, the message that takes the partner out included', async (t) => {
  const world = await open(t);
  const { retaining, preserving } = world;
  const all = ['alice@acme.test', 'bob@partner.test', 'cat@third.test'];
  const group = await retaining.create(all, 'group');
  await preserving.acts.accept(await world.requested({ people: ['alice@acme.test'] }), OLIVE, '');
  const withBob = await retaining.say(group, 'bob is here');
  const out = await retaining.change(group, all.toSpliced(1, 1));
  const afterBob = await retaining.say(group, 'bob is gone');
  assert.deepEqual(
    await Promise.all([withBob, out, afterBob].map(({ sequence }) => isHeld(world, sequence))),
    [true, true, false],
  );
  assert.deepEqual(await retaining.retaining.dates.check(0, world.records), [], 'the walk says the same');
});

test('C12: an answer that crosses our withdrawal is archived, and changes nothing of that', async (t) => {
  const world = await open(t);
  const id = await world.ask();
  await world.preserving.acts.withdraw(id, OSCAR, 'it is settled');
  const answer = { ...world.act(id), outcome: 'accepted' as const };
  assert.ok((await world.take('preservation-answer', answer)).ok);
  const found = world.preservations.find(id);
  assert.deepEqual([found?.state, found?.told], ['withdrawn', false]);
  assert.equal((await world.preservations.untold(PARTNER, 10)).length, 1, 'the withdrawal still waits');
  const { records } = world;
  assert.ok((await world.take('preservation-answer', answer)).ok);
  assert.equal(world.records, records);
});

test('C12: only an officer in good standing asks, withdraws, accepts or declines', async (t) => {
  const { preserving, requested, ask } = await bound(t);
  const [theirs, ours] = [await requested(), await ask()];
  for (const act of [
    () => preserving.acts.accept(theirs, 'alice@acme.test', ''),
    () => preserving.acts.decline(theirs, 'nobody@acme.test', 'no'),
    () => preserving.acts.withdraw(ours, 'alice@acme.test', 'no'),
  ])
    await assert.rejects(act, { code: 'officer.required' });
});

async function bound(t: TestContext): Promise<Pick<PreservingWorld, 'preserving' | 'requested' | 'ask'>> {
  const world = await open(t);
  return {
    preserving: world.preserving,
    requested: (change) => world.requested(change),
    ask: (partner) => world.ask(partner),
  };
}
