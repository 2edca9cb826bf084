/** What a machine says of itself: what it knows, and nothing else. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { describeDevice } from '../../../client/adapters/device-facts.ts';

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'chancery-facts-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('a device with nothing to show says what it is and claims nothing more', async (t) => {
  const [home, sys] = [await folder(t), await folder(t)];
  assert.deepEqual(await describeDevice({ home, clientVersion: '1.2.3', platform: 'linux', sys }), {
    facts: {
      clientVersion: '1.2.3',
      platform: 'linux',
      osVersion: release(),
      diskEncryption: null,
      managedId: null,
    },
    attestation: null,
  });
  const { facts } = await describeDevice({ home, clientVersion: 'unknown', platform: 'win32' });
  assert.deepEqual([facts.clientVersion, facts.diskEncryption], [null, null]);
});

test('what device management left in the home is handed on as it is', async (t) => {
  const home = await folder(t);
  await writeFile(join(home, 'managed-id'), ' asset 4711\n');
  await writeFile(join(home, 'attestation'), `${Buffer.from('signed\nstatement').toString('base64')}\n`);
  const described = await describeDevice({ home, clientVersion: '1.0', platform: 'linux' });
  assert.equal(described.facts.managedId, 'asset 4711');
  assert.equal(Buffer.from(described.attestation ?? []).toString(), 'signed\nstatement');
  await writeFile(join(home, 'attestation'), 'A'.repeat(8_192));
  assert.equal((await describeDevice({ home, clientVersion: '1.0', platform: 'linux' })).attestation, null);
  await writeFile(join(home, 'attestation'), '☃');
  assert.equal((await describeDevice({ home, clientVersion: '1.0', platform: 'linux' })).attestation, null);
});

test('a disk counts as encrypted where every device below it is, and else nothing is said', async (t) => {
  const [home, sys] = [await folder(t), await folder(t)];
  const { dev } = await stat(home);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const encryption = async (): Promise<string | null> =>
    (await describeDevice({ home, clientVersion: '1.0', platform: 'linux', sys })).facts.diskEncryption;
  const device = async (name: string, uuid: string | null, ...slaves: string[]): Promise<void> => {
    await mkdir(join(sys, name, 'dm'), { recursive: true });
    await mkdir(join(sys, name, 'slaves'), { recursive: true });
    if (uuid !== null) await writeFile(join(sys, name, 'dm/uuid'), `${uuid}\n`);
    for (const slave of slaves) await symlink(join(sys, slave), join(sys, name, 'slaves', slave));
  };
  await device('disk', null);
  await device('crypt', 'CRYPT-LUKS2-abc-home', 'disk');
  await device('volume', 'LVM-xyz', 'crypt');
  await device('mixed', 'LVM-xyz', 'crypt', 'disk');
  await mkdir(join(sys, 'dev/block'), { recursive: true });
  const link = join(sys, 'dev/block', `${major}:${minor}`);
  const expected = { disk: null, crypt: 'on', volume: 'on', mixed: null };
  for (const [name, said] of Object.entries(expected)) {
    await symlink(join(sys, name), link);
    // a home without a block device of its own, as in a container, has nothing to ask
    assert.equal(await encryption(), major === 0 ? null : said, name);
    await rm(link);
  }
});
