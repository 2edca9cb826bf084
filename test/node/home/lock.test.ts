import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { lockHolder, lockHome, type HomeLayout } from '../../../node/home/index.ts';
import type { ChanceryError } from '../../../protocol/errors/index.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const HOME = new URL('../../../node/home/index.ts', import.meta.url).href;

/** A process of its own that takes the home's lock and keeps it until it is killed. */
async function otherProcess(
  t: TestContext,
  home: HomeLayout,
): Promise<{ pid: number; kill: () => Promise<void> }> {
  const program = `
    const { homeLayout, lockHome } = await import(${JSON.stringify(HOME)});
    await lockHome(homeLayout(process.argv[1]));
    process.stdout.write('locked');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, home.directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    pid: child.pid!,
    async kill() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('the lock of a home', () => {
  it('names the process that holds it to whoever comes second', async (t) => {
    const home = await temporaryHome(t);
    assert.equal(await lockHolder(home), undefined);
    const other = await otherProcess(t, home);
    assert.deepEqual(await lockHolder(home), { pid: other.pid });
    await assert.rejects(lockHome(home), {
      code: 'node.running',
      message: new RegExp(`process ${other.pid}`),
    });
  });

  it('ends with its process, even when that is killed', async (t) => {
    const home = await temporaryHome(t);
    const other = await otherProcess(t, home);
    await other.kill();
    assert.equal(await lockHolder(home), undefined);
    const lock = await lockHome(home);
    t.after(() => lock.release());
    assert.deepEqual(await lockHolder(home), { pid: process.pid });
  });

  it('goes to one only, of many that come at once after a crash', async (t) => {
    const home = await temporaryHome(t);
    await (await otherProcess(t, home)).kill();
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockHome(home)));
    const won = attempts.filter((attempt) => attempt.status === 'fulfilled');
    assert.equal(won.length, 1);
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') assert.equal((attempt.reason as ChanceryError).code, 'node.running');
    }
    await won[0]!.value.release();
    assert.equal(await lockHolder(home), undefined);
  });

  it('that cannot be used says what to do', async (t) => {
    const home = await temporaryHome(t);
    await writeFile(home.lock, 'not a folder');
    await assert.rejects(lockHome(home), { code: 'archive.unavailable', message: /remove that folder/ });
  });

  it('is free again once released', async (t) => {
    const home = await temporaryHome(t);
    for (let round = 0; round < 2; round++) await (await lockHome(home)).release();
  });

  it('works however deep the home lies', async (t) => {
    const home = await temporaryHome(t, 'deep/'.repeat(40));
    const lock = await lockHome(home);
    t.after(() => lock.release());
    assert.deepEqual(await lockHolder(home), { pid: process.pid });
    await assert.rejects(lockHome(home), { code: 'node.running' });
  });

  it('is refused for a home that others may enter', async (t) => {
    const home = await temporaryHome(t);
    await chmod(home.directory, 0o755);
    await assert.rejects(lockHome(home), {
      code: 'key.permissions',
      message: new RegExp(`chmod 700 ${home.directory}`),
    });
  });
});
