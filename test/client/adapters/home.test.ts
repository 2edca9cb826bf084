/** A device's home: its key is for its owner alone, its profile is whole or not there. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { defaultHome } from '../../../client/adapters/default-home.ts';
import { homeAt } from '../../../client/adapters/home.ts';
import { enrolNodeClient, openNodeClient } from '../../../client/adapters/index.ts';
import { nodeSigner } from '../../../client/adapters/node-crypto.ts';
import { formatInvitation } from '../../../protocol/wire/index.ts';
import { ALICE, BOB, makeWorld } from '../../support/client-world.ts';
import { deviceBundle, reissue } from '../../support/fake-node.ts';
import { makeDevice, makeOrganisation } from '../../support/organisation.ts';

const DAY = 86_400;

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'chancery-chat-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return join(made, 'home');
}

test('the key is made once, for its owner alone', async (t) => {
  const home = homeAt(await folder(t));
  const seed = await home.ensureKey();
  assert.equal(seed.length, 32);
  assert.deepEqual(await home.ensureKey(), seed);
  const file = join(home.directory, 'device.key');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(home.directory)).mode & 0o777, 0o700);
  assert.match(await readFile(file, 'utf8'), /^-----BEGIN PRIVATE KEY-----\n/);
});

test('a key that others could read, a damaged one and a missing one are refused', async (t) => {
  const home = homeAt(await folder(t));
  await assert.rejects(home.readKey(), { code: 'key.missing' });
  await home.ensureKey();
  const file = join(home.directory, 'device.key');
  for (const mode of [0o640, 0o604, 0o620]) {
    await chmod(file, mode);
    await assert.rejects(home.readKey(), { code: 'key.permissions' });
  }
  await chmod(file, 0o600);
  await writeFile(file, 'not a key');
  await assert.rejects(home.readKey(), { code: 'key.malformed' });
});

test('a profile comes back as it was saved, and a damaged one is refused', async (t) => {
  const { profile } = await makeWorld();
  const home = homeAt(await folder(t));
  assert.equal(await home.readProfile(), undefined);
  await home.ensureKey();
  await home.saveProfile(profile);
  assert.deepEqual(await home.readProfile(), profile);
  await writeFile(join(home.directory, 'profile.json'), '{"v":2}');
  await assert.rejects(home.readProfile(), { code: 'config.invalid' });
});

test('the home is where the environment says', () => {
  assert.equal(defaultHome({ CHANCERY_CHAT_HOME: '/somewhere' }), '/somewhere');
  assert.match(defaultHome({}), /\.chancery-chat$/);
});

test('before enrolment nothing opens, and the next step is said', async (t) => {
  await assert.rejects(openNodeClient({ home: await folder(t) }), {
    code: 'config.missing',
    message: /chancery-chat enrol/,
  });
});

test('a home that is enrolled is not enrolled again, nor ever for somebody else', async (t) => {
  const home = homeAt(await folder(t));
  await home.ensureKey();
  const now = Math.floor(Date.now() / 1000);
  const acme = await makeOrganisation('acme.test', { at: now });
  const device = await makeDevice(acme, ALICE);
  const { domain, rootId } = acme;
  const nodes = ['/ip4/127.0.0.1/tcp/1'];
  const enrol = (address: string): Promise<unknown> =>
    enrolNodeClient({
      home: home.directory,
      invitation: formatInvitation({ domain, rootId, address, code: 'x', nodes }),
      label: 'laptop',
    });
  const profile = { address: ALICE, domain, rootId, nodes, formerRoots: [], rosterNumber: 0 };
  await home.saveProfile({ ...profile, bundle: deviceBundle(device) });
  await assert.rejects(enrol(ALICE), { code: 'home.exists', message: /another home/ });
  const ranOut = await reissue(acme, device, { from: now - 20 * DAY, until: now - 10 * DAY });
  await home.saveProfile({ ...profile, bundle: deviceBundle(ranOut) });
  await assert.rejects(enrol(BOB), { code: 'home.exists', message: /holds the messages of alice@acme.test/ });
});

test('two clients do not share a home', async (t) => {
  const world = await makeWorld();
  const home = homeAt(await folder(t));
  const seed = await home.ensureKey();
  assert.equal(nodeSigner(seed).publicKey.length, 32);
  await home.saveProfile(world.profile);
  await using client = await openNodeClient({ home: home.directory });
  assert.equal(client.address, world.profile.address);
  await assert.rejects(openNodeClient({ home: home.directory }), { code: 'limit.exceeded' });
});
