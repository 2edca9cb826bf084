/** Remote wipe, with a running node and a client on real files: what was revoked holds nothing any more, and says so. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import {
  enrolNodeClient,
  openNodeClient,
  passphraseInFile,
  reprotectDeviceKey,
} from '../../client/adapters/index.ts';
import type { Client } from '../../client/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { startGateway } from '../support/test-gateway.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const SECRET = 'the vault opens with seven turns to the left';
const REVOKED = { code: 'device.revoked' };

let dns: TestDns;
let acme: TestNode;

before(async () => {
  dns = await startDns('acme.test', 'split.test');
  acme = await startTestNode(dns, 'acme.test');
});

after(async () => {
  await acme.stop();
  await dns.server.stop();
});

interface Laptop {
  readonly home: string;
  readonly serial: string;
  readonly client: Client;
}

/** A device with a text of its own on its disk. */
async function laptop(t: TestContext, name: string, node = acme): Promise<Laptop> {
  const address = `${name}@${node.settings.domain}`;
  await node.operations['member.add']({ address, name, roles: ['member'] });
  await node.operations['member.add']({ address: `other-${address}`, name: 'Other', roles: ['member'] });
  const { invitation } = await node.operations['member.invite']({ address });
  const home = await mkdtemp(join(tmpdir(), 'chancery-laptop-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  await enrolNodeClient({ home, invitation, label: 'laptop' });
  await writeFile(join(home, 'managed-id'), 'asset 4711\n');
  const client = await openNodeClient({ home });
  t.after(() => client.close());
  await client.connect();
  const { id, sending } = await client.direct(`other-${address}`);
  await sending?.sent;
  const { sent } = await client.send(id, SECRET);
  assert.equal((await sent).state, 'archived');
  await client.synced();
  const { devices } = await node.operations['device.list']({ address });
  return { home, serial: devices[0]?.serial ?? '', client };
}

/** Everything in a folder, as one text. */
async function contentOf(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

async function wipedAt(node: TestNode, serial: string): Promise<string | null> {
  return (await node.operations['device.show']({ serial })).device.wiped;
}

test('a connected device that is revoked destroys its key and all it holds, and its organisation knows', async (t) => {
  const { home, serial, client } = await laptop(t, 'alice');
  assert.match(await contentOf(home), new RegExp(SECRET), 'the test looks for what is there');
  assert.match(await contentOf(home), /PRIVATE KEY/);
  const wiped = new Promise((resolve) => client.onWiped(resolve));
  await acme.operations['device.revoke']({ serial, reason: 'lost' });
  await wiped;
  assert.deepEqual(await readdir(home), []);
  assert.notEqual(await wipedAt(acme, serial), null);
  assert.equal(client.state.state === 'offline' && client.state.error.code, 'device.revoked');
  await assert.rejects(client.conversations(), REVOKED);
  await assert.rejects(client.send('00'.repeat(32), 'more'), REVOKED);
  assert.deepEqual(await client.messages('').next(), { done: true, value: undefined });
  await client.close();
  await assert.rejects(openNodeClient({ home }), { code: 'config.missing' });
  const { entries } = await acme.operations['archive.list']({ limit: 5 });
  assert.ok(entries.some(({ summary }) => summary.includes('alice@acme.test reports that it is wiped')));
});

test('a device of a member who left is wiped as well', async (t) => {
  const { home, serial, client } = await laptop(t, 'bert');
  const wiped = new Promise((resolve) => client.onWiped(resolve));
  await acme.operations['member.remove']({ address: 'bert@acme.test', reason: 'left' });
  await wiped;
  assert.deepEqual(await readdir(home), []);
  assert.notEqual(await wipedAt(acme, serial), null);
});

test('of a device that is away it is said that nobody knows, until it comes back and is wiped', async (t) => {
  const { home, serial, client } = await laptop(t, 'cleo');
  await client.close();
  await acme.operations['device.revoke']({ serial, reason: 'stolen' });
  const { device } = await acme.operations['device.show']({ serial });
  assert.deepEqual([device.state, device.wiped], ['revoked', null]);
  assert.notEqual(device.seen, null);
  assert.match(await contentOf(home), new RegExp(SECRET));
  const back = await openNodeClient({ home });
  await assert.rejects(back.connect(), REVOKED);
  assert.deepEqual(await readdir(home), []);
  await back.close();
  assert.notEqual(await wipedAt(acme, serial), null);
});

test('a wipe that was cut short is finished by the next start, and still reported', async (t) => {
  const { home, serial, client } = await laptop(t, 'dina');
  await client.close();
  await acme.operations['device.revoke']({ serial, reason: 'stolen' });
  await writeFile(join(home, 'wiping'), '');
  await assert.rejects(openNodeClient({ home }), REVOKED);
  assert.deepEqual(await readdir(home), []);
  assert.notEqual(await wipedAt(acme, serial), null);
});

test('a wipe that was cut short waits for nobody’s passphrase', async (t) => {
  const { home, serial, client } = await laptop(t, 'dora');
  await client.close();
  await writeFile(join(home, '..', `${serial}.passphrase`), 'correct horse battery staple\n', {
    mode: 0o600,
  });
  const passphrase = passphraseInFile(join(home, '..', `${serial}.passphrase`));
  t.after(() => rm(join(home, '..', `${serial}.passphrase`)));
  await reprotectDeviceKey(home, passphrase, passphrase);
  const again = await openNodeClient({ home, passphrase });
  assert.equal(again.lock.needsPassphrase, true);
  again.lock.lock();
  await assert.rejects(again.lock.unlock('correct horse'), { code: 'key.wrong-passphrase' });
  await again.lock.unlock('correct horse battery staple');
  await again.close();
  await acme.operations['device.revoke']({ serial, reason: 'stolen' });
  await writeFile(join(home, 'wiping'), '');
  const asked = { isNamed: false, ask: () => Promise.reject(new Error('somebody was asked')) };
  await assert.rejects(openNodeClient({ home, passphrase: asked }), REVOKED);
  assert.deepEqual(await readdir(home), []);
  assert.equal(await wipedAt(acme, serial), null, 'without its key a device can tell nobody');
});

test('a device of a suspended member keeps what it holds', async (t) => {
  const { home, serial, client } = await laptop(t, 'emil');
  const offline = new Promise<string>((resolve) => {
    client.onState((state) => state.state === 'offline' && resolve(state.error.code));
  });
  await acme.operations['member.suspend']({ address: 'emil@acme.test', reason: 'inquiry' });
  assert.equal(await offline, 'member.suspended');
  await client.close();
  assert.match(await contentOf(home), new RegExp(SECRET));
  assert.equal(await wipedAt(acme, serial), null);
  await acme.operations['member.restore']({ address: 'emil@acme.test', reason: 'cleared' });
  await using again = await openNodeClient({ home });
  await again.connect();
});

test('a device that its member revokes from another one is wiped too', async (t) => {
  const { home, serial, client } = await laptop(t, 'fran');
  const { invitation } = await acme.operations['member.invite']({ address: 'fran@acme.test' });
  const phone = await mkdtemp(join(tmpdir(), 'chancery-phone-'));
  t.after(() => rm(phone, { recursive: true, force: true }));
  await enrolNodeClient({ home: phone, invitation, label: 'phone' });
  await using other = await openNodeClient({ home: phone });
  await other.connect();
  const wiped = new Promise((resolve) => client.onWiped(resolve));
  await other.revokeDevice(serial, 'left in a taxi');
  await wiped;
  assert.deepEqual(await readdir(home), []);
  const devices = await other.devices();
  const shown = devices.find((device) => device.serial === serial);
  assert.equal(shown?.state, 'revoked');
  assert.notEqual(shown.wiped, null);
});

test('through a gateway apart from its archive a device is wiped all the same', async (t) => {
  const archive = await startTestNode(dns, 'split.test', {
    roles: ['archive'],
    listen: [`/ip4/127.0.0.1/tcp/${await freePort()}`],
  });
  const gateway = await startGateway(archive);
  try {
    const { home, serial, client } = await laptop(t, 'gert', archive);
    const wiped = new Promise((resolve) => client.onWiped(resolve));
    await archive.operations['device.revoke']({ serial, reason: 'lost' });
    await wiped;
    assert.deepEqual(await readdir(home), []);
    await until('the report', async () => (await wipedAt(archive, serial)) !== null);
    await client.close();
  } finally {
    await gateway.stop();
    await archive.stop();
  }
});
