import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { serveFake, testCli } from '../../support/test-cli.ts';

test('the list of revoked certificates replaces a file, in PEM or in DER', async (t) => {
  const cli = await testCli(t);
  await serveFake(t, cli);
  const out = join(cli.home.keysDirectory, 'acme.crl');
  await writeFile(out, 'what was there before, and longer than what comes');
  const said = await cli.run('identity', 'crl', '--out', out);
  assert.deepEqual([said.code, said.err], [0, '']);
  assert.match(said.out, /^list 7 with 1 revoked certificate, due again by 2026-05-05 03:02:01 UTC, is in /);
  assert.equal(await readFile(out, 'utf8'), '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n');
  assert.equal((await cli.run('identity', 'crl', '--der', '--out', out)).code, 0);
  assert.deepEqual([...(await readFile(out))], [0x30, 0x00]);
  assert.deepEqual(await readdir(cli.home.keysDirectory), ['acme.crl']);
});

test('binary is not written where text is expected', async (t) => {
  const { run } = await testCli(t);
  const said = await run('identity', 'crl', '--der');
  assert.deepEqual([said.code, said.out], [2, '']);
  assert.match(said.err, /--out/);
});
