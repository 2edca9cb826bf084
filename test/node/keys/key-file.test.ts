import assert from 'node:assert/strict';
import { createPrivateKey, sign, createPublicKey, verify } from 'node:crypto';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readKeyFile, writeKeyFile } from '../../../node/keys/index.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const SEED = new Uint8Array(32).fill(7);

describe('a key file', () => {
  it('comes back as the seed it was written from, and OpenSSL can use it', async (t) => {
    const { keys } = await temporaryHome(t);
    await writeKeyFile(keys.node, SEED);
    assert.deepEqual(await readKeyFile(keys.node), SEED);
    const key = createPrivateKey(await readFile(keys.node));
    const signature = sign(null, Buffer.from('x'), key);
    assert.ok(verify(null, Buffer.from('x'), createPublicKey(key), signature));
  });

  it('is readable by its owner alone, whatever the umask', async (t) => {
    const { keys, keysDirectory, directory } = await temporaryHome(t);
    const before = process.umask(0);
    t.after(() => process.umask(before));
    await writeKeyFile(keys.node, SEED);
    process.umask(0o777);
    await writeKeyFile(keys.issuer, SEED);
    for (const file of [keys.node, keys.issuer]) assert.equal((await stat(file)).mode & 0o777, 0o600);
    for (const folder of [keysDirectory, directory]) assert.equal((await stat(folder)).mode & 0o777, 0o700);
  });

  it('is never overwritten', async (t) => {
    const { keys } = await temporaryHome(t);
    await writeKeyFile(keys.root, SEED);
    await assert.rejects(writeKeyFile(keys.root, new Uint8Array(32)), { code: 'home.exists' });
    assert.deepEqual(await readKeyFile(keys.root), SEED);
  });

  it('is not written through a link that somebody laid there', async (t) => {
    const { keys, directory } = await temporaryHome(t);
    await symlink(join(directory, 'elsewhere'), keys.root);
    await assert.rejects(writeKeyFile(keys.root, SEED), { code: 'home.exists' });
  });

  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777]) {
    it(`is refused with mode ${mode.toString(8)}, and the message says how to mend it`, async (t) => {
      const { keys } = await temporaryHome(t);
      await writeKeyFile(keys.node, SEED);
      await chmod(keys.node, mode);
      await assert.rejects(readKeyFile(keys.node), {
        code: 'key.permissions',
        message: new RegExp(`chmod 600 ${keys.node}$`),
      });
      await chmod(keys.node, 0o600);
      await readKeyFile(keys.node);
    });
  }

  it('says that it is missing', async (t) => {
    const { keys } = await temporaryHome(t);
    await assert.rejects(readKeyFile(keys.root), { code: 'key.missing' });
  });

  it('is refused without showing what it holds', async (t) => {
    const { keys } = await temporaryHome(t);
    await writeFile(keys.node, 'a secret of another kind', { mode: 0o600 });
    const error: unknown = await readKeyFile(keys.node).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error && 'code' in error && error.code === 'key.malformed');
    assert.doesNotMatch(JSON.stringify([error.message, error]), /secret/);
  });

  it('is refused where it is a folder or no file of a key’s size', async (t) => {
    const { keys } = await temporaryHome(t);
    await mkdir(keys.node);
    await assert.rejects(readKeyFile(keys.node), { code: 'key.malformed' });
    await writeFile(keys.root, Buffer.alloc(1_000_000), { mode: 0o600 });
    await assert.rejects(readKeyFile(keys.root), { code: 'key.malformed' });
  });
});
