import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { encodeBundle, decodeBundle } from '../../protocol/identity/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { signMessage, type Content } from '../../protocol/message/index.ts';
import { MAX_FRAME_BYTES, deviceAnswerShape, readFrame, writeFrame } from '../../protocol/wire/index.ts';
import { channelPair } from '../support/channel-pair.ts';
import { TestDevice, makeKey, startStranger, targetOf } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import { addPartner, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  ({ dns, acme, partner } = await startPartners({ zones: ['stranger.test'] }));
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  conversation = await alice.create('bob@partner.test');
});

after(async () => {
  await alice.stop();
  await bob.stop();
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
});

const TEXT: Content = { kind: 'text', text: 'hello' };

/** The code with which home refuses the envelope; and that the same stream goes on to take a good message. */
async function refusedWith(device: TestDevice, envelope: Uint8Array): Promise<string> {
  const [result] = await device.submit(envelope);
  const good = await device.say(conversation, 'still here');
  assert.equal(good.state, 'archived', 'the stream did not go on');
  return result?.state === 'refused' ? result.code : 'archived';
}

function errorCode(error: unknown): boolean | string {
  return (error as { code?: string }).code ?? String(error);
}

test('a message reaches the partner, and its signed receipt comes back', async () => {
  const said = await alice.say(conversation, 'good morning');
  assert.ok(said.state === 'archived');
  const got = await until('bob to see it', async () => {
    const { items } = await bob.request({ type: 'history', conversation, before: null, limit: 50 }, 'feed');
    return items.some(
      (item) => item.type === 'message' && Buffer.from(item.envelope).includes('good morning'),
    );
  });
  assert.ok(got);
  const delivery = await until('the receipt', async () => {
    const { items } = await alice.request({ type: 'read', cursor: 0, limit: 100, wait: false }, 'feed');
    return items.find((item) => item.type === 'delivery' && Buffer.compare(item.message, said.message) === 0);
  });
  assert.ok(delivery.type === 'delivery' && delivery.outcome.state === 'archived');
  const { position } = delivery.outcome;
  const theirs = await partner.operations['archive.show']({ sequence: position });
  assert.equal(
    theirs.entry.message?.id,
    Buffer.from(said.message).toString('hex'),
    'the receipt names another position',
  );
});

test('a message sent twice is archived once, at home and at the partner', async () => {
  const envelope = await alice.sign(TEXT, { conversation });
  const [first, again] = await alice.submit(envelope, envelope);
  const [later] = await alice.submit(envelope);
  assert.ok(first?.state === 'archived' && again?.state === 'archived' && later?.state === 'archived');
  assert.equal(again.sequence, first.sequence);
  assert.equal(later.sequence, first.sequence);
  await alice.say(conversation, 'after it');
  await until('the backlog to go', async () => (await acme.operations.status({})).partners[0]?.backlog === 0);
  const { items } = await bob.request({ type: 'history', conversation, before: null, limit: 100 }, 'feed');
  const copies = items.filter(
    (item) => item.type === 'message' && Buffer.compare(item.envelope, envelope) === 0,
  );
  assert.equal(copies.length, 1);
});

test('a message in someone else’s name is refused', async () => {
  await acme.operations['member.add']({ address: 'mallory@acme.test', name: 'Mallory', roles: ['member'] });
  const envelope = await alice.sign(TEXT, { conversation, sender: 'mallory@acme.test' });
  assert.equal(await refusedWith(alice, envelope), 'message.sender-mismatch');
});

test('a message signed with another key than its certificate’s is refused', async () => {
  const body = {
    conversation,
    sender: alice.address,
    device: alice.certificateHash,
    parents: [],
    time: Date.now(),
    salt: new Uint8Array(16),
    content: TEXT,
  };
  assert.equal(await refusedWith(alice, await signMessage(body, makeKey().signer)), 'signature.invalid');
});

test('a message dated in the future is refused, one written offline long ago is not', async () => {
  const future = await alice.sign(TEXT, { conversation, time: Date.now() + 3_600_000 });
  assert.equal(await refusedWith(alice, future), 'message.clock-skew');
});

test('a message to a conversation one is not in, or that is not known, is refused', async () => {
  const carl = await TestDevice.enrol(acme, 'carl@acme.test', 'Carl');
  try {
    const [outside] = await carl.submit(await carl.sign(TEXT, { conversation }));
    assert.equal(outside?.state === 'refused' && outside.code, 'message.not-a-member');
  } finally {
    await carl.stop();
  }
  const unknown = await alice.sign(TEXT, { conversation: new Uint8Array(32).fill(1) });
  assert.equal(await refusedWith(alice, unknown), 'message.unknown-conversation');
});

test('a conversation with a domain without agreement is refused, and says which', async () => {
  const members = ['alice@acme.test', 'eve@stranger.test'];
  const envelope = await alice.sign({ kind: 'create', type: 'direct', title: '', members });
  assert.equal(await refusedWith(alice, envelope), 'agreement.missing');
});

test('a conversation with an unknown colleague is refused at home, with an unknown person of a partner there', async () => {
  const home = await alice.sign({
    kind: 'create',
    type: 'direct',
    title: '',
    members: ['alice@acme.test', 'nobody@acme.test'],
  });
  assert.equal(await refusedWith(alice, home), 'message.unknown-receiver');
  const away = await alice.sign({
    kind: 'create',
    type: 'direct',
    title: '',
    members: ['alice@acme.test', 'nobody@partner.test'],
  });
  const [archived] = await alice.submit(away);
  assert.ok(archived?.state === 'archived', 'home cannot know the members of a partner');
  const delivery = await until('the partner’s refusal', async () => {
    const { items } = await alice.request(
      { type: 'read', cursor: archived.sequence, limit: 100, wait: false },
      'feed',
    );
    return items.find(
      (item) => item.type === 'delivery' && Buffer.compare(item.message, archived.message) === 0,
    );
  });
  assert.ok(delivery.type === 'delivery' && delivery.outcome.state === 'refused');
  assert.equal(delivery.outcome.code, 'message.unknown-receiver');
});

test('only the owner’s people change a membership, and only from its current revision', async () => {
  const group = await alice.sign({
    kind: 'create',
    type: 'group',
    title: 'group',
    members: ['alice@acme.test', 'bob@partner.test'],
  });
  const [made] = await alice.submit(group);
  assert.ok(made?.state === 'archived');
  const { conversations } = await alice.request(
    { type: 'conversations', after: null, limit: 100 },
    'conversations',
  );
  const origin = conversations.find((one) => Buffer.compare(one.id, made.message) === 0)!.origin;
  const change = (revision: number): Content => ({
    kind: 'membership',
    origin,
    revision,
    title: 'renamed',
    members: ['alice@acme.test', 'bob@partner.test'],
  });
  await until('bob to know the group', async () => {
    const known = await bob.request({ type: 'conversations', after: null, limit: 100 }, 'conversations');
    return known.conversations.some((one) => Buffer.compare(one.id, made.message) === 0);
  });
  const [foreign] = await bob.submit(await bob.sign(change(1), { conversation: made.message }));
  assert.equal(foreign?.state === 'refused' && foreign.code, 'message.not-owner');
  const skipped = await alice.sign(change(2), { conversation: made.message });
  assert.equal(await refusedWith(alice, skipped), 'message.stale-membership');
  const [next] = await alice.submit(await alice.sign(change(1), { conversation: made.message }));
  assert.equal(next?.state, 'archived');
});

test('what is malformed, too large or of an unknown version is refused with its own code', async () => {
  assert.equal(await refusedWith(alice, new Uint8Array([1, 2, 3])), 'encoding.malformed');
  const payload = encodeCbor({ v: 2, anything: true });
  const newer = encodeCbor([payload, new Uint8Array(64)]);
  assert.equal(await refusedWith(alice, newer), 'encoding.unknown-version');
  const long = await alice.sign({ kind: 'text', text: 'x'.repeat(32_769) }, { conversation });
  assert.equal(await refusedWith(alice, long), 'encoding.malformed');
});

test('a revoked device is refused at home, and a connected partner refuses what it signed', async () => {
  const dora = await TestDevice.enrol(acme, 'dora@acme.test', 'Dora');
  const talk = await dora.create('bob@partner.test');
  const { devices } = await acme.operations['device.list']({ address: 'dora@acme.test' });
  const kept = await dora.sign(TEXT, { conversation: talk });
  const { rosterNumber } = await acme.operations['device.revoke']({
    serial: devices[0]!.serial,
    reason: 'stolen',
  });
  await assert.rejects(
    TestDevice.connect(acme, dora.key, dora.address, dora.bundle),
    (error) => errorCode(error) === 'device.revoked',
  );
  await until(
    'the roster to reach the partner',
    () => partner.node.organisation.trust.rosterOf('acme.test')?.number === rosterNumber,
  );
  const { organisation } = partner.node;
  const roster = organisation.trust.rosterOf('acme.test')!;
  const [outcome] = await organisation.intake.take([{ envelope: kept, position: 0 }], {
    direction: 'inbound',
    domain: 'acme.test',
    rootId: acme.made.rootId,
    revocationOf: (serial) => roster.revoked.find((revocation) => revocation.serial === serial),
    shown: () => undefined,
    checkpoint: '',
  });
  assert.equal(outcome?.state === 'refused' && outcome.refusal.code, 'device.revoked');
  await dora.stop();
});

test('a request that is malformed, of an unknown kind or too large is answered so, and the stream goes on', async () => {
  for (const request of [
    { type: 'read', cursor: 0, limit: 1_000_000, wait: false },
    { type: 'dance' },
    { type: 'contacts', surprise: true },
    { type: 'history', conversation: new Uint8Array(31), before: null, limit: 1 },
  ]) {
    const answer = await alice.ask(request as Parameters<TestDevice['ask']>[0]);
    assert.equal(answer.type === 'refused' && answer.code, 'encoding.malformed', JSON.stringify(request));
  }
  const good = await alice.sign(TEXT, { conversation });
  const results = await alice.submit(new Uint8Array(65_537), good);
  assert.deepEqual(
    results.map((result) => (result.state === 'refused' ? result.code : result.state)),
    ['message.too-large', 'archived'],
  );
});

test('every conversation can be had, a page at a time', async () => {
  const made = await Promise.all(Array.from({ length: 7 }, () => alice.create('bob@partner.test')));
  const seen: string[] = [];
  for (let after: Uint8Array | null = null; ;) {
    const page: { conversations: { id: Uint8Array }[]; after: Uint8Array | null } = await alice.request(
      { type: 'conversations', after, limit: 2 },
      'conversations',
    );
    seen.push(...page.conversations.map(({ id }) => Buffer.from(id).toString('hex')));
    if (page.after === null) break;
    ({ after } = page);
  }
  assert.equal(new Set(seen).size, seen.length, 'none twice');
  for (const id of made) assert.ok(seen.includes(Buffer.from(id).toString('hex')));
});

test('a device that is revoked while it waits for messages is not shown what comes then', async () => {
  const finn = await TestDevice.enrol(acme, 'finn@acme.test', 'Finn');
  const talk = await finn.create('bob@partner.test');
  await until('bob to know it', async () => {
    const known = await bob.request({ type: 'conversations', after: null, limit: 100 }, 'conversations');
    return known.conversations.some(({ id }) => Buffer.compare(id, talk) === 0);
  });
  await until('the receipt for it, which is news to a device too', async () => {
    const { partner: shown } = await acme.operations['partner.show']({ domain: 'partner.test' });
    return shown.backlog === 0;
  });
  const peer = acme.node.host.peers.find(
    ({ identity: { leaf } }) => leaf.subject.kind === 'device' && leaf.subject.name === 'Finn',
  )!;
  // as behind a gateway, whose connections the archive does not end
  const [device, node] = channelPair();
  const serving = acme.node.organisation.devices.serve(node, peer);
  const cursor = acme.node.organisation.log.size;
  await writeFrame(device, { type: 'read', id: 1, cursor, limit: 10, wait: true });
  const { devices } = await acme.operations['device.list']({ address: 'finn@acme.test' });
  await acme.operations['device.revoke']({ serial: devices[0]!.serial, reason: 'lost' });
  await bob.say(talk, 'a secret');
  const answer = valueOf(await readFrame(device, deviceAnswerShape, MAX_FRAME_BYTES, 'answer'));
  assert.equal(answer.type === 'refused' && answer.code, 'device.revoked');
  await device.close();
  await serving;
  await finn.stop();
});

test('a device whose chain is broken, or of another organisation, does not get in', async () => {
  const bundle = valueOf(decodeBundle(alice.bundle));
  const theirs = valueOf(decodeBundle(bob.bundle));
  const flipped = bundle.chain.map((der, index) => {
    const copy = Uint8Array.from(der);
    if (index === 0) copy[copy.length - 1]! ^= 1;
    return copy;
  });
  const broken = encodeBundle({ ...bundle, chain: flipped });
  await assert.rejects(
    TestDevice.connect(acme, alice.key, alice.address, broken),
    (error) => errorCode(error) === 'certificate.bad-signature',
  );
  const mixed = encodeBundle({ ...bundle, chain: [bundle.chain[0]!, theirs.chain[1]!, theirs.chain[2]!] });
  await assert.rejects(TestDevice.connect(acme, alice.key, alice.address, mixed), (error) =>
    String(errorCode(error)).startsWith('certificate.'),
  );
  await assert.rejects(
    TestDevice.connect(acme, bob.key, bob.address, bob.bundle),
    (error) => errorCode(error) === 'peer.unauthorized',
  );
});

test('a certificate shown over another Noise key than its own is refused', async () => {
  await assert.rejects(
    TestDevice.connect(acme, makeKey(), alice.address, alice.bundle),
    (error) => errorCode(error) === 'identity.key-mismatch',
  );
  const node = partner.node.organisation.authority;
  const bundle = node.nodeBundle(partner.settings.certificates.node);
  const impostor = await startStranger(makeKey(), acme.settings.anchors, () => Promise.resolve(bundle));
  await assert.rejects(
    impostor.open('federation', targetOf(acme)),
    (error) => errorCode(error) === 'identity.key-mismatch',
  );
  await impostor.stop();
});

test('a node of a domain without agreement is refused, until both have agreed', async () => {
  const stranger = await startTestNode(dns, 'stranger.test');
  try {
    await addPartner(stranger, acme);
    const refused = await until('the refusal', async () => {
      const { partners } = await stranger.operations['partner.list']({});
      return partners[0]?.lastError?.code;
    });
    assert.equal(refused, 'agreement.missing');
    await addPartner(acme, stranger);
    await until(
      'the federation',
      async () => (await stranger.operations['partner.list']({})).partners[0]?.connected,
    );
    await acme.operations['partner.remove']({ domain: 'stranger.test' });
    await until('the end of it', async () => {
      const { partners } = await stranger.operations['partner.list']({});
      return partners[0]?.connected === false && partners[0].lastError?.code === 'agreement.missing';
    });
  } finally {
    await stranger.stop();
  }
});

test('every archive verifies after all that', async () => {
  for (const node of [acme, partner]) {
    const { faults, messages } = await node.operations['archive.verify']({});
    assert.deepEqual(faults, []);
    assert.ok(messages > 0);
  }
});
