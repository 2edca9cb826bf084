/** An organisation's keys through their life, under zones that BIND signs: rotation, theft, transfer, and DNS away. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  issueIssuer,
  issueNode,
  issueStatementSigner,
  parseCertificate,
} from '../../protocol/certificate/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { encodeBundle } from '../../protocol/identity/index.ts';
import { signRoster } from '../../protocol/statement/index.ts';
import { peerIdOf } from '../../node/identity/index.ts';
import { platform } from '../../node/composition/platform.ts';
import { sodiumSigner } from '../../node/crypto/index.ts';
import { conversationsFor } from '../../node/ledger/index.ts';
import { BIND_COMMANDS, BIND_PACKAGES } from '../support/bind.ts';
import { BindWorld } from '../support/bind-world.ts';
import { requireCommands } from '../support/requirements.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { federate, type TestNode } from '../support/test-node.ts';
import { makeKey, startStranger, targetOf, TestDevice } from '../support/test-device.ts';
import { until } from '../support/until.ts';

const DAY = 86_400;

async function world(t: TestContext, ...domains: string[]): Promise<BindWorld | undefined> {
  if (!requireCommands(t, BIND_COMMANDS, BIND_PACKAGES)) return undefined;
  const made = await BindWorld.start(...domains);
  t.after(() => made[Symbol.asyncDispose]());
  return made;
}

/** Prepares, publishes and completes, as an operator would; returns the TXT texts to publish at the end. */
async function rotateRoot(at: BindWorld, node: TestNode): Promise<void> {
  const { domain } = node.settings;
  const prepared = await node.operations['identity.rotate-root']({ step: 'prepare' });
  await at.publish(domain, ...prepared.records.map(({ value }) => value));
  const done = await node.operations['identity.rotate-root']({ step: 'complete' });
  assert.equal(done.state, 'done');
  await at.publish(domain, ...done.records.map(({ value }) => value));
  await node.node.organisation.ownProof.refresh();
}

async function say({ client }: TestClient, to: string, text: string): Promise<string> {
  const { id, sending } = await client.direct(to);
  await sending?.sent;
  const sent = await client.send(id, text);
  await sent.sent;
  return sent.id;
}

async function reads(device: TestClient, text: string): Promise<void> {
  await until(`"${text}" to be read`, async () => {
    for await (const event of device.client.stored(''))
      if (event.type === 'message' && event.content.kind === 'text' && event.content.text === text)
        return true;
    return undefined;
  });
}

function rootKnownOf(node: TestNode, domain: string): string | undefined {
  return node.node.organisation.partners.agreement(domain)?.rootId;
}

test('a root is rotated with one partner online and one away: both follow, members too, nothing is lost', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test', 'third.test');
  if (at === undefined) return;
  const acme = await at.organisation('acme.test');
  const partner = await at.organisation('partner.test');
  let third = await at.organisation('third.test');
  await federate(acme, partner);
  await federate(acme, third);
  await using alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  await using bob = await joinClient(partner, 'bob@partner.test', 'Bob');
  const cat = await joinClient(third, 'cat@third.test', 'Cat');
  at.stopLater(async () => cat[Symbol.asyncDispose]());
  await say(alice, 'bob@partner.test', 'before');
  await say(alice, 'cat@third.test', 'hello cat');
  await reads(bob, 'before');
  await reads(cat, 'hello cat');
  await cat.client.close();
  await third.node.stop();
  await say(alice, 'cat@third.test', 'while you were away');

  const { rootId: old } = acme.node.organisation.standing;
  await assert.rejects(
    async () => {
      await acme.operations['identity.rotate-root']({ step: 'prepare' });
      await acme.operations['identity.rotate-root']({ step: 'complete' });
    },
    { code: 'identity.not-published' },
  );
  await rotateRoot(at, acme);
  const { rootId, record } = acme.node.organisation.standing;
  assert.notEqual(rootId, old);
  assert.equal(record.sequence, 2);

  await until('the partner to follow', () => rootKnownOf(partner, 'acme.test') === rootId);
  await say(alice, 'bob@partner.test', 'after');
  await reads(bob, 'after');
  await say(bob, 'alice@acme.test', 'I still know you');
  await reads(alice, 'I still know you');
  const known = partner.node.organisation.partners.organisation('acme.test');
  assert.deepEqual([known?.level, known?.sequence, known?.formerRoots], ['dnssec', 2, [old]]);

  third = await at.restart(third);
  await until('the one that was away to follow', () => rootKnownOf(third, 'acme.test') === rootId);
  await until('its backlog to go', async () => {
    const { partners } = await acme.operations['partner.list']({});
    return partners.every(({ backlog }) => backlog === 0);
  });
  const { ledger, messages } = third.node.organisation;
  const [conversation] = await conversationsFor(ledger, 'cat@third.test', null, 10);
  assert.ok(conversation !== undefined);
  assert.equal(
    (await messages.timeline(conversation.id, null, 100)).length,
    3,
    'the beginning and two messages',
  );
});

test('a partner that was away until its proof and our roster had run out follows as well', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  if (at === undefined) return;
  const acme = await at.organisation('acme.test', { graceSeconds: 0 });
  let partner = await at.organisation('partner.test', { graceSeconds: 0 });
  await federate(acme, partner);
  await until('a first contact', () => partner.node.organisation.partners.roster('acme.test') !== undefined);
  await partner.node.stop();
  await rotateRoot(at, acme);
  const later = Date.now() + 20 * DAY * 1000;
  t.mock.timers.enable({ apis: ['Date'], now: later });
  const window = ['-s', stamp(later - DAY * 1000), '-e', stamp(later + 14 * DAY * 1000)];
  for (const zone of ['acme.test', 'partner.test', 'test', '.'])
    await at.bind.update(zone, { signing: window });
  await acme.node.organisation.ownProof.refresh();
  await acme.node.organisation.renewRoster();
  partner = await at.restart(partner);
  const { rootId } = acme.node.organisation.standing;
  await until('it to follow', () => rootKnownOf(partner, 'acme.test') === rootId);
  const known = partner.node.organisation.partners.organisation('acme.test');
  assert.ok((known?.proofUntil ?? 0) > later / 1000, 'by a fresh proof');
  t.mock.timers.reset();
});

test('whoever stole the old root gets nowhere after the rotation, and raises an alarm', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  if (at === undefined) return;
  const acme = await at.organisation('acme.test');
  const partner = await at.organisation('partner.test');
  await federate(acme, partner);
  const oldProof = acme.node.organisation.ownProof.proof;
  await rotateRoot(at, acme);
  const { rootId } = acme.node.organisation.standing;
  await until('the partner to follow', () => rootKnownOf(partner, 'acme.test') === rootId);
  for (const proof of [oldProof, acme.node.organisation.ownProof.proof, null]) {
    const thief = await thiefOf(acme, proof);
    const host = await startStranger(thief.key, partner.settings.anchors, () =>
      Promise.resolve(thief.bundle),
    );
    await assert.rejects(host.open('federation', targetOf(partner)), { code: 'identity.root-mismatch' });
    await host.stop();
  }
  assert.equal(rootKnownOf(partner, 'acme.test'), rootId);
  await at.publish('acme.test', acme.made.record.text);
  await assert.rejects(
    partner.operations['partner.approve']({ domain: 'acme.test', rootId: acme.made.rootId }),
    { code: 'identity.rollback' },
    'nor does an operator by mistake',
  );
});

test('a root whose key was stolen is ended at once: partners follow as soon as DNS says so', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  if (at === undefined) return;
  const acme = await at.organisation('acme.test');
  const partner = await at.organisation('partner.test');
  await federate(acme, partner);
  await using alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  await using bob = await joinClient(partner, 'bob@partner.test', 'Bob');
  const stolen = acme.node.organisation.standing.root.serial;
  const done = await acme.operations['identity.revoke-root']({ lost: false });
  await say(alice, 'bob@partner.test', 'sent before DNS knows');
  await at.publish('acme.test', ...done.records.map(({ value }) => value));
  await acme.node.organisation.ownProof.refresh();
  await reads(bob, 'sent before DNS knows');
  assert.equal(rootKnownOf(partner, 'acme.test'), done.rootId);
  assert.ok(acme.node.organisation.authority.roster.revoked.some(({ serial }) => serial === stolen));
});

test('the issuer is rotated under load: no message is lost, none comes twice', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  if (at === undefined) return;
  const acme = await at.organisation('acme.test');
  const partner = await at.organisation('partner.test');
  await federate(acme, partner);
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  at.stopLater(() => alice.stop());
  at.stopLater(() => bob.stop());
  const conversation = await alice.create('bob@partner.test');
  const before = acme.node.organisation.standing.issuer.serial;
  let rotated: Promise<unknown> = Promise.resolve();
  const ROUNDS = 30;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round === ROUNDS / 3) rotated = acme.operations['identity.rotate-issuer']({ cause: 'superseded' });
    const envelopes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        alice.sign({ kind: 'text', text: `${round}.${n}` }, { conversation }),
      ),
    );
    const results = await alice.submit(...envelopes);
    assert.ok(results.every(({ state }) => state === 'archived'));
  }
  await rotated;
  assert.notEqual(acme.node.organisation.standing.issuer.serial, before);
  const arrived = await until('all to arrive', async () => {
    const found = await partner.node.organisation.messages.timeline(conversation, null, 10_000);
    return found.length === ROUNDS * 20 + 1 ? found : undefined;
  });
  assert.equal(new Set(arrived).size, ROUNDS * 20 + 1);
  const device = await TestDevice.enrol(acme, 'carol@acme.test', 'Carol');
  at.stopLater(() => device.stop());
  const again = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  at.stopLater(() => again.stop());
  await again.say(conversation, 'under the issuer before');
});

test('a domain that changed hands is cut off until an operator approves the new root', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  if (at === undefined) return;
  const before = await at.organisation('acme.test');
  const partner = await at.organisation('partner.test');
  await federate(before, partner);
  await until('a first contact', () => partner.node.organisation.partners.roster('acme.test') !== undefined);
  await before.node.stop();
  const acme = await at.organisation('acme.test');
  await acme.operations['partner.add']({
    domain: 'partner.test',
    rootId: partner.made.rootId,
    addresses: partner.node.host.addresses,
    shareDirectory: 'none',
  });
  await until('the new owner to be refused', async () => {
    const { partners } = await acme.operations['partner.list']({});
    return partners[0]?.lastError?.code === 'identity.root-mismatch';
  });
  assert.equal(rootKnownOf(partner, 'acme.test'), before.made.rootId);
  await partner.operations['partner.approve']({ domain: 'acme.test', rootId: acme.made.rootId });
  await until('federation with the new owner', async () => {
    const { partners } = await acme.operations['partner.list']({});
    return partners[0]?.mutual === true;
  });
});

test('with DNS down a known partner goes on within its grace, and there is no first contact', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test', 'third.test');
  if (at === undefined) return;
  const acme = await at.organisation('acme.test');
  let partner = await at.organisation('partner.test');
  await federate(acme, partner);
  await until('a first contact', () => partner.node.organisation.partners.roster('acme.test') !== undefined);
  await at.bind.stop();
  partner = await at.restart(partner);
  await until('the known partner to be back', async () => {
    const { partners } = await partner.operations['partner.list']({});
    return partners[0]?.mutual === true;
  });
  await assert.rejects(partner.operations['partner.preview']({ domain: 'third.test', addresses: [] }), {
    code: 'dns.unreachable',
  });
});

test('the parent zone rolls its key-signing key: known partners and first contacts go on', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test', 'third.test');
  if (at === undefined) return;
  const acme = await at.organisation('acme.test');
  let partner = await at.organisation('partner.test');
  await federate(acme, partner);
  const before = acme.node.organisation.ownProof.proof;
  await at.bind.rollKsk('test');
  await acme.node.organisation.ownProof.refresh();
  assert.notDeepEqual(acme.node.organisation.ownProof.proof, before);
  partner = await at.restart(partner);
  await until('the known partner to be back', async () => {
    const { partners } = await partner.operations['partner.list']({});
    return partners[0]?.mutual === true && partners[0].level === 'dnssec';
  });
  const third = await at.organisation('third.test');
  const shown = await third.operations['partner.preview']({ domain: 'acme.test', addresses: [] });
  assert.equal(shown.level, 'dnssec');
});

/** A node that has the organisation's old root key, and made itself everything below it. */
async function thiefOf(
  { made, settings }: TestNode,
  proof: Uint8Array | null,
): Promise<{ key: ReturnType<typeof makeKey>; bundle: Uint8Array }> {
  const { domain } = settings;
  const now = Math.floor(Date.now() / 1000) - 60;
  const root = valueOf(parseCertificate(made.certificates.root));
  const window = { notBefore: Math.max(now, root.notBefore), notAfter: now + DAY };
  const serial = (): Uint8Array => platform.randomBytes(16);
  const [issuerKey, statementKey, key] = [makeKey(), makeKey(), makeKey()];
  const issuer = await issueIssuer({
    publicKey: issuerKey.signer.publicKey,
    domain,
    serial: serial(),
    ...window,
    issuer: root,
    signer: sodiumSigner(made.seeds.root),
  });
  const under = { issuer: valueOf(parseCertificate(issuer)), signer: issuerKey.signer, domain, ...window };
  const peerId = await peerIdOf(key.seed);
  const roles = ['gateway', 'archive'] as const;
  const node = await issueNode({
    publicKey: key.signer.publicKey,
    peerId,
    roles,
    serial: serial(),
    ...under,
  });
  const statement = await issueStatementSigner({
    publicKey: statementKey.signer.publicKey,
    serial: serial(),
    ...under,
  });
  const nodes = [{ peer: peerId, roles: [...roles], addresses: [] }];
  const roster = await signRoster(
    { domain, number: 1_000, issued: now, nextUpdate: now + DAY, nodes, revoked: [] },
    statementKey.signer,
  );
  const chain = [node, issuer, root.der];
  return { key, bundle: encodeBundle({ proof, chain, handovers: [], statement, roster }) };
}

/** As dnssec-signzone takes times. */
function stamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:T]|\..*/g, '');
}
