/**
 * Makes every view anew from the log that is there, in its place. Guarantees: how far it is is a row of its own, written in
 * the batch of the changes it tells of, so whatever cuts it short it is gone on with from there; and while that row is
 * there the views are not believed by anybody (`ledgerOn`).
 */
import { setImmediate } from 'node:timers/promises';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { DISPOSED_PREFIX, type LogRecord, type Op } from '../archive/index.ts';
import { del, put } from './fact.ts';
import { hasHeader } from './headers.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import { EVERY_VIEW } from './prefixes.ts';
import type { Ledger } from './ledger.ts';

/** Entries whose changes are one batch. */
const PAGE = 256;

/** A batch ends after so many bytes of what its entries say: their changes are no more than a few times that. */
const PAGE_BYTES = 512 * 1024;

/** Rows that are taken away in one batch. */
const CLEARED = 8_192;

/** From which entry on views that were being made anew are still to be made; undefined where they are whole. */
export function remadeUpTo(ledger: Ledger): number | undefined {
  const row = ledger.get(ledger.keys.remaking());
  return row === undefined ? undefined : decodeSequence(row);
}

/** Throws `archive.damaged` where an entry cannot be read, and like `ArchiveLog.derive`. @param onProgress entries done, of how many */
export async function remakeViews(
  ledger: Ledger,
  onProgress: (done: number, size: number) => void = () => undefined,
): Promise<void> {
  const { log, keys } = ledger;
  const marker = keys.remaking();
  let next = (log.lostViews === 'remaking' && remadeUpTo(ledger)) || 0;
  if (next === 0) {
    await log.noteViews('lost');
    await log.derive([put(marker, encodeSequence(0))]);
    await log.noteViews('remaking'); // as far as that row says
    await clear(ledger, marker);
  }
  while (next < log.size) {
    const records = await readPage(ledger, next);
    next += records.length;
    const done = next;
    await log.deriveEach([
      ...records.map((record) => () => opsOf(ledger, record)),
      () => [put(marker, encodeSequence(done))],
    ]);
    onProgress(next, log.size);
  }
  await log.derive([del(marker)]);
  await log.noteViews(undefined);
}

async function clear({ log }: Ledger, marker: Uint8Array): Promise<void> {
  let ops: Op[] = [];
  for await (const [key] of log.iterate(EVERY_VIEW)) {
    // what was disposed of is read by the row that leads to its certificate
    if (Buffer.compare(key, marker) === 0 || key[0] === DISPOSED_PREFIX) continue;
    ops.push(del(key));
    if (ops.length < CLEARED) continue;
    await log.derive(ops);
    ops = [];
  }
  if (ops.length > 0) await log.derive(ops);
}

async function readPage({ log }: Ledger, from: number): Promise<LogRecord[]> {
  const page: LogRecord[] = [];
  let bytes = 0;
  for (const record of await log.read(from, PAGE)) {
    bytes += record.content?.length ?? 0;
    if (page.length > 0 && bytes > PAGE_BYTES) break;
    page.push(record);
  }
  await setImmediate();
  return page;
}

function opsOf(ledger: Ledger, { sequence, kind, time, content, disposed }: LogRecord): readonly Op[] {
  if (disposed === true) return ledger.leftOps(kind, sequence, time);
  const said = hasHeader(kind) ? ledger.log.header(sequence) : content;
  if (said) return ledger.viewOps(kind, said, sequence, time);
  throw new ChanceryError('archive.damaged', `entry ${sequence} is sealed, but has no header`, {
    facts: { sequence },
  });
}
