/**
 * Opens the archive's database, after a look at what LevelDB would take in without a word: its list of tables and its
 * log files. Where those are not as they were written, or LevelDB refuses, every file is kept aside as it was found
 * before anything is put right. What is lost is then for the log itself to say.
 */
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Level } from 'level';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ArchiveLogger } from './archive-logger.ts';
import { checkFiles } from './files/database-files.ts';
import { spanText, type FileFinding } from './files/file-finding.ts';
import { mendTable, type TableMend } from './files/mend-table.ts';
import { bytesOfFiles } from './files/size.ts';
import { locked, openLevelStore } from './level-store.ts';
import { partsBetween } from './keys.ts';
import { lockHolder } from './lock-holder.ts';
import { readLostViews, restoreLostViews, writeLostViews } from './lost-views.ts';
import { Openings } from './openings.ts';
import type { Store } from './store.ts';

/**
 * Up to so many bytes everything is looked at, which takes a fifth of a second: LevelDB merges tables soon after it was
 * opened, and gives what it merges new checksums. Of more than that the verifier takes care,
 * unless the last two processes that had the database open both died: then LevelDB may have died of a table.
 */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** Copies kept aside: of a database that cannot be mended the first tell all there is to tell. */
const ASIDE_MAX = 8;

const TABLE = /\.(?:ldb|sst)$/;

/** What Level is in Node.js: its types are those of every platform. */
interface Repairing {
  repair(location: string): Promise<void>;
}

/** Throws like `openLevelStore`. @param thorough whether to look at every file, however large the database */
export async function openLevelArchive(
  location: string,
  logger: ArchiveLogger | undefined,
  { thorough = false }: { readonly thorough?: boolean } = {},
): Promise<Store> {
  // before anything is put right: what another process is about to write would seem to be damaged
  const holder = await lockHolder(join(location, 'LOCK'));
  if (holder !== undefined) throw locked(location, holder);
  const openings = await Openings.begin(location);
  const isLarge = (await bytesOfFiles(location)) > CHECKED_BYTES;
  const tables = thorough || !isLarge || openings.unfinished > 1;
  const findings = await checkFiles(location, { isOpen: false, tables });
  for (const { file, problem, span } of findings)
    logger?.error({ alarm: true, file, hit: spanText(span) }, `the archive is damaged: ${problem}`);
  const store = await openStore(location, findings, logger);
  return {
    ...store,
    async close() {
      await store.close();
      await openings.end();
    },
  };
}

async function openStore(
  location: string,
  findings: readonly FileFinding[],
  logger: ArchiveLogger | undefined,
): Promise<Store> {
  if (findings.length > 0) {
    await mendFiles(location, findings, logger);
    return openLevelStore(location);
  }
  try {
    return await openLevelStore(location);
  } catch (error) {
    if (!(error instanceof ChanceryError) || error.code !== 'archive.damaged') throw error;
  }
  await mendFiles(location, [], logger);
  return openLevelStore(location);
}

/**
 * Puts right what can be in the files of a closed database, every one of which is kept aside as it was found first. Where
 * that is not all, LevelDB makes what it can of what is left: a new list of tables, of a log file the records it can read.
 */
async function mendFiles(
  location: string,
  findings: readonly FileFinding[],
  logger: ArchiveLogger | undefined,
): Promise<void> {
  const aside = await keepAside(location);
  // where the next lines are cut short, whoever opens the database next knows
  const before = await readLostViews(location);
  if (mayLoseViews(findings)) await writeLostViews(location, 'lost');
  const tables: Record<string, TableMend> = {};
  for (const name of (await readdir(location)).filter((file) => TABLE.test(file))) {
    const mend = await mendTable(join(location, name));
    if (mend !== 'intact') tables[name] = mend;
  }
  const isRest = ({ file }: FileFinding): boolean =>
    !file.endsWith('.log') && tables[basename(file)] !== 'corrected';
  const isLess = Object.values(tables).some((mend) => mend !== 'corrected');
  if (isLess || findings.length === 0 || findings.some(isRest))
    await (Level as unknown as Repairing).repair(location);
  else if (!findings.some(({ file }) => file.endsWith('.log'))) await restoreLostViews(location, before);
  logger?.error(
    { alarm: true, location, aside, tables },
    'the files of the archive were repaired; they are kept aside as they were found',
  );
}

/**
 * Rows of views are in no tree that would miss them. Each record of a log file has some; and where LevelDB itself cannot open
 * its files, anything may be lost.
 */
function mayLoseViews(findings: readonly FileFinding[]): boolean {
  const hits = ({ file, span }: FileFinding): boolean =>
    file.endsWith('.log') || partsBetween(span.from, span.to).some(({ what }) => what === 'views');
  return findings.length === 0 || findings.some(hits);
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
    const keep = TABLE.test(name) ? link : copyFile;
    await keep(from, join(aside, name)).catch(() => copyFile(from, join(aside, name)));
  }
  return join(dirname(location), basename(folder), basename(aside));
}
