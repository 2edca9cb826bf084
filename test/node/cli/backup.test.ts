/** The commands of backups: what they say, write and refuse, without a node. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readBackupRecord } from '../../../node/home/index.ts';
import { readKeys } from '../../../node/keys/index.ts';
import { backUpWhole, logToBackUp } from '../../support/backup.ts';
import { keysIn } from '../../support/keys-in.ts';
import { serveFake, testCli } from '../../support/test-cli.ts';

const SEED = new Uint8Array(32).fill(5);

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-backup-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('backup goes on step by step, tells how far it is, and remembers what it did', async (t) => {
  const asked: unknown[] = [];
  const cli = await testCli(t);
  await keysIn(cli.home.keysDirectory, { node: SEED });
  await serveFake(t, cli, {
    backup: (input) => {
      asked.push(input);
      const next = input.from === 0 ? 64 : null;
      const copied = next === null ? 20_000 : 16_384;
      return Promise.resolve({
        next,
        copied,
        size: 20_000,
        written: 14,
        root: next === null ? 'ab12' : null,
        keys: [],
        lost: [],
        damaged: null,
      });
    },
  });
  const said = await cli.run('backup', '/mnt/copies/acme');
  assert.equal(said.code, 0);
  assert.deepEqual(asked, [
    { directory: '/mnt/copies/acme', keys: false, from: 0 },
    { directory: '/mnt/copies/acme', keys: false, from: 64 },
  ]);
  assert.match(said.err, /^16384 of 20000 entries$/m);
  assert.match(
    said.err,
    /^warning: no copy was ever made of the keys node; without them this backup opens to nobody/m,
  );
  assert.match(said.out, /^entries +20000$/m);
  assert.match(said.out, /^new +28 full windows of 256 entries/m);
  const { last, keys } = await readBackupRecord(cli.home);
  assert.deepEqual([last?.directory, last?.size, last?.root, keys], ['/mnt/copies/acme', 20_000, 'ab12', {}]);
});

test('a backup with keys remembers which, and warns of none', async (t) => {
  const cli = await testCli(t);
  await keysIn(cli.home.keysDirectory, { node: SEED });
  await serveFake(t, cli);
  const said = await cli.run('backup', '/mnt/copies/acme', '--with-keys', '--json');
  const { keys, keysNotCopied, written } = JSON.parse(said.out) as Record<string, unknown>;
  assert.deepEqual([said.code, said.err, keys, keysNotCopied, written], [0, '', ['node'], [], 1]);
});

test('backup verify says what a backup is, needs no node, and ends with 1 where it is damaged', async (t) => {
  const cli = await testCli(t);
  const { source, folder } = await logToBackUp(t, 300);
  await backUpWhole(source, folder);
  const said = await cli.run('backup', 'verify', folder.directory);
  assert.deepEqual([said.code, said.err], [0, '']);
  assert.match(said.out, /^entries +300$/m);
  assert.match(said.out, /^faults +none$/m);
  const { rootId, findings } = JSON.parse(
    (await cli.run('backup', 'verify', folder.directory, '--json')).out,
  ) as Record<string, unknown>;
  assert.deepEqual(findings, []);
  assert.equal((await cli.run('backup', 'verify', folder.directory, '--root-id', String(rootId))).code, 0);
  const other = await cli.run('backup', 'verify', folder.directory, '--root-id', 'another');
  assert.match(other.err, /\[identity\.root-mismatch\]\n$/);
  const file = join(folder.directory, 'sealed/000');
  const bytes = await readFile(file);
  bytes[2_000] = (bytes[2_000] ?? 0) ^ 4;
  await writeFile(file, bytes);
  const spoiled = await cli.run('backup', 'verify', folder.directory);
  assert.equal(spoiled.code, 1);
  assert.match(spoiled.out, /^sealed\/000 +\d+ +what is stored is not what the entry says$/m);
  assert.match(spoiled.err, /the backup has 1 fault; .* \[backup\.damaged\]\n$/);
  const nothing = await cli.run('backup', 'verify', cli.home.directory);
  assert.match(nothing.err, /there is no backup at .* \[backup\.missing\]\n$/);
});

test('restore says what was made, and which keys it lacks', async (t) => {
  const asked: unknown[] = [];
  const cli = await testCli(t, {
    restore: ({ home: _home, passphrase: _passphrase, onProgress, ...options }) => {
      asked.push(options);
      onProgress('restored', 65_536, 70_000);
      return Promise.resolve({
        domain: 'acme.test',
        rootId: 'root',
        size: 70_000,
        root: 'ab12',
        time: '2026-05-04T03:02:01Z',
        cosigned: [{ domain: 'partner.test', size: 69_999 }],
        keys: ['node'],
        files: 2,
        missingFiles: [7],
        missingKeys: ['issuer'],
      });
    },
  });
  const said = await cli.run('restore', '/mnt/copies/acme', '--verify', '--keys', '/media/usb');
  assert.equal(said.code, 0);
  assert.deepEqual(asked, [{ directory: '/mnt/copies/acme', keys: '/media/usb', verify: true }]);
  assert.match(said.out, /^entries +70000, as of 2026-05-04 03:02:01 UTC$/m);
  assert.match(said.out, /^cosigned +69999 by partner\.test$/m);
  assert.match(
    said.err,
    /^restored 65536 of 70000 entries\nwarning: the files of the messages 7 are not in the backup .+\nwarning: no key is there for the certificates issuer; /,
  );
  const json = await cli.run('restore', '/mnt/copies/acme', '--json');
  assert.deepEqual([(JSON.parse(json.out) as { size: number }).size, json.err], [70_000, '']);
});

test('key backup copies protected keys only, renews what is there, and destroys windows that were destroyed', async (t) => {
  const cli = await testCli(t);
  const to = await folderOf(t);
  await keysIn(cli.home.keysDirectory, { node: SEED, 'window-2026-05': SEED });
  const bare = await cli.run('key', 'backup', to);
  assert.deepEqual([bare.code, await readdir(to)], [1, []]);
  assert.match(bare.err, /not under a passphrase: node, window-2026-05; .*\[key\.unprotected\]\n$/);
  const passphrase = join(cli.home.directory, 'passphrase');
  await writeFile(passphrase, 'correct horse battery\n', { mode: 0o600 });
  assert.equal((await cli.run('key', 'protect', '--passphrase-file', passphrase)).code, 0);
  assert.match((await cli.run('key', 'backup', to)).out, /^copied to .*: node, window-2026-05\n$/);
  assert.deepEqual(await readKeys(to), await readKeys(cli.home.keysDirectory));
  await rm(join(cli.home.keysDirectory, 'window-2026-05.key'));
  const again = JSON.parse((await cli.run('key', 'backup', to, '--json')).out) as Record<string, unknown>;
  assert.deepEqual([again['copied'], again['erased']], [['node'], ['window-2026-05']]);
  assert.deepEqual(await readdir(to), ['node.key']);
  assert.deepEqual(Object.keys((await readBackupRecord(cli.home)).keys), ['node', 'window-2026-05']);
});
