/** Views that are made anew bring nothing back of what was disposed of, and know what it was disposed by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDisposed } from '../../../node/archive/index.ts';
import { remakeViews, type Ledger } from '../../../node/ledger/index.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const POLICY = policyOf(30, 30);

/** Every row of every view, opened. */
async function rowsOf(ledger: Ledger): Promise<string[]> {
  const rows: string[] = [];
  for await (const [key, value] of ledger.iterate({ gte: Uint8Array.of(0x10) }))
    rows.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
  return rows;
}

test('what was disposed of stays so when the views are made anew, and everything else is as it was', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  for (const address of ['alice@acme.test', 'bob@acme.test']) await world.member(address);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sequence } = await world.say(conversation, 'the plover egg');
  await world.live(31 * DAY);
  assert.equal((await world.retaining.retention.look()).disposed, 2);
  await world.say(conversation, 'the vault');
  const before = await rowsOf(world.ledger);
  await remakeViews(world.ledger);
  await world.reopen(POLICY); // what certificates ask for is looked at again, as at every start
  const after = await rowsOf(world.ledger);
  const [lost, made] = [
    before.filter((row) => !after.includes(row)),
    after.filter((row) => !before.includes(row)),
  ];
  // of a message that is gone its id alone may be known, or no longer
  assert.deepEqual(made, []);
  assert.ok(
    lost.every((row) => row.startsWith('10')),
    lost.join('\n'),
  );
  assert.throws(() => world.log.content(sequence), isDisposed);
  assert.deepEqual((await world.log.verify()).findings, []);
  assert.deepEqual((await world.messages.timeline(conversation, null, 10)).length, 1);
});
