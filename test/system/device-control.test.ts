/** Device control against a running node: what a device reports, what it is refused for, and how long a session lasts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { sodiumSigner } from '../../node/crypto/index.ts';
import { signAttestation } from '../../protocol/device/index.ts';
import { MAX_FRAME_BYTES, parseInvitation, readFrame, writeFrame } from '../../protocol/wire/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { FACTS, TestDevice, enrol, makeKey, startStranger, targetOf } from '../support/test-device.ts';
import { PERMISSIVE, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const SESSION_MS = 1_500;

const mdm = sodiumSigner(new Uint8Array(32).fill(7));
const thief = sodiumSigner(new Uint8Array(32).fill(8));

let dns: TestDns;
let strict: TestNode;
let brief: TestNode;

before(async () => {
  dns = await startDns('strict.test', 'brief.test');
  strict = await startTestNode(dns, 'strict.test', {
    devices: {
      ...PERMISSIVE,
      clientVersion: { minimum: '1.0', evidence: 'self-reported' },
      osVersion: { minimum: { linux: '6.1' }, evidence: 'self-reported' },
      diskEncryption: { evidence: 'attested' },
      maximum: 2,
      attestation: { keys: [mdm.publicKey], maxAgeMs: 86_400_000 },
    },
  });
  brief = await startTestNode(dns, 'brief.test', {
    devices: { ...PERMISSIVE, sessionMs: SESSION_MS, idleLockMs: 60_000 },
  });
});

after(async () => {
  await strict.stop();
  await brief.stop();
  await dns.server.stop();
});

/** Enrols a device that has not begun a session. */
async function enrolled(node: TestNode, address: string): Promise<TestDevice> {
  await node.operations['member.add']({ address, name: address, roles: ['member'] }).catch(() => undefined);
  const { invitation } = await node.operations['member.invite']({ address });
  const key = makeKey();
  const bundle = await enrol(node, key, valueOf(parseInvitation(invitation)).code, address);
  return TestDevice.connect(node, key, address, bundle, null);
}

function attestation(
  device: TestDevice,
  change: { signer?: typeof mdm; about?: string; time?: number; disk?: 'on' | 'off' } = {},
): Promise<Uint8Array> {
  const { signer = mdm, about = device.host.peerId, time = Date.now(), disk = 'on' } = change;
  const facts = {
    clientVersion: null,
    platform: null,
    osVersion: null,
    diskEncryption: disk,
    managedId: null,
  };
  return signAttestation({ device: about, facts, time }, signer);
}

async function shown(node: TestNode, device: TestDevice) {
  const { devices } = await node.operations['device.list']({ address: device.address });
  const found = devices.find(({ peer }) => peer === device.host.peerId);
  assert.ok(found);
  return (await node.operations['device.show']({ serial: found.serial })).device;
}

test('nothing is answered to a device before it has said what it is', async () => {
  const alice = await enrolled(strict, 'alice@strict.test');
  for (const request of [
    { type: 'contacts' as const },
    { type: 'read' as const, cursor: 0, limit: 1, wait: false },
    { type: 'submit' as const, envelopes: [new Uint8Array(8)] },
    { type: 'renew' as const },
    { type: 'devices' as const },
  ]) {
    const answer = await alice.ask(request);
    assert.equal(answer.type === 'refused' && answer.code, 'request.invalid', request.type);
  }
  await alice.stop();
});

test('a device that falls short is refused with the reason and the mend, and the operator sees which rule', async () => {
  const bob = await enrolled(strict, 'bob@strict.test');
  const cases: [typeof FACTS, RegExp, string[]][] = [
    [{ ...FACTS, clientVersion: '0.9.9' }, /0\.9\.9, older than 1\.0; update the client/, ['clientVersion']],
    [{ ...FACTS, clientVersion: null }, /version of the client is not known/, ['clientVersion']],
    [{ ...FACTS, osVersion: '5.10.0-18-amd64' }, /older than 6\.1; update the operating/, ['osVersion']],
    [{ ...FACTS, platform: 'darwin' }, /platform darwin is not one .*; use one of linux/, ['osVersion']],
  ];
  for (const [facts, reason, rules] of cases) {
    const signed = await attestation(bob);
    await assert.rejects(bob.begin({ facts, attestation: signed }), {
      code: 'device.out-of-rule',
      message: reason,
    });
    const device = await shown(strict, bob);
    assert.deepEqual(
      device.breaches.map(({ rule }) => rule),
      rules,
    );
    const asked = await bob.ask({ type: 'contacts' });
    assert.equal(asked.type === 'refused' && asked.code, 'request.invalid');
  }
  await bob.begin({ attestation: await attestation(bob) });
  const { breaches, facts, seen, attested } = await shown(strict, bob);
  assert.deepEqual(breaches, []);
  assert.ok(seen !== null && attested !== null);
  assert.deepEqual(
    facts.map(({ name, source }) => `${name} ${source}`),
    [
      'clientVersion self-reported',
      'platform self-reported',
      'osVersion self-reported',
      'diskEncryption attested',
      'managedId self-reported',
    ],
  );
  assert.equal((await bob.ask({ type: 'contacts' })).type, 'contacts');
  await bob.stop();
});

test('what must be attested is taken from nobody but the device management, about no other device, and not for ever', async () => {
  const carl = await enrolled(strict, 'carl@strict.test');
  const bad = { code: 'device.bad-attestation' };
  await assert.rejects(carl.begin(), { code: 'device.out-of-rule', message: /only what the device says/ });
  await assert.rejects(carl.begin({ attestation: await attestation(carl, { signer: thief }) }), bad);
  await assert.rejects(
    carl.begin({ attestation: await attestation(carl, { about: strict.node.host.peerId }) }),
    bad,
  );
  const old = await attestation(carl, { time: Date.now() - 2 * 86_400_000 });
  await assert.rejects(carl.begin({ attestation: old }), { ...bad, message: /too old/ });
  const early = await attestation(carl, { time: Date.now() + 3_600_000 });
  await assert.rejects(carl.begin({ attestation: early }), { ...bad, message: /future/ });
  await assert.rejects(carl.begin({ attestation: await attestation(carl, { disk: 'off' }) }), {
    code: 'device.out-of-rule',
    message: /the disk is not encrypted/,
  });
  await carl.begin({ attestation: await attestation(carl) });
  await carl.stop();
});

test('a member enrols no more devices than allowed, and the newest are those too many', async () => {
  const first = await enrolled(strict, 'dora@strict.test');
  const second = await enrolled(strict, 'dora@strict.test');
  await assert.rejects(enrolled(strict, 'dora@strict.test'), { code: 'device.too-many' });
  const { serial } = await shown(strict, first);
  await strict.operations['device.revoke']({ serial, reason: 'replaced' });
  const third = await enrolled(strict, 'dora@strict.test');
  await third.begin({ attestation: await attestation(third) });
  await Promise.all([first.stop(), second.stop(), third.stop()]);
});

test('a report is a log entry when it says something new, and only then', async () => {
  const reports = async (): Promise<string[]> => {
    const { entries } = await strict.operations['archive.list']({ limit: 500 });
    return entries.filter(({ kind }) => kind === 'device-report').map(({ summary }) => summary);
  };
  const erik = await enrolled(strict, 'erik@strict.test');
  const before = (await reports()).length;
  const signed = await attestation(erik);
  await erik.begin({ attestation: signed });
  await erik.begin({ attestation: signed });
  await erik.stop();
  const again = await TestDevice.connect(strict, erik.key, erik.address, erik.bundle, {
    attestation: signed,
  });
  assert.equal((await reports()).length, before + 1);
  await again.begin({ facts: { ...FACTS, osVersion: '6.2.0' }, attestation: signed });
  const [newest, ...others] = await reports();
  assert.equal(others.length, before + 1);
  assert.match(
    newest ?? '',
    /erik@strict\.test reports .*osVersion 6\.2\.0 \(self-reported\), diskEncryption on \(attested\)/,
  );
  await again.stop();
});

test('a session ends when it has lasted as long as allowed, and the device must prove itself again', async () => {
  const gina = await enrolled(brief, 'gina@brief.test');
  const begun = await gina.begin();
  assert.equal(begun.idleLock, 60_000);
  const again = await gina.begin();
  assert.equal(again.ends, begun.ends, 'a session is not stretched from within');
  const waiting = gina.ask({ type: 'read', cursor: 0, limit: 1, wait: true });
  const ended = await gina.ended;
  assert.equal(ended.code, 'device.session-over');
  await waiting;
  const late = await gina.ask({ type: 'contacts' });
  assert.equal(late.type === 'refused' && late.code, 'device.session-over');
  await assert.rejects(gina.begin(), { code: 'device.session-over' });
  await gina.stop();
  const anew = await TestDevice.connect(brief, gina.key, gina.address, gina.bundle);
  assert.equal((await anew.ask({ type: 'contacts' })).type, 'contacts');
  await anew.stop();
});

test('a member sees and revokes own devices, by the way an operator does, and nobody else’s', async () => {
  const phone = await TestDevice.enrol(brief, 'hana@brief.test');
  const laptop = await TestDevice.enrol(brief, 'hana@brief.test');
  const other = await TestDevice.enrol(brief, 'ivan@brief.test');
  const { devices } = await laptop.request({ type: 'devices' }, 'devices');
  assert.deepEqual(
    devices.map(({ current, state }) => [current, state]),
    [
      [true, 'active'],
      [false, 'active'],
    ],
  );
  const theirs = await shown(brief, other);
  const refused = await laptop.ask({ type: 'revoke-device', serial: theirs.serial, reason: '' });
  assert.equal(refused.type === 'refused' && refused.code, 'device.unknown');
  const before = brief.node.organisation.authority.roster.number;
  const serial = devices[1]?.serial ?? '';
  await laptop.request({ type: 'revoke-device', serial, reason: 'lost' }, 'device-revoked');
  assert.equal((await phone.ended).code, 'device.revoked');
  const { roster } = brief.node.organisation.authority;
  assert.equal(roster.number, before + 1);
  assert.ok(roster.revoked.some((revoked) => revoked.serial === serial));
  await assert.rejects(TestDevice.connect(brief, phone.key, phone.address, phone.bundle), {
    code: 'device.revoked',
  });
  const { entries } = await brief.operations['archive.list']({ limit: 20 });
  assert.ok(
    entries.some(
      ({ summary }) => summary === `hana@brief.test: device.revoke ${serial} of hana@brief.test lost`,
    ),
  );
  const listed = await laptop.request({ type: 'devices' }, 'devices');
  assert.deepEqual(
    listed.devices.map(({ state, wiped }) => [state, wiped]),
    [
      ['active', null],
      ['revoked', null],
    ],
  );
  await Promise.all([laptop.stop(), other.stop(), phone.stop()]);
});

test('a revoked device that says nothing is dropped all the same', async () => {
  const jane = await TestDevice.enrol(brief, 'jane@brief.test');
  const { serial } = await shown(brief, jane);
  await brief.operations['device.revoke']({ serial, reason: '' });
  assert.equal((await jane.ended).code, 'device.revoked');
  await until('the drop', () => jane.host.peers.length === 0);
  await jane.stop();
});

test('nobody but the revoked device itself reports that it is wiped, and a device in good standing is told nothing', async () => {
  const kurt = await TestDevice.enrol(brief, 'kurt@brief.test');
  const liam = await TestDevice.enrol(brief, 'liam@brief.test');
  const ask = async (key: typeof kurt.key, type: 'standing' | 'wiped'): Promise<Record<string, unknown>> => {
    const host = await startStranger(key, brief.settings.anchors, () => Promise.resolve(null));
    try {
      const { channel } = await host.open('enrolment', targetOf(brief));
      await writeFrame(channel, { type, v: 1 });
      return valueOf(await readFrame(channel, z.looseObject({}), MAX_FRAME_BYTES, 'answer'));
    } finally {
      await host.stop();
    }
  };
  const { serial } = await shown(brief, kurt);
  await kurt.stop();
  for (const key of [makeKey(), kurt.key, liam.key]) {
    assert.deepEqual(await ask(key, 'standing'), { type: 'standing', notice: null });
    assert.equal((await ask(key, 'wiped'))['code'], 'device.unknown');
  }
  await brief.operations['device.revoke']({ serial, reason: '' });
  assert.equal((await ask(liam.key, 'wiped'))['code'], 'device.unknown');
  assert.equal((await brief.operations['device.show']({ serial })).device.wiped, null);
  assert.notEqual((await ask(kurt.key, 'standing'))['notice'], null);
  assert.deepEqual(await ask(kurt.key, 'wiped'), { type: 'noted' });
  const { wiped } = (await brief.operations['device.show']({ serial })).device;
  assert.notEqual(wiped, null);
  assert.deepEqual(await ask(kurt.key, 'wiped'), { type: 'noted' });
  assert.equal(
    (await brief.operations['device.show']({ serial })).device.wiped,
    wiped,
    'the first report counts',
  );
  await liam.stop();
});
