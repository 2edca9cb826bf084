/** How a device finds its organisation, believes it, and comes back to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { enrol, type Client, type Transport, type Waiting } from '../../client/index.ts';
import { nodeSigner, nodeSuite } from '../../client/adapters/node-crypto.ts';
import { keyFingerprint } from '../../protocol/certificate/index.ts';
import type { ChanceryError } from '../../protocol/errors/index.ts';
import { formatInvitation, zlibDeflate } from '../../protocol/wire/index.ts';
import { ALICE, AT, BOB, context, makeWorld, type World } from '../support/client-world.ts';
import { FakeNode, deviceBundle, reissue } from '../support/fake-node.ts';
import { makeNode, makeOrganisation } from '../support/organisation.ts';

const DAY = 86_400;

function invitationOf(world: World, change: Partial<Parameters<typeof formatInvitation>[0]> = {}): string {
  const { domain, rootId } = world.acme;
  return formatInvitation({
    domain,
    rootId,
    address: ALICE,
    code: 'ABCD-EFGH',
    nodes: [world.node.address],
    ...change,
  });
}

function enrolment(world: World, node = world.node, transport: Transport = node.transport()) {
  return {
    transport,
    signer: nodeSigner(world.alice.seed),
    context,
    deflate: zlibDeflate(zlib),
    clock: () => world.clock.now,
    after: world.timers.after,
  };
}

test('enrolling trades the code for a certificate and remembers the organisation', async () => {
  const world = await makeWorld();
  world.node.renewed = () => Promise.resolve(deviceBundle(world.alice));
  const profile = await enrol(invitationOf(world), 'Alice’s laptop', enrolment(world));
  assert.deepEqual(profile, { ...world.profile, rosterNumber: 1 });
  assert.deepEqual(world.node.shown, [null]);
  const [frame] = world.node.enrolments as [{ code: string; address: string; label: string }];
  assert.deepEqual([frame.code, frame.address, frame.label], ['ABCD-EFGH', ALICE, 'Alice’s laptop']);
});

test('a device that has to be approved says under which fingerprint, once, and asks until that is decided', async () => {
  const world = await makeWorld();
  world.node.undecided = 3;
  world.node.renewed = () => Promise.resolve(deviceBundle(world.alice));
  const told: Waiting[] = [];
  const first = Promise.withResolvers<undefined>();
  const enrolling = enrol(invitationOf(world), 'laptop', enrolment(world), (waiting) => {
    told.push(waiting);
    first.resolve(undefined);
  });
  await first.promise;
  world.node.reachable = false; // it restarts meanwhile
  await world.timers.elapse(3_000, 3_000);
  while (world.node.dials < 2) await Promise.resolve();
  world.node.reachable = true;
  for (let asked = 0; asked < 3; asked += 1) await world.timers.elapse(3_000, 3_000);
  assert.deepEqual((await enrolling).bundle, deviceBundle(world.alice));
  const fingerprint = keyFingerprint(world.alice.signer.publicKey, nodeSuite.sha256);
  assert.deepEqual(
    told.map((waiting) => [waiting.address, waiting.label, waiting.fingerprint]),
    [[ALICE, 'laptop', fingerprint]],
    'the fingerprint is made here, whatever the node says',
  );
  assert.equal(world.node.enrolments.length, 4);
});

test('the code is shown to nobody who is not the inviting organisation', async () => {
  const world = await makeWorld();
  const globex = new FakeNode(world.globex, await makeNode(world.globex));
  const rival = await makeOrganisation('acme.test', { at: AT });
  const deviceAsNode = new FakeNode(world.acme, { ...world.alice, peerId: world.node.node.peerId });
  const otherKey = new FakeNode(world.acme, { ...world.node.node, signer: world.bob.signer });
  const cases: [string, FakeNode, Partial<Parameters<typeof formatInvitation>[0]>][] = [
    ['certificate.wrong-domain', globex, {}],
    ['identity.root-mismatch', new FakeNode(rival, await makeNode(rival)), { rootId: 'x'.repeat(43) }],
    ['certificate.wrong-kind', deviceAsNode, {}],
    ['identity.key-mismatch', otherKey, {}],
  ];
  for (const [code, node, change] of cases) {
    await assert.rejects(enrol(invitationOf(world, change), 'laptop', enrolment(world, node)), { code });
    assert.deepEqual(node.enrolments, [], code);
  }
});

test('a wrong code, a damaged invitation and one for a node say what to do', async () => {
  const world = await makeWorld();
  const platform = enrolment(world);
  await assert.rejects(enrol(invitationOf(world), 'laptop', platform), { code: 'enrolment.bad-code' });
  await assert.rejects(enrol('chancery-invitation:???', 'laptop', platform), { code: 'request.invalid' });
  await assert.rejects(enrol(invitationOf(world, { address: null }), 'laptop', platform), {
    code: 'request.invalid',
  });
  world.node.reachable = false;
  await assert.rejects(enrol(invitationOf(world), 'laptop', platform), { code: 'node.unreachable' });
});

test('a certificate for another key, person or organisation is not taken for one’s own', async () => {
  const world = await makeWorld();
  const wrong = [
    ['identity.key-mismatch', deviceBundle(world.bob)],
    ['certificate.wrong-name', deviceBundle(await reissue(world.acme, world.alice, week(world), BOB))],
    [
      'identity.root-mismatch',
      deviceBundle({
        chain: (
          await reissue(
            world.globex,
            { ...world.carol, signer: world.alice.signer },
            week(world),
            'alice@globex.test',
          )
        ).chain,
      }),
    ],
  ] as const;
  for (const [code, bundle] of wrong) {
    world.node.renewed = () => Promise.resolve(bundle);
    await assert.rejects(enrol(invitationOf(world), 'laptop', enrolment(world)), { code });
  }
});

function week({ acme }: World): { from: number; until: number } {
  return { from: acme.at - DAY, until: acme.at + DAY };
}

test('a node under another root than the pinned one gets neither session nor messages', async () => {
  const world = await makeWorld();
  world.profile = { ...world.profile, rootId: 'x'.repeat(43) };
  await using client = await world.open();
  await assert.rejects(client.connect(), { code: 'identity.root-mismatch' });
  assert.deepEqual(world.node.requests, []);
});

test('a node that shows an older roster than was seen is not believed', async () => {
  const world = await makeWorld();
  world.node.rosterNumber = 5;
  const first = await world.open();
  await first.connect();
  await first.synced();
  await first.close();
  assert.equal(world.profile.rosterNumber, 5);
  world.node.rosterNumber = 4;
  await using second = await world.open();
  await assert.rejects(second.connect(), { code: 'roster.rollback' });
});

test('a node whose roster is long overdue is not believed', async () => {
  const world = await makeWorld();
  world.clock.now += 3 * DAY * 1000;
  await using client = await world.open();
  await assert.rejects(client.connect(), { code: 'roster.overdue' });
});

test('a lost connection is made again at once, and then with growing pauses up to a minute', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  await client.synced();
  assert.equal(world.node.dials, 1);
  world.node.reachable = false;
  world.node.breakOff();
  const pauses: number[] = [];
  await nextState(client); // lost
  await nextState(client); // tried at once
  assert.equal(world.node.dials, 2);
  for (let index = 0; index < 11; index += 1) {
    const state = nextState(client);
    pauses.push(await world.timers.elapse(1, 60_000));
    assert.equal(await state, 'offline');
  }
  for (const [index, pause] of pauses.entries()) {
    const limit = Math.min(250 * 2 ** index, 60_000);
    assert.ok(pause >= limit / 2 && pause <= limit, `pause ${index} is ${pause}`);
  }
  world.node.reachable = true;
  const state = nextState(client);
  await world.timers.elapse(1, 60_000);
  assert.equal(await state, 'online');
});

function nextState(client: Client): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const stop = client.onState(({ state }) => resolve(state));
  return promise.finally(stop);
}

test('a session that never works is not tried again without pause', async () => {
  const world = await makeWorld();
  world.node.refuseRequest = ({ type }) =>
    type === 'begin' ? undefined : { code: 'member.suspended', message: 'alice is suspended' };
  await using client = await world.open();
  const codes: string[] = [];
  client.onState((state) => state.state === 'offline' && codes.push(state.error.code));
  await client.connect();
  const pause = await world.timers.elapse(1, 60_000);
  assert.ok(pause >= 125);
  assert.deepEqual(codes, ['member.suspended']);
});

test('a node that does not answer any more is given up', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  await client.synced();
  const lost = Promise.withResolvers<string>();
  client.onState((state) => state.state === 'offline' && lost.resolve(state.error.code));
  await world.timers.elapse(75_000, 75_000);
  assert.equal(await lost.promise, 'node.unreachable');
});

test('a certificate with less than a third of its life left is renewed, and what follows is signed under it', async () => {
  const world = await makeWorld();
  const renewed = await reissue(world.acme, world.alice, { from: AT + 3 * DAY, until: AT + 13 * DAY });
  world.node.knows(renewed);
  world.node.renewed = () => Promise.resolve(deviceBundle(renewed));
  world.clock.now = (AT + 3 * DAY) * 1000;
  world.node.time = world.clock.now;
  world.node.rosterIssued = AT + 3 * DAY;
  await using client = await world.open();
  const again = Promise.withResolvers<undefined>();
  let sessions = 0;
  client.onState(({ state }) => {
    if (state === 'online') sessions += 1;
    if (sessions === 2) again.resolve(undefined);
  });
  await client.connect();
  await again.promise;
  assert.deepEqual(world.profile.bundle, deviceBundle(renewed));
  assert.deepEqual(world.node.shown, [deviceBundle(world.alice), deviceBundle(renewed)]);
  const { sending } = await client.direct(BOB);
  await sending?.sent;
  const { value: event } = await client.messages('').next();
  assert.equal(event?.type, 'message');
  assert.equal(world.node.requests.filter(({ type }) => type === 'renew').length, 1);
});

test('a renewal that is refused is told, and the device goes on under its certificate', async () => {
  const world = await makeWorld();
  const old = await reissue(world.acme, world.alice, { from: AT - 10 * DAY, until: AT + DAY });
  world.node.knows(old);
  world.profile = { ...world.profile, bundle: deviceBundle(old) };
  await using client = await world.open();
  const told = Promise.withResolvers<ChanceryError>();
  client.onTrouble(told.resolve);
  await client.connect();
  assert.equal((await told.promise).code, 'device.revoked');
  const { sending } = await client.direct(BOB);
  assert.equal((await sending?.sent)?.state, 'archived');
});

test('a device that is told that its certificate was replaced fetches the new one, and goes on under it', async () => {
  const world = await makeWorld();
  const newer = await reissue(world.acme, world.alice, { from: AT - DAY, until: AT + 12 * DAY });
  world.node.knows(newer);
  world.node.renewed = () => Promise.resolve(deviceBundle(newer));
  world.node.refuseRequest = ({ type }) =>
    type !== 'renew' && type !== 'begin' && world.node.shown.length === 1
      ? { code: 'certificate.superseded', message: 'fetch the new one' }
      : undefined;
  await using client = await world.open();
  await client.connect();
  const lost = nextState(client);
  assert.equal(await lost, 'offline');
  const again = nextState(client);
  await world.timers.elapse(1, 60_000);
  assert.equal(await again, 'online');
  await client.synced();
  assert.deepEqual(world.node.shown, [deviceBundle(world.alice), deviceBundle(newer)]);
  assert.deepEqual(world.profile.bundle, deviceBundle(newer));
});

test('a device whose certificate has run out says so, and asks only whether it was revoked', async () => {
  const world = await makeWorld();
  world.clock.now += 8 * DAY * 1000;
  await using client = await world.open();
  await assert.rejects(client.connect(), { code: 'certificate.expired' });
  assert.deepEqual(world.node.shown, [null]);
  assert.deepEqual(world.erased, []);
});

test('closing ends everything that waits', async () => {
  const world = await makeWorld();
  const client = await world.open();
  await client.connect();
  const next = client.messages().next();
  await client.close();
  assert.equal((await next).done, true);
  await client.synced();
  await client.close();
});
