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
  isAbout,
  isAboutKind,
  splitSalted,
  SALT_BYTES,
} from '../archive/index.ts';
import type { AccessRecord, CaseEvent, Entry } from '../archive/index.ts';
import type { SignedCheckpoint } from '../checkpoint/index.ts';
import type { CryptoSuite } from '../crypto/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { hashLeaf, verifyInclusion } from '../merkle/index.ts';
import type { FileInfo } from '../message/index.ts';
import { checkAbout } from './about.ts';
import { checkAttachments } from './attachment.ts';
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
  const about = new Set(manifest.about?.entries);
  const missing = new Set([...messages, ...about, ...events, ...manifest.trail]);
  const accesses = new Map<number, AccessRecord>();
  const kindOf = (sequence: number): Kind => {
    if (messages.has(sequence)) return 'message';
    if (events.has(sequence)) return 'case';
    return about.has(sequence) ? 'about' : 'access';
  };
  const attached = new Map<number, FileInfo>();
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
    const checked = checkRecord(record.value, kindOf(sequence), checking);
    if (!checked.ok) told(checked.refusal.message);
    else if ('access' in checked.value) accesses.set(sequence, checked.value.access);
    else if ('file' in checked.value && checked.value.file !== null)
      attached.set(sequence, checked.value.file);
  }
  for (const sequence of missing)
    findings.push({ file: RECORDS, entry: sequence, problem: `entry ${sequence} is missing` });
  const own = manifest.accesses.flatMap((sequence) => accesses.get(sequence) ?? []);
  const filesOut = own.flatMap(({ part, entries }) => (part === 'file' ? entries : []));
  return [
    ...findings,
    ...checkCustody(manifest, accesses, messages),
    ...checkAttachments(manifest, attached, new Set(filesOut)),
    ...checkAbout(manifest, own),
  ];
}

/** What the entries of an export record: messages, who looked at them, what is held of a person, what happened in a case. */
type Kind = 'message' | 'access' | 'about' | 'case';

type Checked =
  | { readonly access: AccessRecord }
  | { readonly file: FileInfo | null }
  | { readonly about: string }
  | { readonly event: CaseEvent };

/** The access that it records, or the file that a message names, if it names one. */
function checkRecord(record: ExportedRecord, kind: Kind, checking: Checking): Result<Checked> {
  const held = heldIn(record, checking);
  if (!held.ok) return held;
  const { entry, content } = held.value;
  if (kind === 'about') return checkAboutRecord(entry, content, checking);
  if (entry.kind !== kind) return refuse('archive.damaged', `the log holds a ${entry.kind} there`);
  if (kind === 'access') {
    const access = decodeAccessRecord(content);
    return access.ok ? accept({ access: access.value }) : access;
  }
  if (kind === 'case') {
    const event = decodeCaseEvent(content);
    return event.ok ? accept({ event: event.value }) : event;
  }
  const message = checkMessage(content, entry.time, checking.devices, checking.suite);
  if (!message.ok) return message;
  const said = message.value.content;
  return accept({ file: said.kind === 'attachment' ? said.file : null });
}

/** What an export about a person holds of them beside messages. */
function checkAboutRecord(entry: Entry, content: Uint8Array, { manifest }: Checking): Result<Checked> {
  const { person = '' } = manifest.about ?? {};
  return isAboutKind(entry.kind) && isAbout(entry.kind, content, person)
    ? accept({ about: person })
    : refuse('archive.damaged', `the log holds nothing about ${person} there`);
}

/** The entry and its content, as the log holds them under the checkpoint. */
function heldIn(
  { sequence, entry: leaf, salted, proof }: ExportedRecord,
  { checkpoint: { size, root }, suite }: Checking,
): Result<{ readonly entry: Entry; readonly content: Uint8Array }> {
  const { sha256 } = suite;
  const claim = { index: sequence, size, leafHash: hashLeaf(sha256, leaf), proof, root };
  const included = verifyInclusion(sha256, claim);
  if (!included.ok) return included;
  const entry = decodeEntry(leaf);
  if (!entry.ok) return entry;
  const content = committed(entry.value, salted, suite);
  return content === undefined
    ? refuse('archive.damaged', 'its content is not what the log commits to')
    : accept({ entry: entry.value, content });
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
  const held = withheld.filter(({ part }) => part === undefined).map(({ sequence }) => sequence);
  const known = new Set([...messages, ...held]);
  const handedOut = new Set<number>();
  for (const sequence of own) {
    const access = accesses.get(sequence);
    const isOurs =
      access?.action === 'export' &&
      access.actor === officer &&
      access.purpose === purpose &&
      access.case === name;
    if (!isOurs) findings.push({ file: RECORDS, entry: sequence, problem: 'it is no record of this export' });
    if (access?.part === undefined) for (const entry of access?.entries ?? []) handedOut.add(entry);
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
