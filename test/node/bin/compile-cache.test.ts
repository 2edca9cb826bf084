/** Compiled code is kept where nobody else can put any. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { PROGRAMS } from '../../../scripts/processes/command.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

/** A folder for caches, of this mode. */
async function caches(t: TestContext, mode: number): Promise<string> {
  const { directory } = await temporaryHome(t);
  const folder = join(directory, 'caches');
  await mkdir(folder);
  await chmod(folder, mode);
  return folder;
}

for (const program of ['chancery', 'chancery-chat'] as const) {
  const start = (folder: string): void => {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAMS[program], '--version'], {
      encoding: 'utf8',
      env: { ...process.env, NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: folder },
    });
    assert.deepEqual([status, stderr], [0, '']);
  };

  describe(`what ${program} has compiled`, () => {
    it('is kept for its user alone', async (t) => {
      const folder = await caches(t, 0o755);
      start(folder);
      const kept = join(folder, 'chancery');
      assert.equal((await stat(kept)).mode & 0o777, 0o700);
      assert.notDeepEqual(await readdir(kept), []);
    });

    it('is not kept where others can write', async (t) => {
      const open = await caches(t, 0o777);
      start(open);
      assert.deepEqual(await readdir(join(open, 'chancery')), []);

      const given = await caches(t, 0o755);
      const kept = join(given, 'chancery');
      await mkdir(kept);
      await chmod(kept, 0o775);
      start(given);
      assert.deepEqual(await readdir(kept), []);
    });

    it('is not kept in the home of somebody who may change it', async (t) => {
      const home = await caches(t, 0o777);
      start(join(home, '.cache'));
      assert.deepEqual(await readdir(home), []);
    });
  });
}
