/** When its delivery window is over, a message opens for nobody on the node; and while no officer could open it, the window stays. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { monthOf } from '../../protocol/archive/index.ts';
import { applyPolicy } from '../support/policing.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

/** A window that is over before its month is, so that no test has to wait. */
const OVER = -40;

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const bob = await TestDevice.enrol(acme, 'bob@acme.test', 'Bob');
  conversation = await alice.create('bob@acme.test');
  await alice.say(conversation, 'the plover egg');
  // what waits is not there for Alice, also once nobody can open it
  const when = '{ contains: [{ pattern: nests }] }';
  await applyPolicy(
    acme,
    `version: 1\nrules:\n  - { id: nests, reason: Because., when: ${when}, then: hold }\npatterns: { nests: nest }\n`,
  );
  const said = await bob.say(conversation, 'the osprey nest');
  assert.equal(said.state === 'archived' && said.held, true);
  await bob.stop();
});

after(async () => {
  await alice.stop();
  await acme.stop();
  await dns.server.stop();
});

const MONTH = monthOf(Date.now());

/** Whether the key of this month is in the home. */
async function isThere(): Promise<boolean> {
  const files = await readdir(join(acme.settings.home.directory, 'keys'));
  return files.includes(`window-${MONTH}.key`);
}

/** The node with another window, and Alice's device on it. */
async function restart(deliveryDays: number): Promise<void> {
  await alice.stop();
  acme = await acme.restart({ deliveryDays });
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
}

async function history(): Promise<string[]> {
  const request = { type: 'history', conversation, before: null, limit: 10 } as const;
  const { items } = await alice.request(request, 'feed');
  return items.map((item) => (item.type === 'withheld' ? item.code : item.type));
}

test('messages are sealed under a key of their conversation and month, which this month’s window opens', async () => {
  const { dataKeys } = acme.node.organisation;
  const ids = await dataKeys.ofMonth(MONTH);
  assert.equal(ids.length, 1);
  assert.deepEqual(dataKeys.record(ids[0]!)?.conversation, conversation);
  assert.ok(await isThere());
  await restart(90);
  assert.deepEqual(await history(), ['message', 'message']);
});

test('while there is no officer the key stays, and that is an alarm that says what to do', async () => {
  await restart(OVER);
  assert.deepEqual(await history(), ['message', 'message']);
  assert.ok(await isThere());
  const { alarms } = await acme.operations.status({});
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['archive.overdue'],
  );
  assert.match(alarms[0]?.message ?? '', /no compliance officer has a device; give a member the role/);
});

test('once an officer has a device, it is handed the keys, and the window closes for everybody else', async () => {
  await acme.operations['member.add']({
    address: 'carol@acme.test',
    name: 'Carol',
    roles: ['member', 'compliance-officer'],
  });
  const carol = await TestDevice.enrol(acme, 'carol@acme.test', 'Carol');
  const { dataKeys, custody } = acme.node.organisation;
  await custody.look();
  const [id] = await dataKeys.ofMonth(MONTH);
  assert.ok(dataKeys.wrapFor(id!, carol.host.peerId));
  assert.deepEqual(custody.overdue, []);
  assert.equal(await isThere(), false);
  assert.deepEqual((await acme.operations.status({})).alarms, []);
  assert.deepEqual(await history(), ['archive.sealed', 'archive.sealed']);
  await carol.stop();
});

test('what is sealed stays so after a restart; operators see who, when and where, and the audit counts it', async () => {
  await restart(90);
  assert.deepEqual(await history(), ['archive.sealed', 'archive.sealed']);
  const { entries } = await acme.operations['archive.list']({ limit: 10, person: 'alice@acme.test' });
  const [said] = entries;
  assert.deepEqual([said?.message?.sender, said?.message?.kind], ['alice@acme.test', 'text']);
  assert.equal(said?.message?.text, null);
  assert.match(said.summary, /only the device of a compliance officer can open it/);
  const shown = await acme.operations['archive.show']({ sequence: said.sequence });
  assert.equal(JSON.stringify(shown).includes('plover'), false);
  const { messages, sealed, faults } = await acme.operations['archive.verify']({});
  assert.deepEqual([messages, sealed, faults], [3, 3, []]);
});

test('where the key of a month is closed nothing is accepted that could not be delivered', async () => {
  const said = await alice.say(conversation, 'one more');
  assert.equal(said.state === 'refused' && said.code, 'archive.unavailable');
});
