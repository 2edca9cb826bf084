import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { erasureOf } from '../../../client/adapters/erasure.ts';

async function home(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'chancery-erasure-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  await mkdir(join(made, 'store'));
  for (const file of ['store/000001.log', 'device.key', 'profile.json', 'profile.json.new', 'attestation']) {
    await writeFile(join(made, file), `secret of ${file}`.repeat(10_000));
  }
  await writeFile(join(made, 'letters.txt'), 'not ours');
  return made;
}

test('what is destroyed is written over, not only unlinked, and nothing else is touched', async (t) => {
  const directory = await home(t);
  const witness = await mkdtemp(join(tmpdir(), 'chancery-witness-'));
  t.after(() => rm(witness, { recursive: true, force: true }));
  const seen = { log: join(witness, 'log'), key: join(witness, 'key') };
  await link(join(directory, 'store/000001.log'), seen.log);
  await link(join(directory, 'device.key'), seen.key);
  const erasure = erasureOf(directory, join(directory, 'store'));
  assert.equal(await erasure.begun(), false);
  await erasure.contents();
  assert.equal(await erasure.begun(), true);
  assert.ok((await readFile(seen.log)).every((byte) => byte === 0));
  assert.match(await readFile(seen.key, 'utf8'), /secret of device\.key/, 'the key is there to report with');
  await erasure.identity();
  assert.ok((await readFile(seen.key)).every((byte) => byte === 0));
  assert.equal(await erasure.begun(), false);
  assert.deepEqual(await readdir(directory), ['letters.txt']);
  assert.equal(await readFile(join(directory, 'letters.txt'), 'utf8'), 'not ours');
});

test('destroying what is gone already is no fault', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'chancery-erasure-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const erasure = erasureOf(directory, join(directory, 'store'));
  await erasure.contents();
  await erasure.contents();
  await erasure.identity();
  await erasure.identity();
  assert.deepEqual(await readdir(directory), []);
});
