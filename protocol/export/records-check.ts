/**
 * The entries of an export, each held against the log's checkpoint; that none is missing which was found, and none which
 * the log says was handed out for it.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import {
  commitTo,
  decodeAccessRecord,
  decodeCaseEvent,
  decodeEntry,
  splitSalted,
  SALT_BYTES,
} from '../archive/index.ts';
import type { AccessRecord, Entry } from '../archive/index.ts';
import type { SignedCheckpoint } from '../checkpoint/index.ts';
import type { CryptoSuite } from '../crypto/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { hashLeaf, verifyInclusion } from '../merkle/index.ts';
import type { Finding } from './finding.ts';
import { RECORDS, SIGNERS, type ExportManifest } from './manifest.ts';
import { checkMessage, readSigner, type SigningDeviceOfExport } from './message-check.ts';
import { parseRecord, type ExportedRecord } from './record.ts';

interface Checking {
  readonly manifest: ExportManifest;
  readonly checkpoint: SignedCheckpoint;
  readonly suite: CryptoSuite;
  readonly devices: ReadonlyMap<string, SigningDeviceOfExport>;
}

/** @param records and `signers`: the files of these names */
export function checkRecords(
  { manifest, checkpoint, suite }: Omit<Checking, 'devices'>,
  records: Uint8Array,
  signers: Uint8Array,
): Finding[] {
  const findings: Finding[] = [];
  const devices = new Map<string, SigningDeviceOfExport>();
  for (const line of linesOf(signers)) {
    const device = readSigner(line, suite);
    if (device.ok) devices.set(toString(device.value.hash, 'hex'), device.value);
    else findings.push({ file: SIGNERS, entry: null, problem: device.refusal.message });
  }
  const checking = { manifest, checkpoint, suite, devices };
  const messages = new Set([...manifest.messages, ...manifest.membership]);
  const events = new Set(manifest.ofCase?.events);
  const missing = new Set([...messages, ...manifest.trail, ...events]);
  const accesses = new Map<number, AccessRecord>();
  const kindOf = (sequence: number): Kind =>
    messages.has(sequence) ? 'message' : events.has(sequence) ? 'case' : 'access';
  for (const line of linesOf(records)) {
    const record = parseRecord(line);
    if (!record.ok) {
      findings.push({
        file: RECORDS,
        entry: null,
        problem: `a line cannot be read: ${record.refusal.message}`,
      });
      continue;
    }
    const { sequence } = record.value;
    const told = (problem: string): number => findings.push({ file: RECORDS, entry: sequence, problem });
    if (!missing.delete(sequence)) told('it is not in the manifest, or there twice');
    const access = checkRecord(record.value, kindOf(sequence), checking);
    if (!access.ok) told(access.refusal.message);
    else if (access.value !== null) accesses.set(sequence, access.value);
  }
  for (const sequence of missing)
    findings.push({ file: RECORDS, entry: sequence, problem: `entry ${sequence} is missing` });
  return [...findings, ...checkCustody(manifest, accesses, messages)];
}

/** What the entries of an export record: messages, who looked at them, what happened in the case that it is of. */
type Kind = 'message' | 'access' | 'case';

/** The access that it records; null for any other kind. */
function checkRecord(
  { sequence, entry: leaf, salted, proof }: ExportedRecord,
  kind: Kind,
  { checkpoint: { size, root }, suite, devices }: Checking,
): Result<AccessRecord | null> {
  const { sha256 } = suite;
  const claim = { index: sequence, size, leafHash: hashLeaf(sha256, leaf), proof, root };
  const included = verifyInclusion(sha256, claim);
  if (!included.ok) return included;
  const entry = decodeEntry(leaf);
  if (!entry.ok) return entry;
  const content = committed(entry.value, salted, suite);
  if (content === undefined) return refuse('archive.damaged', 'its content is not what the log commits to');
  if (entry.value.kind !== kind)
    return refuse('archive.damaged', `the log holds a ${entry.value.kind} there`);
  if (kind === 'access') return decodeAccessRecord(content);
  if (kind === 'case') {
    const event = decodeCaseEvent(content);
    return event.ok ? accept(null) : event;
  }
  const message = checkMessage(content, entry.value.time, devices, suite);
  return message.ok ? accept(null) : message;
}

function committed(
  { commitment }: Entry,
  salted: Uint8Array,
  { sha256 }: CryptoSuite,
): Uint8Array | undefined {
  if (salted.length < SALT_BYTES) return undefined;
  const { salt, content } = splitSalted(salted);
  return equals(commitTo(sha256, salt, content), commitment) ? content : undefined;
}

/** That the log says of each message that it was handed out for this, and of nothing else. */
function checkCustody(
  { accesses: own, officer, purpose, case: name, withheld }: ExportManifest,
  accesses: ReadonlyMap<number, AccessRecord>,
  messages: ReadonlySet<number>,
): Finding[] {
  const findings: Finding[] = [];
  const known = new Set([...messages, ...withheld.map(({ sequence }) => sequence)]);
  const handedOut = new Set<number>();
  for (const sequence of own) {
    const access = accesses.get(sequence);
    const isOurs =
      access?.action === 'export' &&
      access.actor === officer &&
      access.purpose === purpose &&
      access.case === name;
    if (!isOurs) findings.push({ file: RECORDS, entry: sequence, problem: 'it is no record of this export' });
    for (const entry of access?.entries ?? []) handedOut.add(entry);
  }
  for (const entry of handedOut)
    if (!known.has(entry))
      findings.push({
        file: RECORDS,
        entry,
        problem: `entry ${entry} was handed out for this, and is left out`,
      });
  for (const entry of messages)
    if (!handedOut.has(entry))
      findings.push({ file: RECORDS, entry, problem: `no record says that entry ${entry} was handed out` });
  return findings;
}

function linesOf(bytes: Uint8Array): string[] {
  const text = toString(bytes);
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
