/** Who waits to be let in, whatever became of what they wrote meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decisions, Requests } from '../../../node/ledger/index.ts';
import { RequestList } from '../../../node/review/index.ts';
import { DEVICE } from '../../support/messages.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const ALICE = 'alice@acme.test';
const CAROL = 'carol@partner.test';

test('who waits is listed when what they wrote was disposed of, and so is everybody else', async (t) => {
  const world = await RetainingWorld.start(t, policyOf(30, 30));
  const { ledger } = world;
  await world.member(ALICE);
  const conversation = await world.create([ALICE, CAROL]);
  await world.hold(conversation, 'good day', ['strangers'], CAROL);
  const person = { address: CAROL, name: 'Carol', roles: [], domain: 'partner.test', since: 0 } as const;
  const list = new RequestList({
    ...{ ledger, decisions: new Decisions(ledger), requests: new Requests(ledger) },
    contacts: { mayMemberAccept: () => true },
    personOf: (device) => {
      assert.deepEqual(device, DEVICE);
      return { ...person, roles: [], level: 'dnssec' };
    },
    imitated: () => Promise.resolve(null),
  });
  const waiting = async (): Promise<unknown> =>
    (await list.forMember(ALICE)).people.map((one) => [one.person.address, one.messages]);
  assert.deepEqual(await waiting(), [[CAROL, 1]]);
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  assert.deepEqual(await waiting(), [[CAROL, 1]]);
});
