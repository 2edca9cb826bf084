/** Whether there is a backup that is of use: of the log, and of the keys without which it opens to nobody. */
import { readBackupRecord, type HomeLayout } from '../home/index.ts';
import { namesIn } from '../keys/index.ts';
import { ok, warning, type Check } from './check.ts';

const DAY_MS = 86_400_000;

/** A backup older than this is worth a word. */
const WARNING_AFTER_MS = 7 * DAY_MS;

/** @param now milliseconds since 1970 */
export async function checkBackups(home: HomeLayout, now: number): Promise<readonly Check[]> {
  const { last, keys } = await readBackupRecord(home);
  const uncopied = (await namesIn(home.keysDirectory)).filter((name) => !Object.hasOwn(keys, name));
  return [judgeLog(last, now), judgeKeys(uncopied)];
}

function judgeLog(last: Awaited<ReturnType<typeof readBackupRecord>>['last'], now: number): Check {
  const mend = 'chancery backup DIR, on another disk; best every day';
  if (last === null) return warning('backup', 'no backup of the archive was ever made', mend);
  const days = Math.floor((now - Date.parse(last.time)) / DAY_MS);
  const message = `${last.size} entries at ${last.directory}, ${days === 0 ? 'today' : `${days} days ago`}`;
  return days * DAY_MS > WARNING_AFTER_MS ? warning('backup', message, mend) : ok('backup', message);
}

function judgeKeys(uncopied: readonly string[]): Check {
  if (uncopied.length === 0) return ok('key backup', 'every key was copied');
  return warning(
    'key backup',
    `no copy was made of ${uncopied.join(', ')}: without them a backup of the archive opens to nobody`,
    'chancery key backup DIR, apart from the backup; or chancery backup DIR --with-keys',
  );
}
