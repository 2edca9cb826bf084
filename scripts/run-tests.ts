/**
 * Runs the tests, and ends by naming what could not be run here for want of a program that is not installed.
 * On CI that is a failure: a gate that skips is no gate.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of tests at once: one more than there are processors, as they wait for disks, timers and their own processes. */
const AT_ONCE = availableParallelism() + 1;

const chosen = process.argv.slice(2);
const patterns = chosen.length > 0 ? chosen : ['test/**/*.test.ts'];
const folder = mkdtempSync(join(tmpdir(), 'chancery-tests-'));
const notRunFile = join(folder, 'not-run');

const { status } = spawnSync(
  process.execPath,
  ['--test', `--test-concurrency=${AT_ONCE}`, '--test-timeout=600000', '--test-reporter=spec', ...patterns],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      CHANCERY_NOT_RUN_FILE: notRunFile,
      // what one of the many processes has compiled, the next need not
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
    },
  },
);

const notRun = existsSync(notRunFile) ? readFileSync(notRunFile, 'utf8').trim().split('\n') : [];
rmSync(folder, { recursive: true });
if (notRun.length > 0) {
  console.error(`\nNot run here (${notRun.length}):`);
  for (const line of notRun) console.error(`  ${line}`);
  console.error('Install what they name, or run as root on Debian, and run the tests again.');
}
process.exitCode = status === 0 && notRun.length > 0 && process.env['CI'] ? 1 : (status ?? 1);
