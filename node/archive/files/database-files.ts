/**
 * Checks the files of the archive's database against LevelDB's own checksums, which LevelDB does not look at when it
 * reads. Names each file that is missing or not as it was written, and whose keys lie there. May run while the database
 * is open and written to; reads each file once, holding one block or record of it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entryKey } from '../keys.ts';
import type { FileFinding } from './file-finding.ts';
import { readLogRecords, type TakeRecord } from './log-records.ts';
import { Manifest } from './manifest.ts';
import { checkTable } from './table-file.ts';
import { entriesOfBatch } from './write-batch.ts';

export interface FileCheckOptions {
  /** Waited for after each block that was read, and told its bytes: so the walk keeps its pace. */
  readonly pause?: (bytes: number) => Promise<void>;
  /** Whether a process has the database open, and so no record may end in the middle for long. */
  readonly isOpen: boolean;
  /** Whether to look at the tables too: all there is, not only what was written last. */
  readonly tables: boolean;
}

const EVERYTHING = { from: new Uint8Array(0), to: Uint8Array.of(0xff) };

/** So often a file that ends within a record is read again: its writer may be about to write on. */
const TORN_READS = 5;

/** What is wrong with the files in a database's directory; none where there is no database. */
export async function checkFiles(location: string, options: FileCheckOptions): Promise<FileFinding[]> {
  const names = await readdir(location).catch((): string[] => []);
  if (!names.some((name) => /^MANIFEST-|^CURRENT$|\.(?:ldb|sst)$/.test(name))) return [];
  const findings: FileFinding[] = [];
  const manifest = await readManifest(location, options, findings);
  if (manifest === undefined) return findings;
  for (const name of names.filter((file) => /^\d+\.log$/.test(file)).sort()) {
    if (Number.parseInt(name, 10) >= manifest.logNumber)
      findings.push(...(await checkLog(join(location, name), options)));
  }
  if (!options.tables) return findings;
  for (const [number, span] of manifest.tables) {
    const name = String(number).padStart(6, '0');
    const file = names.includes(`${name}.sst`) ? `${name}.sst` : `${name}.ldb`;
    const found = await checkTable(join(location, file), span, options.pause ?? soon);
    if (found.length > 0 && (await isInForce(location, number, options))) findings.push(...found);
  }
  return findings;
}

async function readManifest(
  location: string,
  options: FileCheckOptions,
  findings: FileFinding[],
): Promise<Manifest | undefined> {
  const current = join(location, 'CURRENT');
  const problem = (file: string, what: string): undefined => {
    findings.push({ file, problem: what, span: EVERYTHING });
    return undefined;
  };
  const name = await readFile(current, 'latin1').catch(() => undefined);
  if (name === undefined) {
    problem(current, 'the file is missing or cannot be read');
    return;
  }
  if (!/^MANIFEST-\d{6,}\n$/.test(name)) {
    problem(current, 'the file does not name a manifest');
    return;
  }
  const file = join(location, name.trim());
  const manifest = new Manifest();
  const read = await settled(file, options, () => {
    manifest.tables.clear();
    return (record) => manifest.take(record);
  });
  if (read === undefined) {
    problem(file, 'the file is missing or cannot be read');
    return;
  }
  if (read.damaged || manifest.malformed || (read.torn && options.isOpen))
    problem(file, 'the list of tables is not as it was written');
  return manifest;
}

async function checkLog(file: string, options: FileCheckOptions): Promise<FileFinding[]> {
  const findings: FileFinding[] = [];
  let next = 0;
  const read = await settled(file, options, () => {
    findings.length = next = 0;
    return (record, afterGap) => {
      const entries = entriesOfBatch(record);
      if (afterGap) {
        const span = {
          from: entryKey(next),
          to: entries === undefined ? EVERYTHING.to : entryKey(entries.first),
        };
        findings.push({ file, problem: 'a record is not as it was written', span });
      }
      next = (entries?.last ?? next - 1) + 1;
    };
  });
  const isEnd = read?.torn === true && options.isOpen;
  if (isEnd || (read?.damaged === true && findings.length === 0)) {
    const span = { from: entryKey(next), to: EVERYTHING.to };
    findings.push({ file, problem: 'the last records are not as they were written', span });
  }
  return findings;
}

/** Reads a file of records; while one that is open ends within a record, again after a moment. */
async function settled(
  file: string,
  { isOpen, pause = soon }: FileCheckOptions,
  begin: () => TakeRecord,
): ReturnType<typeof readLogRecords> {
  let read = await readLogRecords(file, begin(), pause);
  for (let again = 1; isOpen && read?.torn === true && again < TORN_READS; again += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2 ** again));
    read = await readLogRecords(file, begin(), pause);
  }
  return read;
}

/** A table may have been replaced while it was read: then nothing is missing. */
async function isInForce(location: string, number: number, options: FileCheckOptions): Promise<boolean> {
  const manifest = await readManifest(location, options, []);
  return manifest === undefined || manifest.tables.has(number);
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
