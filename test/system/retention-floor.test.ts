/** Two organisations that agree on how long what they exchange is kept: each in its own archive, by what both signed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { policyOf } from '../support/retaining.ts';
import { TestDevice } from '../support/test-device.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let third: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test', 'partner.test', 'third.test');
  acme = await startTestNode(dns, 'acme.test', { retention: policyOf(30, null) });
  partner = await startTestNode(dns, 'partner.test', { retention: policyOf(10, null) });
  third = await startTestNode(dns, 'third.test', { retention: policyOf(10, null) });
  await federate(acme, partner);
  await federate(acme, third);
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  conversation = await alice.create('bob@partner.test');
  await until('bob to know it', async () => (await timeline(partner)).length === 1);
});

after(async () => {
  for (const each of [alice, bob, acme, partner, third]) await each.stop();
  await dns.server.stop();
});

function timeline({ node }: TestNode): Promise<number[]> {
  return node.organisation.messages.timeline(conversation, null, 100);
}

/** For how many days a node keeps the message in an entry, as its header and its store say. */
function daysAt({ node }: TestNode, sequence: number): number | undefined {
  const { ledger } = node.organisation;
  const header = ledger.header('message', sequence);
  return header?.keep?.floorDays;
}

/** Says something, and for how many days the sender's archive and the receiver's keep it. */
async function kept(by: TestDevice, from: TestNode, to: TestNode): Promise<(number | undefined)[]> {
  const before = await timeline(to);
  const said = await by.say(conversation, `${before.length}`);
  assert.ok(said.state === 'archived');
  await until('it to arrive', async () => (await timeline(to)).length > before.length);
  const [there = -1] = await timeline(to);
  return [daysAt(from, said.sequence), daysAt(to, there)];
}

async function setFloor(node: TestNode, domain: string, retentionFloorDays: number | null): Promise<void> {
  await node.operations['partner.update']({ domain, retentionFloorDays });
}

/** Waits until a node knows what the other one signed. */
async function knows(node: TestNode, domain: string, theirs: number | null): Promise<void> {
  await until(`${node.settings.domain} to know the floor of ${domain}`, async () => {
    const { partner: shown } = await node.operations['partner.show']({ domain });
    return shown.retentionFloor.theirs === theirs;
  });
}

test('C7: what is exchanged is kept for the larger of both sides’ floors, on both sides, and never for less than the schedule', async () => {
  assert.deepEqual(await kept(alice, acme, partner), [30, 10]);
  await setFloor(acme, 'partner.test', 20);
  await knows(partner, 'acme.test', 20);
  assert.deepEqual(await kept(alice, acme, partner), [30, 20]);
  await setFloor(partner, 'acme.test', 200);
  await knows(acme, 'partner.test', 200);
  assert.deepEqual(await kept(alice, acme, partner), [200, 200]);
  assert.deepEqual(await kept(bob, partner, acme), [200, 200]);
  const { partner: shown } = await acme.operations['partner.show']({ domain: 'partner.test' });
  assert.deepEqual(shown.retentionFloor, { ours: 20, theirs: 200, days: 200 });
});

test('C2, C7: a partner that lowers its floor shortens nothing that is stored, and the store keeps to that', async () => {
  const [newest = -1] = await timeline(acme);
  const { ledger } = acme.node.organisation;
  const { time } = ledger.log.entry(newest)!;
  await setFloor(partner, 'acme.test', null);
  await knows(acme, 'partner.test', null);
  assert.deepEqual(await kept(bob, partner, acme), [20, 30]);
  assert.equal(daysAt(acme, newest), 200);
  await assert.rejects(ledger.log.assertDisposable([newest], time + 199 * DAY), { code: 'archive.retained' });
});

test('C7: in a group of several partners the largest floor counts, also for whom it is not with', async () => {
  await setFloor(third, 'acme.test', 300);
  await knows(acme, 'third.test', 300);
  const { settings } = third;
  await third.operations['member.add']({ address: `cat@${settings.domain}`, name: 'Cat', roles: ['member'] });
  const members = ['alice@acme.test', 'bob@partner.test', 'cat@third.test'];
  const [made] = await alice.submit(
    await alice.sign({ kind: 'create', type: 'group', title: 'three', members }),
  );
  assert.ok(made?.state === 'archived');
  assert.equal(daysAt(acme, made.sequence), 300);
});

test('the floor that a partner signed is known after a start, before the partner is met again', async () => {
  await setFloor(partner, 'acme.test', 77);
  await knows(acme, 'partner.test', 77);
  await bob.stop();
  await partner.node.stop();
  await alice.stop();
  acme = await acme.restart();
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  const said = await alice.say(conversation, 'while the partner is away');
  assert.ok(said.state === 'archived');
  assert.equal(daysAt(acme, said.sequence), 77);
  partner = await partner.restart();
  bob = await TestDevice.connect(partner, bob.key, bob.address, bob.bundle);
});

test('C1: what a partner signed is in the log with its certificates, and the audit checks it', async () => {
  const { ledger } = acme.node.organisation;
  const signed: (number | null | undefined)[] = [];
  for (let sequence = 0; sequence < ledger.log.size; sequence += 1) {
    if (ledger.log.entry(sequence)?.kind !== 'agreement') continue;
    const theirs = ledger.record('agreement', sequence)?.theirs;
    if (theirs !== undefined) signed.push(theirs.chain.length);
  }
  assert.ok(signed.length >= 3 && signed.every((length) => length === 3), JSON.stringify(signed));
  const { faults } = await acme.operations['archive.verify']({});
  assert.deepEqual(faults, []);
});
