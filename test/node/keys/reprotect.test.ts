/** Keys change their passphrase whole or not at all, and a crash on the way costs none. */
import assert from 'node:assert/strict';
import { cp, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { platform } from '../../../node/composition/platform.ts';
import type { HomeLayout } from '../../../node/home/index.ts';
import { fileKeyStore, findPassphrase, reprotect, type Passphrase } from '../../../node/keys/index.ts';
import { keysIn } from '../../support/keys-in.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const SEEDS = { issuer: new Uint8Array(32).fill(1), node: new Uint8Array(32).fill(2) };

function named(text: string): Passphrase {
  return { isNamed: true, ask: () => Promise.resolve(new TextEncoder().encode(text)) };
}

const [NONE, OLD, NEW] = [findPassphrase({}, null), named('the old one'), named('the new one')];

function change(home: HomeLayout, from: Passphrase, to: Passphrase | null): ReturnType<typeof reprotect> {
  const { randomBytes } = platform;
  return reprotect({ directory: home.keysDirectory, from, to, randomBytes });
}

/** Whether a key opens with the passphrase, as the key it was. */
async function opens(
  { keysDirectory }: HomeLayout,
  name: keyof typeof SEEDS,
  by: Passphrase,
): Promise<boolean> {
  const store = fileKeyStore({ directory: keysDirectory, passphrase: by, randomBytes: platform.randomBytes });
  const seed = await store.seed(name).catch((error: unknown) => {
    assert.match((error as { code?: string }).code ?? '', /^key\.(wrong-passphrase|passphrase-missing)$/);
  });
  if (seed === undefined) return false;
  assert.deepEqual(seed, SEEDS[name]);
  return true;
}

test('all keys are protected, get another passphrase, and lose it', async (t) => {
  const home = await temporaryHome(t);
  await keysIn(home.keysDirectory, SEEDS);
  const { mtimeMs } = await stat(home.keys.node);
  assert.deepEqual(await change(home, NEW, NEW), { changed: ['issuer', 'node'], kept: [] });
  assert.deepEqual([await opens(home, 'issuer', NEW), await opens(home, 'node', NONE)], [true, false]);
  assert.deepEqual(await change(home, NEW, OLD), { changed: ['issuer', 'node'], kept: [] });
  assert.deepEqual([await opens(home, 'issuer', OLD), await opens(home, 'node', NEW)], [true, false]);
  assert.equal(
    Math.round((await stat(home.keys.node)).mtimeMs),
    Math.round(mtimeMs),
    'a key is as old as it was',
  );
  assert.equal((await stat(home.keys.node)).mode & 0o777, 0o600);
  assert.deepEqual(await change(home, OLD, null), { changed: ['issuer', 'node'], kept: [] });
  assert.deepEqual([await opens(home, 'issuer', NONE), await opens(home, 'node', NONE)], [true, true]);
  assert.deepEqual(await readdir(home.keysDirectory), ['issuer.key', 'node.key']);
});

test('with a wrong passphrase for one key, none is touched', async (t) => {
  const home = await temporaryHome(t);
  await keysIn(home.keysDirectory, { node: SEEDS.node });
  await change(home, OLD, OLD);
  await keysIn(home.keysDirectory, { issuer: SEEDS.issuer }).catch(() => undefined);
  const before = await readFile(home.keys.node);
  for (const [from, to] of [
    [NEW, NEW],
    [NEW, named('a third')],
    [NEW, null],
  ] as const) {
    await assert.rejects(change(home, from, to), { code: 'key.wrong-passphrase' });
  }
  assert.deepEqual(await readFile(home.keys.node), before);
});

test('what an unprotected key’s file held is overwritten where it lay', async (t) => {
  const home = await temporaryHome(t);
  await keysIn(home.keysDirectory, SEEDS);
  await using old = await open(home.keys.node, 'r');
  await change(home, NEW, NEW);
  const left = await old.readFile();
  assert.ok(left.length > 0 && left.every((byte) => byte === 0));
});

/** From the `at`th change of the disk on, every one fails, as after a crash; a write that is broken off is half done. */
function crashAt(at: number): { restore: () => void; crashed: () => boolean } {
  let count = 0;
  const step = (): void => {
    if (count++ >= at) throw new Error('crashed');
  };
  const real = { open, rename, rm };
  const patched = fs as { open: unknown; rename: unknown; rm: unknown };
  patched.rename = async (...args: Parameters<typeof rename>) => (step(), real.rename(...args));
  patched.rm = async (...args: Parameters<typeof rm>) => (step(), real.rm(...args));
  patched.open = async (...args: Parameters<typeof open>) => {
    if (typeof args[1] === 'number' && args[1] !== 0) step(); // it makes a file
    const handle = await real.open(...args);
    const [write, writeFile] = [handle.write.bind(handle), handle.writeFile.bind(handle)];
    handle.writeFile = async (content) => {
      const bytes = Buffer.from(content as string);
      if (count >= at) await writeFile(bytes.subarray(0, bytes.length / 2));
      step();
      await writeFile(bytes);
    };
    handle.write = ((...given: Parameters<typeof write>) => (step(), write(...given))) as typeof write;
    return handle;
  };
  syncBuiltinESMExports();
  return {
    restore() {
      Object.assign(fs, real);
      syncBuiltinESMExports();
    },
    crashed: () => count > at,
  };
}

for (const [what, from, to] of [
  ['protecting', NEW, NEW],
  ['changing the passphrase', OLD, NEW],
  ['unprotecting', OLD, null],
] as const) {
  test(`a crash at any point of ${what} leaves each key to the old or the new passphrase, and the next run ends it`, async (t) => {
    const home = await temporaryHome(t);
    await keysIn(home.keysDirectory, SEEDS);
    const before = from === OLD ? OLD : NONE;
    if (before === OLD) await change(home, OLD, OLD);
    const start = join(home.directory, 'start');
    await cp(home.keysDirectory, start, { recursive: true });
    let points = 0;
    for (let crashed = true; crashed; points++) {
      await rm(home.keysDirectory, { recursive: true });
      await cp(start, home.keysDirectory, { recursive: true });
      const disk = crashAt(points);
      await change(home, from, to).catch((error: unknown) =>
        assert.equal((error as Error).message, 'crashed'),
      );
      disk.restore();
      crashed = disk.crashed();
      for (const name of ['issuer', 'node'] as const) {
        const after = await opens(home, name, to ?? NONE);
        assert.ok(after || (await opens(home, name, before)), `${name} after ${points} changes of the disk`);
      }
      await change(home, from, to);
      for (const name of ['issuer', 'node'] as const) assert.ok(await opens(home, name, to ?? NONE));
      assert.deepEqual(await readdir(home.keysDirectory), ['issuer.key', 'node.key']);
    }
    t.diagnostic(`${points} points`);
    assert.ok(points > 8);
  });
}
