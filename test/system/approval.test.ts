/** Enrolment where an operator has to approve each device: waiting, approved, rejected, over a restart of the node. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { enrolNodeClient, openNodeClient } from '../../client/adapters/index.ts';
import type { Waiting } from '../../client/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { keyFingerprint } from '../../protocol/certificate/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { parseInvitation } from '../../protocol/wire/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { TestDevice, enrol, makeKey, type Key } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

let dns: TestDns;
let acme: TestNode;
let folder: string;

before(async () => {
  dns = await startDns('acme.test');
  // a port chosen once, so that who waits finds the node again
  const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  acme = await startTestNode(dns, 'acme.test', { enrolmentApproval: 'operator', listen });
  folder = await mkdtemp(join(tmpdir(), 'chancery-approval-'));
  for (const name of ['alice', 'bea', 'cleo']) {
    await acme.operations['member.add']({ address: `${name}@acme.test`, name, roles: ['member'] });
  }
});

after(async () => {
  await acme.stop();
  await dns.server.stop();
  await rm(folder, { recursive: true });
});

async function codeFor(address: string): Promise<string> {
  const { invitation } = await acme.operations['member.invite']({ address });
  return valueOf(parseInvitation(invitation)).code;
}

function fingerprintOf(key: Key): string {
  return keyFingerprint(key.signer.publicKey, sodiumSuite.sha256);
}

/** What a device is told: `enrolled`, `pending` or a code. */
async function told(key: Key, code: string, address: string): Promise<string> {
  try {
    await enrol(acme, key, code, address);
    return 'enrolled';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('a client shows its fingerprint and waits, over a restart of the node, until an operator approves that very key', async () => {
  const { invitation } = await acme.operations['member.invite']({ address: 'alice@acme.test' });
  const home = join(folder, 'alice');
  const shown = Promise.withResolvers<Waiting>();
  const enrolling = enrolNodeClient({ home, invitation, label: 'laptop', onWaiting: shown.resolve });
  const { fingerprint } = await shown.promise;
  acme = await acme.restart();
  const { pending } = await acme.operations['device.pending']({});
  assert.deepEqual(
    pending.map((one) => [one.address, one.name, one.label, one.fingerprint]),
    [['alice@acme.test', 'alice', 'laptop', fingerprint]],
  );
  assert.deepEqual((await acme.operations['device.list']({})).devices, [], 'nothing is certified yet');
  const { device } = await acme.operations['device.approve']({
    fingerprint: fingerprint.toLowerCase().replaceAll('-', ' '),
    reason: 'read out by phone',
  });
  assert.equal(device.state, 'active');
  assert.deepEqual((await acme.operations['device.pending']({})).pending, []);
  assert.equal((await enrolling).address, 'alice@acme.test');
  await using client = await openNodeClient({ home });
  await client.connect();
});

test('a device gets its certificate with the same key and code once approved, as often as it asks', async () => {
  const key = makeKey();
  const code = await codeFor('bea@acme.test');
  assert.equal(await told(key, code, 'bea@acme.test'), 'pending');
  assert.equal(await told(key, code, 'bea@acme.test'), 'pending', 'asking again opens no second request');
  assert.equal(await told(makeKey(), code, 'bea@acme.test'), 'enrolment.bad-code', 'the code is used up');
  assert.equal(await told(key, 'AAAA-BBBB-CCCC-DDDD', 'bea@acme.test'), 'enrolment.bad-code');
  assert.equal((await acme.operations['device.pending']({})).pending.length, 1);
  const { checks } = await acme.operations['doctor.node']({});
  assert.equal(checks.find(({ name }) => name === 'enrolment')?.mend, 'chancery device pending');
  const stranger = acme.operations['device.approve']({ fingerprint: fingerprintOf(makeKey()), reason: '' });
  await assert.rejects(stranger, { code: 'device.unknown' });
  await acme.operations['device.approve']({ fingerprint: fingerprintOf(key), reason: '' });
  const bundle = await enrol(acme, key, code, 'bea@acme.test');
  assert.deepEqual(await enrol(acme, key, code, 'bea@acme.test'), bundle);
  const device = await TestDevice.connect(acme, key, 'bea@acme.test', bundle);
  assert.equal((await device.ask({ type: 'contacts' })).type, 'contacts');
  await device.stop();
  const twice = acme.operations['device.approve']({ fingerprint: fingerprintOf(key), reason: '' });
  await assert.rejects(twice, { code: 'device.unknown' });
});

test('a rejected device is told so and why, and has to be invited anew', async () => {
  const key = makeKey();
  const code = await codeFor('bea@acme.test');
  assert.equal(await told(key, code, 'bea@acme.test'), 'pending');
  const { rejected } = await acme.operations['device.reject']({
    fingerprint: fingerprintOf(key),
    reason: 'not hers',
  });
  assert.equal(rejected.address, 'bea@acme.test');
  await assert.rejects(enrol(acme, key, code, 'bea@acme.test'), {
    code: 'enrolment.rejected',
    message: /not hers/,
  });
  assert.equal(await told(key, await codeFor('bea@acme.test'), 'bea@acme.test'), 'pending');
  await acme.operations['device.reject']({ fingerprint: fingerprintOf(key), reason: '' });
});

test('who is suspended or removed while a device waits gets none', async () => {
  const key = makeKey();
  const code = await codeFor('cleo@acme.test');
  assert.equal(await told(key, code, 'cleo@acme.test'), 'pending');
  const address = 'cleo@acme.test';
  const approve = () => acme.operations['device.approve']({ fingerprint: fingerprintOf(key), reason: '' });
  await acme.operations['member.suspend']({ address, reason: 'x' });
  assert.equal(await told(key, code, address), 'member.suspended');
  await assert.rejects(approve(), { code: 'member.suspended' });
  await acme.operations['member.restore']({ address, reason: '' });
  assert.equal(await told(key, code, address), 'pending');
  await acme.operations['member.remove']({ address, reason: 'x' });
  await assert.rejects(approve(), { code: 'member.removed' });
});

test('what was decided is in the archive, with who and why', async () => {
  const { entries } = await acme.operations['archive.list']({ limit: 500 });
  const said = entries.filter(({ kind }) => kind === 'enrolment').map(({ summary }) => summary);
  assert.ok(
    said.some((line) => /laptop .* of alice@acme\.test approved by operator: read out by phone/.test(line)),
  );
  assert.ok(said.some((line) => /of bea@acme\.test rejected by operator: not hers/.test(line)));
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
});
