/** Whether home, keys folder and key files are for their owner alone. */
import { stat } from 'node:fs/promises';
import { KEY_NAMES, modeIfOpenToOthers, type HomeLayout } from '../home/index.ts';
import { failed, ok, type Check } from './check.ts';

export async function checkPermissions(home: HomeLayout): Promise<readonly Check[]> {
  const folder = await stat(home.directory).catch(() => undefined);
  if (folder?.isDirectory() !== true) {
    return [failed('permissions', `there is no home at ${home.directory}`, 'chancery init DOMAIN')];
  }
  const files = [home.config, ...KEY_NAMES.map((name) => home.keys[name])];
  const open = [
    ...(await openOnes([home.directory, home.keysDirectory], 700)),
    ...(await openOnes(files, 600)),
  ];
  return open.length === 0 ? [ok('permissions', `${home.directory} is for its owner alone`)] : open;
}

async function openOnes(paths: readonly string[], wanted: number): Promise<Check[]> {
  const modes = await Promise.all(
    paths.map(async (path) => ({ path, mode: await modeIfOpenToOthers(path) })),
  );
  return modes.flatMap(({ path, mode }) =>
    mode === undefined
      ? []
      : [failed('permissions', `${path} is open to other users (mode ${mode})`, `chmod ${wanted} ${path}`)],
  );
}
