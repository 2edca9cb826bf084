/** A passphrase comes from a file that nobody else can read or from a person, and from nowhere else. */
import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPassphrase, newPassphrase, passphraseInFile } from '../../../node/keys/index.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('a file’s one line is the passphrase, whatever its end', async (t) => {
  const { directory } = await temporaryHome(t);
  const file = join(directory, 'passphrase');
  for (const [content, read] of [
    ['päss word', 'päss word'],
    ['päss word\n', 'päss word'],
    ['päss word\r\n', 'päss word'],
    [' päss word ', ' päss word '],
  ] as const) {
    await writeFile(file, content, { mode: 0o600 });
    assert.equal(text(await findPassphrase({ CHANCERY_PASSPHRASE_FILE: file }, null).ask()), read);
  }
});

test('a file that holds no one line is refused, and its content is not shown', async (t) => {
  const { directory } = await temporaryHome(t);
  const file = join(directory, 'passphrase');
  for (const content of ['', '\n', '\r\n', 'geheim\ngeheim', 'geheim\n\n', 'geheim'.repeat(200)]) {
    await writeFile(file, content, { mode: 0o600 });
    await assert.rejects(passphraseInFile(file, {}).ask(), (error: Error & { code: string }) => {
      assert.equal(error.code, 'config.invalid');
      return !JSON.stringify([error.message, error]).includes('geheim');
    });
  }
});

test('a file that others can read is refused, unless systemd hands it to this service', async (t) => {
  const { directory } = await temporaryHome(t);
  const credentials = join(directory, 'credentials');
  await mkdir(credentials);
  const file = join(credentials, 'passphrase');
  await writeFile(file, 'a passphrase');
  await chmod(file, 0o440);
  await assert.rejects(passphraseInFile(file, {}).ask(), { code: 'key.permissions', message: /chmod 600/ });
  const env = { CREDENTIALS_DIRECTORY: credentials };
  assert.equal(text(await passphraseInFile(file, env).ask()), 'a passphrase');
  const beside = { CREDENTIALS_DIRECTORY: join(directory, 'cred') };
  await assert.rejects(passphraseInFile(file, beside).ask(), { code: 'key.permissions' });
  for (const found of [{}, env]) {
    await assert.rejects(passphraseInFile(join(credentials, 'none'), found).ask(), {
      code: 'key.passphrase-missing',
    });
  }
});

test('a person is asked once; nobody being there, the message says where else to put it', async () => {
  let asked = 0;
  const passphrase = findPassphrase({}, () => Promise.resolve(`typed ${++asked}`));
  assert.equal(text(await passphrase.ask()), 'typed 1');
  assert.equal(text(await passphrase.ask()), 'typed 1');
  await assert.rejects(findPassphrase({ CHANCERY_PASSPHRASE: 'x' }, null).ask(), {
    code: 'key.passphrase-missing',
    message: /CHANCERY_PASSPHRASE_FILE/,
  });
});

test('a new one is typed twice, and is not short', async () => {
  const typed = (...lines: string[]) => newPassphrase(null, () => Promise.resolve(lines.shift() ?? '')).ask();
  assert.equal(text(await typed('fifteen letters', 'fifteen letters')), 'fifteen letters');
  await assert.rejects(typed('fifteen letters', 'fifteen lettres'), {
    code: 'request.invalid',
    message: /differ/,
  });
  await assert.rejects(typed('fourteen chars', 'fourteen chars'), { code: 'request.invalid', message: /15/ });
  await assert.rejects(newPassphrase(null, null).ask(), { code: 'key.passphrase-missing' });
});
