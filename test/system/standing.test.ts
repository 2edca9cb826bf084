/** A member's standing as it changes: suspended and restored, renamed, a role taken away; at home and at a partner. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseCertificate } from '../../protocol/certificate/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeBundle } from '../../protocol/identity/index.ts';
import type { Content } from '../../protocol/message/index.ts';
import { HostilePartner } from '../support/hostile-partner.ts';
import { joinClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const TEXT: Content = { kind: 'text', text: 'hello' };

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let bob: TestDevice;

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
});

after(async () => {
  for (const each of [bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

function rosterArrives(number: number): Promise<boolean> {
  const rosterOf = () => partner.node.organisation.trust.rosterOf('acme.test')?.number;
  return until(`roster ${number} at the partner`, () => rosterOf() === number);
}

function knownToBob(conversation: Uint8Array): Promise<boolean> {
  return until('bob to know the conversation', async () => {
    const answer = await bob.ask({ type: 'history', conversation, before: null, limit: 1 });
    return answer.type === 'feed';
  });
}

test('a suspended member is refused on every device, here and at a partner, and goes on with them once restored', async () => {
  const laptop = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const phone = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const conversation = await laptop.create('bob@partner.test');
  await knownToBob(conversation);
  const { chain } = valueOf(decodeBundle(laptop.bundle));
  const hostile = await HostilePartner.greeted(partner, acme);

  const { rosterNumber, member } = await acme.operations['member.suspend']({
    address: 'alice@acme.test',
    reason: 'under inquiry',
  });
  assert.deepEqual([member.state, member.reason, member.actor], ['suspended', 'under inquiry', 'operator']);
  for (const device of [laptop, phone]) {
    await until('the connection to be dropped', async () => {
      const answer = await device.ask({ type: 'contacts' }).catch(() => undefined);
      return answer === undefined || answer.type === 'refused';
    });
    await assert.rejects(
      TestDevice.connect(acme, device.key, device.address, device.bundle),
      (error: Error) => codeOf(error) === 'member.suspended' && error.message.includes('under inquiry'),
    );
  }
  await assert.rejects(
    acme.operations['member.invite']({ address: 'alice@acme.test' }),
    (error) => codeOf(error) === 'member.suspended',
  );
  await rosterArrives(rosterNumber);
  const said = await laptop.sign(TEXT, { conversation });
  assert.equal(await hostile.codeOf(said, [chain]), 'member.suspended');

  const restored = await acme.operations['member.restore']({ address: 'alice@acme.test', reason: 'cleared' });
  await rosterArrives(restored.rosterNumber);
  assert.equal(await hostile.codeOf(await laptop.sign(TEXT, { conversation }), [chain]), 'archived');
  for (const device of [laptop, phone]) {
    const again = await TestDevice.connect(acme, device.key, device.address, device.bundle);
    assert.equal((await again.say(conversation, 'back')).state, 'archived');
    await again.stop();
  }
  for (const each of [laptop, phone, hostile]) await each.stop();
});

test('a suspended member’s client is told why, keeps what it holds, and comes back by itself once restored', async () => {
  await using gus = await joinClient(acme, 'gus@acme.test', 'Gus');
  const { client } = gus;
  const { id, sending } = await client.direct('bob@partner.test');
  await sending?.sent;
  const refused = Promise.withResolvers<string>();
  client.onState((state) => {
    if (state.state === 'offline' && state.error.code === 'member.suspended')
      refused.resolve(state.error.message);
  });
  await acme.operations['member.suspend']({ address: 'gus@acme.test', reason: 'a lost laptop' });
  assert.match(await refused.promise, /a lost laptop/);
  const { sent } = await client.send(id, 'written meanwhile');
  await acme.operations['member.restore']({ address: 'gus@acme.test', reason: 'found' });
  assert.equal((await sent).state, 'archived');
  assert.ok((await client.conversations()).some((conversation) => conversation.id === id));
});

test('a client whose member has other roles fetches its new certificate and goes on under it', async () => {
  await using hal = await joinClient(acme, 'hal@acme.test', 'Hal');
  const { client } = hal;
  await acme.operations['member.update']({ address: 'hal@acme.test', roles: ['auditor'], reason: '' });
  const { id } = await until('the new certificate to be had', async () => {
    const direct = await client.direct('bob@partner.test');
    const outcome = await direct.sending?.sent;
    return outcome?.state === 'archived' ? direct : undefined;
  });
  await (
    await client.send(id, 'as an auditor')
  ).sent;
  const shown = await until('it to be shown', async () => {
    const { messages } = await client.history(id);
    return messages.find(({ content }) => content.kind === 'text');
  });
  assert.deepEqual(shown.sender.roles, ['auditor']);
});

test('a suspended member can be removed, and a restored one suspended again', async () => {
  const device = await TestDevice.enrol(acme, 'ann@acme.test', 'Ann');
  const { members } = acme.node.organisation;
  for (const reason of ['once', 'twice']) {
    await acme.operations['member.suspend']({ address: 'ann@acme.test', reason });
    assert.equal(members.find('ann@acme.test')?.reason, reason);
    const again = acme.operations['member.suspend']({ address: 'ann@acme.test', reason });
    await assert.rejects(again, (error) => codeOf(error) === 'member.suspended');
    await acme.operations['member.restore']({ address: 'ann@acme.test', reason: '' });
  }
  const restored = acme.operations['member.restore']({ address: 'ann@acme.test', reason: '' });
  await assert.rejects(restored, (error) => codeOf(error) === 'request.invalid');
  await acme.operations['member.suspend']({ address: 'ann@acme.test', reason: 'thrice' });
  const { revoked } = await acme.operations['member.remove']({ address: 'ann@acme.test', reason: 'left' });
  assert.equal(revoked.length, 1);
  const { roster } = acme.node.organisation.authority;
  const entry = roster.revoked.find(({ serial }) => serial === revoked[0]);
  assert.equal(entry?.reason, 'affiliation-changed');
  await device.stop();
});

test('what was written before a suspension waits for nobody: the partner refuses it too', async () => {
  const dora = await TestDevice.enrol(acme, 'dora@acme.test', 'Dora');
  const conversation = await dora.create('bob@partner.test');
  await knownToBob(conversation);
  const { chain } = valueOf(decodeBundle(dora.bundle));
  const before = await dora.sign(TEXT, { conversation });
  const { rosterNumber } = await acme.operations['member.suspend']({ address: dora.address, reason: 'x' });
  await rosterArrives(rosterNumber);
  const hostile = await HostilePartner.greeted(partner, acme);
  assert.equal(await hostile.codeOf(before, [chain]), 'member.suspended');
  await hostile.stop();
  await dora.stop();
});

test('a role that is taken away ends the certificates that name it; the device is told and fetches one that does not', async () => {
  await acme.operations['member.add']({
    address: 'carl@acme.test',
    name: 'Carl',
    roles: ['auditor', 'member'],
  });
  const carl = await TestDevice.enrol(acme, 'carl@acme.test', 'Carl');
  const conversation = await carl.create('bob@partner.test');
  await knownToBob(conversation);
  const { chain } = valueOf(decodeBundle(carl.bundle));
  const before = await carl.sign(TEXT, { conversation, time: Date.now() - 2_000 });
  const waiting = carl.ask({ type: 'read', cursor: 1_000_000, limit: 1, wait: true });

  const updated = await acme.operations['member.update']({
    address: 'carl@acme.test',
    roles: ['member'],
    reason: 'other duties',
  });
  assert.deepEqual([updated.certified, updated.superseded.length], [1, 1]);
  const told = await waiting;
  assert.equal(told.type === 'refused' && told.code, 'certificate.superseded', 'told while it waits');
  const late = await carl.sign(TEXT, { conversation, time: Date.now() + 2_000 });
  for (const request of [{ type: 'submit', envelopes: [late] }, { type: 'contacts' }] as const) {
    const answer = await carl.ask(request as Parameters<TestDevice['ask']>[0]);
    assert.equal(answer.type === 'refused' && answer.code, 'certificate.superseded');
  }
  await rosterArrives(updated.rosterNumber);
  const hostile = await HostilePartner.greeted(partner, acme);
  assert.equal(await hostile.codeOf(late, [chain]), 'certificate.superseded');
  assert.equal(await hostile.codeOf(before, [chain]), 'archived', 'what was signed before still counts');
  await hostile.stop();

  await carl.stop();
  const replaced = await TestDevice.connect(acme, carl.key, carl.address, carl.bundle);
  const { bundle } = await replaced.request({ type: 'renew' }, 'renewed');
  const leaf = valueOf(parseCertificate(valueOf(decodeBundle(bundle)).chain[0]!));
  assert.deepEqual(leaf.details?.roles, ['member']);
  const { bundle: again } = await replaced.request({ type: 'renew' }, 'renewed');
  assert.deepEqual(again, bundle, 'asking twice gives the same certificate');
  await replaced.stop();
  const renewed = await TestDevice.connect(acme, carl.key, carl.address, bundle);
  assert.equal((await renewed.say(conversation, 'as I am now')).state, 'archived');
  const [old] = await renewed.submit(before);
  assert.equal(
    old?.state === 'refused' && old.code,
    'certificate.superseded',
    'nothing is taken under the old',
  );
  await renewed.stop();
});

test('a new name is certified at the next read, and the old certificate still hands in what was signed under it', async () => {
  const device = await TestDevice.enrol(acme, 'eve@acme.test', 'Eve');
  const conversation = await device.create('bob@partner.test');
  const updated = await acme.operations['member.update']({
    address: 'eve@acme.test',
    name: 'Eve Adams',
    reason: 'married',
  });
  assert.deepEqual([updated.certified, updated.superseded], [1, []]);
  const read = await device.ask({ type: 'read', cursor: 0, limit: 1, wait: false });
  assert.equal(read.type === 'refused' && read.code, 'certificate.superseded');
  assert.equal((await device.say(conversation, 'signed before')).state, 'archived');
  const { bundle } = await device.request({ type: 'renew' }, 'renewed');
  assert.equal(valueOf(parseCertificate(valueOf(decodeBundle(bundle)).chain[0]!)).details?.name, 'Eve Adams');
  await device.stop();
});

test('whoever changes nothing, or someone unknown, is told so', async () => {
  const cases = [
    [{ address: 'eve@acme.test', reason: '' }, 'request.invalid'],
    [{ address: 'nobody@acme.test', name: 'N', reason: '' }, 'member.unknown'],
    [{ address: 'eve@partner.test', name: 'N', reason: '' }, 'member.unknown'],
  ] as const;
  for (const [input, code] of cases) {
    await assert.rejects(acme.operations['member.update'](input), (error) => codeOf(error) === code);
  }
});

test('every archive verifies after all that, and says who did what and why', async () => {
  for (const node of [acme, partner]) {
    assert.deepEqual((await node.operations['archive.verify']({})).faults, []);
  }
  const { entries } = await acme.operations['archive.list']({ limit: 500 });
  const said = entries.map(({ summary }) => summary);
  assert.ok(said.includes('operator: Alice <alice@acme.test> (member) is suspended: under inquiry'));
});
