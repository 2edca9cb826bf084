/**
 * What a test needs beside the project: programs of the system, such as BIND's tools or openssl, and published vectors.
 * Missing programs are installed where that is possible (Debian, root). Where it is not, a test in CI fails; elsewhere it
 * is skipped, says so, and is listed in the file named by CHANCERY_NOT_RUN_FILE, so that no run passes for more than it was.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, appendFileSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

/** How long apt-get waits for another installation on the same machine, in seconds. */
const APT_LOCK_SECONDS = 180;

/** The Python that Debian's modules are for; another may come first on the PATH. */
export const DEBIAN_PYTHON = '/usr/bin/python3';

/**
 * Whether the test can run: all `commands` are on the PATH, after an attempt to install `packages` (Debian names,
 * separated by spaces). When it returns false the test has been marked as skipped and must return at once.
 */
export function requireCommands(t: TestContext, commands: readonly string[], packages: string): boolean {
  if (missing(commands).length > 0) install(packages);
  const absent = missing(commands);
  if (absent.length === 0) return true;
  notRun(t, `needs ${absent.join(', ')}; install the Debian packages ${packages}`);
  return false;
}

/** The same for modules of Debian's own Python, by the names that they are imported by. */
export function requireModules(t: TestContext, modules: readonly string[], packages: string): boolean {
  const isThere = (): boolean =>
    spawnSync(DEBIAN_PYTHON, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0;
  if (isThere()) return true;
  install(packages);
  if (isThere()) return true;
  notRun(t, `needs the Python modules ${modules.join(', ')}; install the Debian packages ${packages}`);
  return false;
}

/** Marks a test as skipped that cannot run here, and lists it; throws in CI. */
export function notRun(t: TestContext, reason: string): void {
  if (process.env['CI']) throw new Error(`cannot run in CI: ${reason}`);
  const list = process.env['CHANCERY_NOT_RUN_FILE'];
  if (list) appendFileSync(list, `${t.fullName}: ${reason}\n`);
  t.skip(reason);
}

function missing(commands: readonly string[]): string[] {
  return commands.filter((command) => !onPath(command));
}

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What was asked for before: what could not be installed once is not tried again. */
const attempted = new Set<string>();

function install(packages: string): void {
  if (attempted.has(packages) || process.getuid?.() !== 0 || !onPath('apt-get')) return;
  const options = ['-qq', '-o', `DPkg::Lock::Timeout=${APT_LOCK_SECONDS}`];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (attempted.size === 0) spawnSync('apt-get', [...options, 'update'], { env, stdio: 'ignore' });
  attempted.add(packages);
  spawnSync('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...packages.split(' ')], {
    env,
    stdio: 'ignore',
  });
}
