/** What members report: bounded by the archive, and told to everybody who was shown the message. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { platform } from '../../../node/composition/index.ts';
import { Feed } from '../../../node/devices/index.ts';
import { Decisions, fact, Reports, Signers, Turn } from '../../../node/ledger/index.ts';
import { MAX_PER_DAY, ReportDesk, type Reported } from '../../../node/reports/report-desk.ts';
import { accept } from '../../../protocol/errors/index.ts';
import { WRITER } from '../../support/messages.ts';
import { makeKey } from '../../support/organisation.ts';
import { DAY, policyOf, RetainingWorld, SECOND } from '../../support/retaining.ts';

const KEPT = policyOf(0, null);
const ADAM = 'adam@acme.test';
const ALICE = 'alice@acme.test';
const CAROL = 'carol@acme.test';

async function start(t: TestContext, policy = KEPT): Promise<RetainingWorld> {
  const world = await RetainingWorld.start(t, policy);
  for (const address of [ADAM, ALICE, CAROL]) await world.member(address);
  return world;
}

/** As after a start of the node. */
function report({ ledger, members, messages }: RetainingWorld, id: Uint8Array): Promise<Reported> {
  const desk = new ReportDesk({
    ...{ domain: 'acme.test', ledger, members, messages, reports: new Reports(ledger), turn: new Turn() },
    signers: { find: () => ({ publicKey: WRITER.publicKey }) as never },
    mayTell: () => accept(undefined),
    ...{ statementSigner: makeKey('the statement key of acme').signer, suite: platform.suite },
  });
  return desk.report({ address: ADAM, peer: '12D3KooWAdam' }, id, '');
}

test('what a member reported within a day counts after a start of the node too', async (t) => {
  const world = await start(t);
  const conversation = await world.create([ALICE, ADAM]);
  const next = async (): Promise<Reported> => report(world, (await world.say(conversation, 'click here')).id);
  for (let made = 0; made < MAX_PER_DAY; made += 1) await next();
  await assert.rejects(next, { code: 'report.too-many' });
  await world.reopen(KEPT);
  await assert.rejects(next, { code: 'report.too-many' });
  await world.live(DAY);
  await assert.rejects(next, { code: 'report.too-many' });
  await world.live(SECOND);
  await next();
});

test('what is told of a message that was disposed of since keeps nothing else from a device', async (t) => {
  const world = await start(t, policyOf(30, 30));
  const { ledger, members, messages, partners } = world;
  const conversation = await world.create([ALICE, ADAM]);
  const { id } = await world.say(conversation, 'click here');
  const { report: entry } = await report(world, id);
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  const by = { actor: 'olive@acme.test', device: null, reason: '' };
  await ledger.append([fact('review', { decision: entry, message: id, outcome: 'dismiss', ...by })]);
  const later = await world.say(conversation, 'later');
  const { suite } = platform;
  const feed = new Feed({
    ...{ domain: 'acme.test', ledger, messages, members, partners, suite, warningOf: () => '' },
    ...{ signers: new Signers(ledger, suite), decisions: new Decisions(ledger) },
  });
  const { items } = await feed.read(ALICE, 0, 100);
  assert.deepEqual(
    items.map((item) => (item.type === 'reported' ? [item.state, item.message, item.again] : item.sequence)),
    [['reported', id, []], ['dismissed', id, []], later.sequence],
  );
});

test('who left the conversation after the message came is told as well, and who left before or was never in it is not', async (t) => {
  const world = await start(t);
  const { ledger } = world;
  for (const address of ['dora@acme.test', 'emil@acme.test']) await world.member(address);
  const all = [ADAM, ALICE, CAROL, 'dora@acme.test'];
  const group = await world.create(all, 'group');
  await world.change(group, [ADAM, ALICE, CAROL]);
  const { id, sequence } = await world.say(group, 'click here');
  await world.change(group, [ADAM, ALICE]);
  const told = async (entry: number): Promise<string[]> => {
    const found = [];
    for (const address of [...all, 'emil@acme.test'])
      if ((await world.messages.feed(address, entry, 1)).some(({ placed }) => placed?.message === sequence))
        found.push(address);
    return found;
  };
  const made = await report(world, id);
  assert.deepEqual(await told(made.report), [ADAM, ALICE, CAROL]);
  // who leaves before the decision hears of it too
  await world.change(group, [ALICE]);
  const by = { actor: 'olive@acme.test', device: null, reason: '' };
  const { first } = await ledger.append([
    fact('review', { decision: made.report, message: id, outcome: 'dismiss', ...by }),
  ]);
  assert.deepEqual(await told(first), [ADAM, ALICE, CAROL]);
});
