/** A home directory for one test, removed when the test is over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { homeLayout, makePrivateDirectory, type HomeLayout } from '../../node/home/index.ts';

/** @param below a folder below the temporary one, to make a path as deep as a test needs it */
export async function temporaryHome(t: TestContext, below = ''): Promise<HomeLayout> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-home-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const home = homeLayout(join(folder, below));
  await makePrivateDirectory(home.directory);
  await makePrivateDirectory(home.keysDirectory);
  await makePrivateDirectory(home.certificatesDirectory);
  return home;
}
