/**
 * Opens an archive with views that are whole: where rows of them were lost with a damaged part of the database, or they were
 * being made anew, they are made anew first. Where the log itself is damaged that waits until it is mended.
 */
import { ArchiveLog, type ArchiveLogOptions } from '../archive/index.ts';
import { ledgerToRemake, remakeViews } from '../ledger/index.ts';
import type { ViewSealer } from '../sealing/index.ts';
import type { NodeSettings } from './settings.ts';

/** Entries between two notes of how far it has come. */
const NOTE_EVERY = 65_536;

/** Throws like `ArchiveLog.open`. */
export async function openWholeLog(
  options: ArchiveLogOptions,
  views: ViewSealer,
  { domain, log: logger }: Pick<NodeSettings, 'domain' | 'log'>,
): Promise<ArchiveLog> {
  const log = await ArchiveLog.open(options);
  if (log.lostViews === undefined || log.findings.length > 0) return log;
  await log.close();
  logger.warn(
    { alarm: true, entries: log.size },
    'the views of the archive are not whole: they are made anew',
  );
  await remake(options, views, domain, (done, size) => {
    if (done % NOTE_EVERY === 0) logger.info({ done, size }, 'the views of the archive are being made anew');
  });
  logger.info('the views of the archive were made anew');
  return ArchiveLog.open(options);
}

/** Each change is to be seen by the next, whatever kind of view it is of. */
async function remake(
  { isListed: _listed, confirm: _confirm, ...options }: ArchiveLogOptions,
  views: ViewSealer,
  domain: string,
  onProgress: (done: number, size: number) => void,
): Promise<void> {
  await using log = await ArchiveLog.open(options);
  await remakeViews(ledgerToRemake(log, domain, options.sha256, views), onProgress);
}
