/**
 * Opens the archive's database, after a look at what LevelDB would take in without a word: its list of tables and its
 * log files. Where those are not as they were written, or LevelDB refuses, every file is kept aside as it was found
 * before LevelDB makes what it can of them. What is lost is then for the log itself to say.
 */
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Level } from 'level';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ArchiveLogger } from './archive-logger.ts';
import { checkFiles } from './files/database-files.ts';
import { spanText, type FileFinding } from './files/file-finding.ts';
import { bytesOfFiles } from './files/size.ts';
import { openLevelStore } from './level-store.ts';
import type { Store } from './store.ts';

/**
 * Up to so many bytes everything is looked at, which takes a fifth of a second: LevelDB merges tables soon after it was
 * opened, and gives what it merges new checksums. Of more than that the verifier takes care.
 */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** Copies kept aside: of a database that cannot be mended the first tell all there is to tell. */
const ASIDE_MAX = 8;

/** What Level is in Node.js: its types are those of every platform. */
interface Repairing {
  repair(location: string): Promise<void>;
}

/** Throws like `openLevelStore`. */
export async function openLevelArchive(location: string, logger: ArchiveLogger | undefined): Promise<Store> {
  const tables = (await bytesOfFiles(location)) <= CHECKED_BYTES;
  const findings = await checkFiles(location, { isOpen: false, tables });
  for (const { file, problem, span } of findings)
    logger?.error({ alarm: true, file, hit: spanText(span) }, `the archive is damaged: ${problem}`);
  if (findings.length === 0) {
    try {
      return await openLevelStore(location);
    } catch (error) {
      if (!(error instanceof ChanceryError) || error.code !== 'archive.damaged') throw error;
    }
  }
  return openDamaged(location, findings, logger);
}

/**
 * Has LevelDB make what it can of a closed database, every file of which is kept aside as it was found first: of a table
 * the blocks that can be read, of its list of files a new one.
 */
export async function repairLevel(location: string, logger: ArchiveLogger | undefined): Promise<void> {
  const aside = await keepAside(location);
  logger?.error(
    { alarm: true, location, aside },
    'the database of the archive is repaired; its files are kept aside',
  );
  await (Level as unknown as Repairing).repair(location);
}

async function openDamaged(
  location: string,
  findings: readonly FileFinding[],
  logger: ArchiveLogger | undefined,
): Promise<Store> {
  const isInLogs = findings.length > 0 && findings.every(({ file }) => file.endsWith('.log'));
  if (isInLogs) {
    const aside = await keepAside(location);
    logger?.error({ alarm: true, location, aside }, 'the files of the damaged archive are kept as they were');
  } else await repairLevel(location, logger);
  return openLevelStore(location);
}

/** Links tables, which are never written to again, and copies everything else. Where it all is now. */
async function keepAside(location: string): Promise<string> {
  const folder = `${location}.damaged`;
  const before = await readdir(folder).catch((): string[] => []);
  const aside = join(folder, String(before.length + 1));
  if (before.length >= ASIDE_MAX) return folder;
  await mkdir(aside, { recursive: true, mode: 0o700 });
  for (const { name, parentPath } of (await readdir(location, { withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )) {
    const from = join(parentPath, name);
    const keep = /\.(?:ldb|sst)$/.test(name) ? link : copyFile;
    await keep(from, join(aside, name)).catch(() => copyFile(from, join(aside, name)));
  }
  return join(dirname(location), basename(folder), basename(aside));
}
