import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockHome } from '../../../node/home/index.ts';
import { rootIdOf } from '../../../protocol/certificate/index.ts';
import { nobleSigner, nobleSuite } from '../../../protocol/crypto/index.ts';
import { keysIn } from '../../support/keys-in.ts';
import { testCli } from '../../support/test-cli.ts';

const SEED = new Uint8Array(32).fill(5);
const FINGERPRINT = rootIdOf(nobleSigner(SEED).publicKey, nobleSuite.sha256);

interface Listed {
  readonly keys: readonly { name: string; protected: boolean; fingerprint: string; since: string }[];
}

describe('key', () => {
  it('lists, protects, changes the passphrase and takes it off', async (t) => {
    const { home, run } = await testCli(t);
    await keysIn(home.keysDirectory, { node: SEED });
    const [first, second] = [join(home.directory, 'first'), join(home.directory, 'second')];
    await writeFile(first, 'correct horse battery\n', { mode: 0o600 });
    await writeFile(second, 'staple horse battery\n', { mode: 0o600 });
    const list = async (): Promise<Listed> => JSON.parse((await run('key', 'list', '--json')).out) as Listed;
    const [before] = (await list()).keys;
    assert.deepEqual([before?.name, before?.protected, before?.fingerprint], ['node', false, FINGERPRINT]);

    const said = await run('key', 'protect', '--passphrase-file', first);
    assert.deepEqual(said, { code: 0, out: 'node: now under the passphrase\n', err: '' });
    assert.deepEqual(await list(), { keys: [{ ...before, protected: true }] });
    assert.match((await run('key', 'list')).out, new RegExp(`^node .* UTC +yes +${FINGERPRINT}$`, 'm'));
    const again = await run('key', 'protect', '--passphrase-file', first);
    assert.equal(again.out, 'node: under the passphrase already\n');

    const wrong = await run('key', 'unprotect', '--passphrase-file', second);
    assert.deepEqual([wrong.code, wrong.out], [1, '']);
    assert.match(wrong.err, /does not open .*node\.key.* \[key\.wrong-passphrase\]\n$/);
    const files = ['--passphrase-file', first, '--new-passphrase-file', second];
    assert.equal((await run('key', 'change-passphrase', ...files)).code, 0);
    const off = await run('key', 'unprotect', '--passphrase-file', second, '--json');
    assert.deepEqual(JSON.parse(off.out), { changed: ['node'], kept: [] });
    assert.deepEqual(await list(), { keys: [before] });
  });

  it('asks at a terminal, for a new passphrase twice', async (t) => {
    const asked: string[] = [];
    const typed = ['correct horse battery', 'correct horse battery', 'correct horse battery'];
    const { home, run } = await testCli(t, {
      io: {
        isTerminal: true,
        askSecret(question) {
          asked.push(question);
          return Promise.resolve(typed.shift() ?? '');
        },
      },
    });
    await keysIn(home.keysDirectory, { node: SEED });
    assert.equal((await run('key', 'protect')).code, 0);
    assert.match(await readFile(home.keys.node, 'utf8'), /ENCRYPTED/);
    assert.equal((await run('key', 'unprotect')).code, 0);
    assert.equal(asked.length, 3);
  });

  it('says where a passphrase is to come from when nobody can be asked', async (t) => {
    const { home, run } = await testCli(t);
    await keysIn(home.keysDirectory, { node: SEED });
    for (const command of ['protect', 'change-passphrase']) {
      const said = await run('key', command);
      assert.deepEqual([said.code, said.out], [1, '']);
      assert.match(said.err, /key\.passphrase-missing/);
    }
    assert.match(await readFile(home.keys.node, 'utf8'), /^-----BEGIN PRIVATE KEY/);
  });

  it('takes no short passphrase', async (t) => {
    const { home, run } = await testCli(t);
    await keysIn(home.keysDirectory, { node: SEED });
    const file = join(home.directory, 'passphrase');
    await writeFile(file, 'too short', { mode: 0o600 });
    const said = await run('key', 'protect', '--passphrase-file', file);
    assert.equal(said.code, 2);
    assert.doesNotMatch(said.err, /too short/);
  });

  it('leaves the keys of a running node alone', async (t) => {
    const { home, run } = await testCli(t);
    await keysIn(home.keysDirectory, { node: SEED });
    const file = join(home.directory, 'passphrase');
    await writeFile(file, 'correct horse battery', { mode: 0o600 });
    const lock = await lockHome(home);
    t.after(() => lock.release());
    const said = await run('key', 'protect', '--passphrase-file', file);
    assert.match(said.err, /node\.running/);
  });
});
