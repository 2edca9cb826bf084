/** A device's key under a passphrase: openssl reads it, the chat asks for it, and nothing is said of it. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { homeAt } from '../../../client/adapters/home.ts';
import { findPassphrase, passphraseInFile } from '../../../client/adapters/index.ts';
import { runProgram } from '../../../client/chat/program.ts';
import { FakeTerminal } from '../../support/fake-terminal.ts';

interface Device {
  readonly home: string;
  readonly file: (name: string, content: string) => Promise<string>;
  readonly run: (terminal: FakeTerminal, ...args: string[]) => Promise<number>;
}

async function device(t: TestContext): Promise<Device> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-chat-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  const refused = (): Promise<never> => Promise.reject(new Error('this test expects no such call'));
  return {
    home,
    async file(name, content) {
      await writeFile(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    },
    run: (terminal, ...args) =>
      runProgram(['--home', home, ...args], {
        terminal,
        env: {},
        version: '1.2.3',
        defaultHome: home,
        hostname: 'laptop',
        open: refused,
        enrol: refused,
      }),
  };
}

test('the key is protected, gets another passphrase and loses it, and stays the same key', async (t) => {
  const { home, file, run } = await device(t);
  const seed = await homeAt(home).ensureKey();
  const first = await file('first', 'correct horse battery\n');
  const second = await file('second', 'staple horse battery\n');
  const terminal = new FakeTerminal();
  assert.equal(await run(terminal, 'key', 'protect', '--passphrase-file', first), 0);
  assert.deepEqual(await homeAt(home, passphraseInFile(first)).readKey(), seed);
  assert.equal(await run(terminal, 'key', 'protect', '--passphrase-file', first), 0);
  await assert.rejects(homeAt(home).readKey(), { code: 'key.passphrase-missing' });
  await assert.rejects(homeAt(home, passphraseInFile(second)).readKey(), { code: 'key.wrong-passphrase' });
  const files = ['--passphrase-file', first, '--new-passphrase-file', second];
  assert.equal(await run(terminal, 'key', 'change-passphrase', ...files), 0);
  assert.deepEqual(await homeAt(home, passphraseInFile(second)).readKey(), seed);
  const shown = new FakeTerminal();
  assert.equal(await run(shown, 'key', 'show', '--json'), 0);
  const { protected: isProtected, publicKey } = JSON.parse(shown.out) as Record<string, unknown>;
  assert.deepEqual([isProtected, typeof publicKey], [true, 'string']);
  assert.equal(await run(terminal, 'key', 'unprotect', '--passphrase-file', second), 0);
  assert.deepEqual(await homeAt(home).readKey(), seed);
  assert.deepEqual(await readdir(home), ['device.key']);
  assert.doesNotMatch(terminal.out + terminal.err, /horse/);
});

test('a person is asked; a wrong, a short and a differing passphrase change nothing', async (t) => {
  const { home, run } = await device(t);
  await homeAt(home).ensureKey();
  const before = await readFile(join(home, 'device.key'));
  const typed = (...lines: string[]): FakeTerminal => {
    const terminal = new FakeTerminal();
    terminal.askSecret = () => Promise.resolve(lines.shift() ?? '');
    return terminal;
  };
  assert.equal(await run(typed('too short', 'too short'), 'key', 'protect'), 2);
  assert.equal(await run(typed('correct horse battery', 'correct horse batterie'), 'key', 'protect'), 2);
  assert.deepEqual(await readFile(join(home, 'device.key')), before);
  assert.equal(await run(typed('correct horse battery', 'correct horse battery'), 'key', 'protect'), 0);
  const wrong = typed('another horse battery');
  assert.equal(await run(wrong, 'key', 'unprotect'), 1);
  assert.match(wrong.err, /key\.wrong-passphrase/);
  assert.doesNotMatch(wrong.err, /horse/);
  assert.equal(await run(new FakeTerminal(), 'key', 'unprotect'), 1);
  assert.equal(await run(typed('correct horse battery'), 'key', 'unprotect'), 0);
});

test('a key that is made when a passphrase was named is protected; the file must be nobody else’s', async (t) => {
  const { home, file } = await device(t);
  const path = await file('passphrase', 'correct horse battery');
  const named = findPassphrase({ CHANCERY_PASSPHRASE_FILE: path }, null);
  const seed = await homeAt(home, named).ensureKey();
  assert.equal(seed.length, 32);
  assert.match(await readFile(join(home, 'device.key'), 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
  await chmod(path, 0o640);
  await assert.rejects(homeAt(home, passphraseInFile(path)).readKey(), { code: 'key.permissions' });
  await file('empty', '\n');
  await assert.rejects(homeAt(home, passphraseInFile(join(home, '..', 'empty'))).readKey(), {
    code: 'config.invalid',
  });
});
