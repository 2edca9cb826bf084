/** A log written again, entry by entry and each at its own time, with whatever a test changes; and what an audit finds. */
import assert from 'node:assert/strict';
import { ArchiveLog, type LogRecord } from '../../node/archive/index.ts';
import { auditLog, type AuditFault } from '../../node/audit/index.ts';
import { verificationContext } from '../../node/composition/platform.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { ledgerOn, Signers, type RecordKind, type RecordOf } from '../../node/ledger/index.ts';
import { encodeRecord, recordOf } from '../../node/ledger/records.ts';
import type { TrustAnchor } from '../../protocol/dnssec/index.ts';
import { archiveOptions, testSealing } from './archive.ts';
import { FaultyDisk } from './faulty-store.ts';

export interface Written extends Omit<LogRecord, 'sequence'> {
  readonly content: Uint8Array;
}

/** Everything a log holds. */
export async function entriesOf(log: ArchiveLog): Promise<Written[]> {
  const entries: Written[] = [];
  while (entries.length < log.size) {
    for (const { kind, time, content } of await log.read(entries.length, 1_000))
      entries.push({ kind, time, content: content ?? assert.fail('it is sealed') });
  }
  return entries;
}

/** The same entries, those of a kind with another record; as they are where `change` gives undefined. */
export function edited<K extends RecordKind>(
  entries: readonly Written[],
  kind: K,
  change: (record: RecordOf<K>, sequence: number) => RecordOf<K> | undefined,
): Written[] {
  return entries.map((entry, sequence) => {
    const record = entry.kind === kind ? change(recordOf(kind, entry.content), sequence) : undefined;
    return record === undefined ? entry : { ...entry, content: encodeRecord(kind, record) };
  });
}

/** An entry as it would be written at a time. */
export function entry<K extends RecordKind>(kind: K, record: RecordOf<K>, time: number): Written {
  return { kind, time, content: encodeRecord(kind, record) };
}

/** Writes the log of acme.test anew, does to it what `tamper` says, and audits it. */
export async function audit(
  entries: readonly Written[],
  anchors: readonly TrustAnchor[],
  tamper: (disk: FaultyDisk) => void = () => undefined,
): Promise<{ messages: number; faults: AuditFault[]; damaged: number[] }> {
  const disk = new FaultyDisk();
  let now = 0;
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open, clock: () => now }));
  for (const { kind, time, content } of entries) {
    now = time;
    await log.append([{ kind, content }]);
  }
  tamper(disk);
  const { findings, size } = await log.verify();
  const damaged = findings.map(({ sequence }) => sequence);
  const audited = await auditLog({
    domain: 'acme.test',
    log,
    size,
    context: verificationContext(anchors),
    signers: new Signers(ledgerOn(log, 'acme.test', sodiumSuite.sha256, testSealing().views), sodiumSuite),
    damaged: new Set(damaged),
    maxFaults: 1_000,
  });
  return { ...audited, damaged };
}
