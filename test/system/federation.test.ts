import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeBundle } from '../../protocol/identity/index.ts';
import { decodeMessage, type Content } from '../../protocol/message/index.ts';
import { readReceipt } from '../../protocol/statement/index.ts';
import { HostilePartner } from '../support/hostile-partner.ts';
import { TestDevice } from '../support/test-device.ts';
import {
  addPartner,
  federate,
  startDns,
  startTestNode,
  type TestDns,
  type TestNode,
} from '../support/test-node.ts';
import { until } from '../support/until.ts';

const TEXT: Content = { kind: 'text', text: 'hello' };

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let third: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let cat: TestDevice;

before(async () => {
  dns = await startDns('acme.test', 'partner.test', 'third.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  third = await startTestNode(dns, 'third.test');
  await federate(acme, partner);
  await federate(acme, third);
  await federate(partner, third);
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  cat = await TestDevice.enrol(third, 'cat@third.test', 'Cat');
});

after(async () => {
  for (const each of [alice, bob, cat, acme, partner, third]) await each.stop();
  await dns.server.stop();
});

/** The texts of a conversation as a device is shown them; undefined where it is not in it. */
async function textsOf(device: TestDevice, conversation: Uint8Array): Promise<string[] | undefined> {
  const answer = await device.ask({ type: 'history', conversation, before: null, limit: 100 });
  if (answer.type !== 'feed') return undefined;
  return answer.items.flatMap((item) => {
    if (item.type !== 'message') return [];
    const { content } = valueOf(decodeMessage(item.envelope, sodiumSuite));
    return content.kind === 'text' ? [content.text] : [];
  });
}

function sees(device: TestDevice, conversation: Uint8Array, text: string): Promise<boolean> {
  return until(`${device.address} to see "${text}"`, async () =>
    (await textsOf(device, conversation))?.includes(text),
  );
}

/** What became of a message at a partner, as the home archive's receipts say it. */
function outcomeOf(home: TestNode, sender: string, message: Uint8Array): Promise<string> {
  return until('a receipt', async () => {
    const { messages, ledger } = home.node.organisation;
    for (const { sequence, delivered } of await messages.feed(sender, 0, 1_000)) {
      if (!delivered.some((id) => Buffer.compare(id, message) === 0)) continue;
      const { refused } = valueOf(readReceipt(ledger.record('receipt', sequence)!.statement));
      return refused.find(([id]) => Buffer.compare(id, message) === 0)?.[1] ?? 'archived';
    }
    return undefined;
  });
}

async function groupOf(members: string[]): Promise<Uint8Array> {
  const all = ['alice@acme.test', ...members].sort();
  const group: Content = { kind: 'create', type: 'group', title: 'group', members: all };
  const [made] = await alice.submit(await alice.sign(group));
  assert.ok(made?.state === 'archived');
  return made.message;
}

async function change(conversation: Uint8Array, members: string[]): Promise<void> {
  const { origin, revision } = acme.node.organisation.messages.conversation(conversation)!;
  const all = ['alice@acme.test', ...members].sort();
  const content: Content = {
    kind: 'membership',
    origin,
    revision: revision + 1,
    title: 'group',
    members: all,
  };
  const [result] = await alice.submit(await alice.sign(content, { conversation }));
  assert.equal(result?.state, 'archived', JSON.stringify(result));
}

test('a group of three organisations: everyone reads everyone, in one order', async () => {
  const group = await groupOf(['bob@partner.test', 'cat@third.test']);
  const know = [bob, cat].map((device) =>
    until('the group to be known', async () => (await textsOf(device, group)) !== undefined),
  );
  await Promise.all(know);
  const all = [alice, bob, cat];
  await Promise.all(all.flatMap((who) => [1, 2, 3].map((n) => who.say(group, `${n} of ${who.address}`))));
  for (const who of all) {
    await until('all nine', async () => (await textsOf(who, group))?.length === 9);
  }
  assert.deepEqual(await textsOf(bob, group), await textsOf(alice, group));
  assert.deepEqual(await textsOf(cat, group), await textsOf(alice, group));
});

test('an organisation added later reads on from there, one removed reads no more, and can come back', async () => {
  const group = await groupOf(['bob@partner.test']);
  await alice.say(group, 'before');
  await change(group, ['bob@partner.test', 'cat@third.test']);
  await alice.say(group, 'with cat');
  await sees(cat, group, 'with cat');
  assert.deepEqual(await textsOf(cat, group), ['with cat']);
  await cat.say(group, 'hello from cat');
  await sees(alice, group, 'hello from cat');

  await change(group, ['bob@partner.test']);
  await until('cat to be out', async () => (await textsOf(cat, group)) === undefined);
  const outside = await cat.say(group, 'still here?');
  assert.equal(outside.state === 'refused' && outside.code, 'message.not-a-member');
  await alice.say(group, 'without cat');
  await sees(bob, group, 'without cat');
  await change(group, ['bob@partner.test']); // one that cat's organisation is not told of

  await change(group, ['bob@partner.test', 'cat@third.test']);
  await alice.say(group, 'cat is back');
  await sees(cat, group, 'cat is back');
  const read = await textsOf(cat, group);
  assert.equal(read?.includes('without cat'), false);
  await cat.say(group, 'glad to be');
  await sees(bob, group, 'glad to be');
});

test('a partner that was away is caught up: everything, once, in order', async () => {
  const conversation = await alice.create('bob@partner.test');
  await bob.stop();
  await partner.node.stop();
  const texts = Array.from({ length: 150 }, (_, at) => `message ${at}`);
  const envelopes = await Promise.all(
    texts.map((text, at) =>
      alice.sign({ kind: 'text', text }, { conversation, time: Date.now() - 10_000 + at }),
    ),
  );
  for (let at = 0; at < envelopes.length; at += 50) await alice.submit(...envelopes.slice(at, at + 50));
  const { partners } = await acme.operations['partner.list']({});
  assert.ok((partners.find(({ domain }) => domain === 'partner.test')?.backlog ?? 0) >= 150);

  partner = await partner.restart();
  await until('the backlog to go', async () => {
    const list = await acme.operations['partner.list']({});
    return list.partners.find(({ domain }) => domain === 'partner.test')?.backlog === 0;
  });
  const { messages } = partner.node.organisation;
  const positions = (await messages.timeline(conversation, null, 1_000)).toReversed();
  const kept = positions.flatMap((sequence) => {
    const { content } = valueOf(
      decodeMessage(messages.rowOf(sequence, () => true).record.envelope, sodiumSuite),
    );
    return content.kind === 'text' ? [content.text] : [];
  });
  assert.deepEqual(kept, texts);
  bob = await TestDevice.connect(partner, bob.key, bob.address, bob.bundle);
});

test('what a device signed before it was revoked does not get past a partner that learns of it first', async () => {
  const dora = await TestDevice.enrol(acme, 'dora@acme.test', 'Dora');
  const conversation = await dora.create('bob@partner.test');
  await until('bob to know her', async () => (await textsOf(bob, conversation)) !== undefined);
  await bob.stop();
  await partner.node.stop();
  const said = await dora.say(conversation, 'kept in the outbox');
  assert.ok(said.state === 'archived');
  const { devices } = await acme.operations['device.list']({ address: 'dora@acme.test' });
  await acme.operations['device.revoke']({ serial: devices[0]!.serial, reason: 'stolen' });
  partner = await partner.restart();
  assert.equal(await outcomeOf(acme, 'dora@acme.test', said.message), 'device.revoked');
  bob = await TestDevice.connect(partner, bob.key, bob.address, bob.bundle);
  assert.deepEqual(await textsOf(bob, conversation), []);
  await dora.stop();
});

test('a partner that is connected refuses a revoked device at once, on the very same stream', async () => {
  const eve = await TestDevice.enrol(acme, 'eve@acme.test', 'Eve');
  const conversation = await eve.create('bob@partner.test');
  await until('bob to know her', async () => (await textsOf(bob, conversation)) !== undefined);
  const { chain } = valueOf(decodeBundle(eve.bundle));
  const gone = await HostilePartner.greeted(partner, acme);
  assert.equal(await gone.codeOf(await eve.sign(TEXT, { conversation }), [chain]), 'archived');
  const { devices } = await acme.operations['device.list']({ address: 'eve@acme.test' });
  const { rosterNumber } = await acme.operations['device.revoke']({
    serial: devices[0]!.serial,
    reason: 'lost',
  });
  await until(
    'the roster to be pushed',
    () => partner.node.organisation.trust.rosterOf('acme.test')?.number === rosterNumber,
  );
  assert.equal(await gone.codeOf(await eve.sign(TEXT, { conversation }), [chain]), 'device.revoked');
  await gone.stop();
  await eve.stop();
});

test('a node that shows an older roster comes in all the same, and the newer one goes on to count', async () => {
  const { authority } = acme.node.organisation;
  const stale = authority.nodeBundle(acme.settings.certificates.node);
  const number = await acme.node.organisation.renewRoster();
  const rosterAt = (): number | undefined => partner.node.organisation.trust.rosterOf('acme.test')?.number;
  await until('the roster to be pushed', () => rosterAt() === number);
  const judged = await partner.node.organisation.trust.admit(acme.node.host.peerId, stale);
  assert.ok(judged.ok, 'refused for a roster that was overtaken');
  assert.equal(rosterAt(), number);
});

test('the receipt for a delivery is in the log, signed, and names the partner’s position', async () => {
  const conversation = await alice.create('bob@partner.test');
  const said = await alice.say(conversation, 'for the record');
  assert.ok(said.state === 'archived');
  assert.equal(await outcomeOf(acme, alice.address, said.message), 'archived');
  const { entries } = await acme.operations['archive.list']({ limit: 50 });
  assert.ok(entries.some(({ kind }) => kind === 'receipt'));
  const position = partner.node.organisation.messages.position(said.message)!;
  const { messages, ledger } = acme.node.organisation;
  const rows = await messages.feed(alice.address, said.sequence, 100);
  const receipts = rows
    .filter(({ delivered }) => delivered.length > 0)
    .map(({ sequence }) => valueOf(readReceipt(ledger.record('receipt', sequence)!.statement)));
  const named = receipts.flatMap(({ archived }) => archived);
  assert.ok(named.some(([id, at]) => Buffer.compare(id, said.message) === 0 && at === position));
});

test('an agreement that is withdrawn ends the traffic both ways and drops the connections, until it is made anew', async () => {
  const conversation = await alice.create('bob@partner.test');
  await until('bob to know it', async () => (await textsOf(bob, conversation)) !== undefined);
  await acme.operations['partner.remove']({ domain: 'partner.test' });
  const refused = await alice.say(conversation, 'no more');
  assert.equal(refused.state === 'refused' && refused.code, 'agreement.missing');
  const kept = await bob.say(conversation, 'waiting for you');
  assert.equal(kept.state, 'archived', 'the other side still has its agreement');
  await until('the partner to be told', async () => {
    const { partners } = await partner.operations['partner.list']({});
    const link = partners.find(({ domain }) => domain === 'acme.test');
    return link?.connected === false && link.lastError?.code === 'agreement.missing';
  });
  assert.equal(
    acme.node.host.peers.some(({ identity }) => identity.domain === 'partner.test'),
    false,
  );
  await addPartner(acme, partner);
  await sees(alice, conversation, 'waiting for you');
  await alice.say(conversation, 'here again');
  await sees(bob, conversation, 'here again');
});

test('every archive verifies after all that', async () => {
  for (const node of [acme, partner, third]) {
    assert.deepEqual((await node.operations['archive.verify']({})).faults, []);
  }
});
