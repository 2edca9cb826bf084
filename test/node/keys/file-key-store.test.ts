import assert from 'node:assert/strict';
import { createPrivateKey, sign, createPublicKey, verify } from 'node:crypto';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { HomeLayout } from '../../../node/home/index.ts';
import { findPassphrase, fileKeyStore, type KeyStore, type Passphrase } from '../../../node/keys/index.ts';
import { platform } from '../../../node/composition/platform.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const SEED = new Uint8Array(32).fill(7);

function storeOf({ keysDirectory }: HomeLayout, passphrase: Passphrase = findPassphrase({}, null)): KeyStore {
  return fileKeyStore({ directory: keysDirectory, passphrase, randomBytes: platform.randomBytes });
}

describe('a key in a file', () => {
  it('comes back as the seed it was written from, and OpenSSL can use it', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    const { keys } = home;
    await store.import('node', SEED);
    assert.deepEqual(await store.seed('node'), SEED);
    const key = createPrivateKey(await readFile(keys.node));
    const signature = sign(null, Buffer.from('x'), key);
    assert.ok(verify(null, Buffer.from('x'), createPublicKey(key), signature));
  });

  it('is readable by its owner alone, whatever the umask', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    const { keys, keysDirectory, directory } = home;
    const before = process.umask(0);
    t.after(() => process.umask(before));
    await store.import('node', SEED);
    process.umask(0o777);
    await store.import('issuer', SEED);
    for (const file of [keys.node, keys.issuer]) assert.equal((await stat(file)).mode & 0o777, 0o600);
    for (const folder of [keysDirectory, directory]) assert.equal((await stat(folder)).mode & 0o777, 0o700);
  });

  it('is never overwritten', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    await store.import('root', SEED);
    await assert.rejects(store.import('root', new Uint8Array(32)), { code: 'home.exists' });
    assert.deepEqual(await store.seed('root'), SEED);
  });

  it('is not written through a link that somebody laid there', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    const { keys, directory } = home;
    await symlink(join(directory, 'elsewhere'), keys.root);
    await assert.rejects(store.import('root', SEED), { code: 'home.exists' });
  });

  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777]) {
    it(`is refused with mode ${mode.toString(8)}, and the message says how to mend it`, async (t) => {
      const home = await temporaryHome(t);
      const store = storeOf(home);
      const { keys } = home;
      await store.import('node', SEED);
      await chmod(keys.node, mode);
      await assert.rejects(store.seed('node'), {
        code: 'key.permissions',
        message: new RegExp(`chmod 600 ${keys.node}$`),
      });
      await chmod(keys.node, 0o600);
      await store.seed('node');
    });
  }

  it('says that it is missing', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    await assert.rejects(store.seed('root'), { code: 'key.missing' });
  });

  it('is refused without showing what it holds', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    const { keys } = home;
    await writeFile(keys.node, 'a secret of another kind', { mode: 0o600 });
    const error: unknown = await store.seed('node').catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error && 'code' in error && error.code === 'key.malformed');
    assert.doesNotMatch(JSON.stringify([error.message, error]), /secret/);
  });

  it('is refused where it is a folder or no file of a key’s size', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    const { keys } = home;
    await mkdir(keys.node);
    await assert.rejects(store.seed('node'), { code: 'key.malformed' });
    await writeFile(keys.root, Buffer.alloc(1_000_000), { mode: 0o600 });
    await assert.rejects(store.seed('root'), { code: 'key.malformed' });
  });
});

describe('a store of keys', () => {
  it('makes keys, signs with them, lists them and removes them', async (t) => {
    const home = await temporaryHome(t);
    const store = storeOf(home);
    assert.deepEqual(await store.list(), []);
    const made = await store.create('issuer-1f0a77c2');
    await store.import('node', SEED);
    const signer = await store.signer('issuer-1f0a77c2');
    assert.deepEqual(signer.publicKey, made);
    const said = Buffer.from('said');
    assert.ok(platform.suite.verifyEd25519(made, said, await signer.sign(said)));
    const listed = await store.list();
    assert.deepEqual(
      listed.map(({ name, isProtected }) => [name, isProtected]),
      [
        ['issuer-1f0a77c2', false],
        ['node', false],
      ],
    );
    assert.deepEqual(listed[0]?.publicKey, made);
    await store.remove('node');
    assert.deepEqual([await store.has('node'), await store.has('issuer-1f0a77c2')], [false, true]);
    await assert.rejects(store.remove('node'), { code: 'key.missing' });
    await assert.rejects(store.create('issuer-1f0a77c2'), { code: 'home.exists' });
  });

  it('takes no name that could be a path', async (t) => {
    const store = storeOf(await temporaryHome(t));
    for (const name of ['', '../node', 'a/b', 'Node', '.node', 'a'.repeat(65)]) {
      await assert.rejects(store.create(name), { code: 'request.invalid' });
    }
  });

  it('protects what it makes when a passphrase was named, and then needs it', async (t) => {
    const home = await temporaryHome(t);
    const named = { isNamed: true, ask: () => Promise.resolve(Buffer.from('one that is long enough')) };
    const store = storeOf(home, named);
    const publicKey = await store.create('issuer');
    assert.deepEqual((await store.signer('issuer')).publicKey, publicKey);
    const [listed] = await storeOf(home).list();
    assert.deepEqual([listed?.isProtected, listed?.publicKey], [true, publicKey]);
    assert.match(await readFile(home.keys.issuer, 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
    await assert.rejects(storeOf(home).signer('issuer'), { code: 'key.passphrase-missing' });
    const other = { isNamed: true, ask: () => Promise.resolve(Buffer.from('another')) };
    await assert.rejects(storeOf(home, other).signer('issuer'), { code: 'key.wrong-passphrase' });
    // a key that is made beside protected ones is not left open
    await assert.rejects(storeOf(home).create('node'), { code: 'key.passphrase-missing' });
    const asked = storeOf(home, { ...named, isNamed: false });
    await asked.create('node');
    assert.ok((await asked.list()).every(({ isProtected }) => isProtected));
  });
});
