/**
 * What an export is of: the messages that were sought, what says who was in their conversations, and who looked at any of
 * them; all proven here under one checkpoint of the log, the newest, so that the looks of this very export are in it.
 */
import { decodeAccessRecord, decodeEntry, splitSalted } from '../../protocol/archive/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import type { ExportedRecord, ExportManifest } from '../../protocol/export/index.ts';
import { MAX_PROVEN, type MessageSigner, type OpenEntry } from '../../protocol/wire/index.ts';
import type { Looking, OfficerArchive, Opened, SealedFile, Wanted } from '../archive/index.ts';
import type { Requests } from '../session/index.ts';
import { saveFiles, type WriteParts } from './attachments.ts';
import { inConversations, type ExportedMessage } from './exported-message.ts';
import type { TrailEntry } from './trail.ts';

/** Messages of one export, and bytes of what they say with how they are signed: what a device holds in memory. */
const MAX_EXPORTED = 50_000;
const MAX_EXPORTED_BYTES = 256 * 1024 * 1024;

export type Withheld = ExportManifest['withheld'][number];

/** How far the opening of messages has come. */
export type OnProgress = (done: number, of: number) => void;

export interface Gathered {
  /** In the order of the log, those beside the sought ones among them. */
  readonly messages: readonly ExportedMessage[];
  readonly trail: readonly TrailEntry[];
  /** What else is held about the person that was asked for; nothing where none was. */
  readonly held: readonly OpenEntry[];
  /** Of messages and trail, not proven yet, in the order of the log. */
  readonly records: readonly Omit<ExportedRecord, 'proof'>[];
  readonly signers: readonly MessageSigner[];
  readonly withheld: readonly Withheld[];
  /** The entries that record what was handed out. */
  readonly accesses: readonly number[];
}

interface Sources {
  readonly archive: OfficerArchive;
  readonly requests: () => Requests;
  /** Where the files that came with messages go as they come. */
  readonly write: WriteParts;
}

/** @param wanted what is sought, or its entries where they are known. Throws `export.too-many`, and what `OfficerArchive.find` throws. */
export async function gather(
  sources: Sources,
  wanted: Wanted | readonly number[],
  looking: Looking,
  onProgress: OnProgress,
): Promise<Gathered> {
  const sought = new Set<number>();
  const beside = new Set<number>();
  const withheld: Withheld[] = [];
  const newest = new Map<string, number>();
  let known = NOTHING;
  if (isEntries(wanted)) {
    for (const entry of wanted) sought.add(entry);
    known = await openAll(sources.archive, [...sought], looking, (done) => onProgress(done, sought.size));
    for (const { event } of known.messages)
      newest.set(event.conversation, Math.max(event.sequence, newest.get(event.conversation) ?? 0));
  } else
    for await (const found of each(sources.archive, wanted, looking, null, withheld)) {
      sought.add(found.sequence);
      if (!newest.has(found.conversation)) newest.set(found.conversation, found.sequence);
      if (sought.size > MAX_EXPORTED) throw tooMany(`${MAX_EXPORTED} messages`);
    }
  for (const [conversation, last] of newest) {
    const membership = { conversation, only: 'membership' } as const;
    for await (const { sequence } of each(sources.archive, membership, looking, last, withheld))
      if (!sought.has(sequence)) beside.add(sequence);
  }
  const all = [...sought, ...beside].sort((a, b) => a - b);
  const left = isEntries(wanted) ? [...beside] : all;
  const opened = await openAll(sources.archive, left, looking, (done) => onProgress(done, all.length), known);
  const files = await saveFiles(sources.archive, opened.files, looking, sources.write);
  const about = isEntries(wanted) ? undefined : wanted.about;
  const held = isEntries(wanted) ? NOTHING : await heldAbout(sources.archive, wanted, looking);
  const looks = await trailOf(sources.requests(), [...all, ...held.records.map(({ sequence }) => sequence)]);
  const own = new Set([...opened.accesses, ...files.accesses, ...held.accesses]);
  // who else looked, and for which case, is not the business of the person it is about
  const trail = about === undefined ? looks : looks.filter(({ sequence }) => own.has(sequence));
  const messages = opened.messages
    .map((message) => ({
      ...message,
      sought: sought.has(message.event.sequence),
      attached: files.attached.get(message.event.sequence) ?? null,
    }))
    .sort((a, b) => a.event.sequence - b.event.sequence);
  const records = [...opened.records, ...held.records, ...trail].sort((a, b) => a.sequence - b.sequence);
  // an answer with nothing in it is on record too, but as a look at none of these
  const accesses = trail.map(({ sequence }) => sequence).filter((access) => own.has(access));
  return {
    ...{ signers: opened.signers, accesses, records },
    messages: inConversations(messages),
    held: held.records,
    trail: trail.map(readAccess),
    withheld: [...withheld, ...opened.withheld, ...files.withheld],
  };
}

/** The entries that are sought, as they would be exported. Throws like `gather`. */
export async function soughtEntries(
  archive: OfficerArchive,
  wanted: Wanted,
  looking: Looking,
): Promise<number[]> {
  const entries: number[] = [];
  for await (const { sequence } of each(archive, wanted, looking, null, [])) {
    entries.push(sequence);
    if (entries.length > MAX_EXPORTED) throw tooMany(`${MAX_EXPORTED} messages`);
  }
  return entries;
}

/** Page by page, newest first; what is damaged is put with what is withheld. */
async function* each(
  archive: OfficerArchive,
  wanted: Wanted,
  looking: Looking,
  last: number | null,
  withheld: Withheld[],
): AsyncGenerator<{ readonly sequence: number; readonly conversation: string }, void, undefined> {
  let before = last;
  do {
    const page = await archive.find(wanted, looking, { before });
    yield* page.messages;
    for (const sequence of page.damaged)
      if (!withheld.some((one) => one.sequence === sequence))
        withheld.push({ sequence, code: 'archive.damaged', text: 'it is not as it was archived' });
    before = page.next;
  } while (before !== null);
}

type OpenedMessage = Pick<ExportedMessage, 'event' | 'via'>;

interface OpenedMessages {
  readonly messages: readonly OpenedMessage[];
  readonly files: readonly SealedFile[];
  readonly records: readonly OpenEntry[];
  readonly signers: readonly MessageSigner[];
  readonly withheld: readonly Withheld[];
  readonly accesses: readonly number[];
}

const NOTHING: OpenedMessages = {
  messages: [],
  files: [],
  records: [],
  signers: [],
  withheld: [],
  accesses: [],
};

function isEntries(wanted: Wanted | readonly number[]): wanted is readonly number[] {
  return Array.isArray(wanted);
}

function nameOf({ person, device }: MessageSigner): string {
  return `${person.address} ${device.join()}`;
}

/** Opens messages, and puts them with those that were opened before. */
async function openAll(
  archive: OfficerArchive,
  sequences: readonly number[],
  looking: Looking,
  onProgress: (done: number) => void,
  before: OpenedMessages = NOTHING,
): Promise<OpenedMessages> {
  const messages = [...before.messages];
  const files = [...before.files];
  const records = [...before.records];
  const withheld = [...before.withheld];
  const signers = new Map(before.signers.map((signer) => [nameOf(signer), signer]));
  const accesses = new Set(before.accesses);
  let bytes = records.reduce((sum, { salted }) => sum + salted.length, 0);
  for await (const { opened, evidence, file, access } of archive.handOut(sequences, looking, 'export')) {
    if (!accesses.has(access)) onProgress(messages.length + withheld.length);
    accesses.add(access);
    if (opened.state === 'withheld' || evidence === null) {
      if (opened.state === 'withheld') withheld.push(withheldOf(opened));
      continue;
    }
    const { event, via } = opened;
    const { entry, salted, signer } = evidence;
    bytes += salted.length;
    if (bytes > MAX_EXPORTED_BYTES) throw tooMany(`${MAX_EXPORTED_BYTES / 1024 / 1024} MiB`);
    messages.push({ event, via });
    if (file !== null) files.push(file);
    records.push({ sequence: event.sequence, entry, salted });
    signers.set(nameOf(signer), signer);
  }
  return { messages, files, records, withheld, signers: [...signers.values()], accesses: [...accesses] };
}

function withheldOf({ sequence, code, text }: Extract<Opened, { state: 'withheld' }>): Withheld {
  return { sequence, code, text };
}

async function heldAbout(
  archive: OfficerArchive,
  { about, ...times }: Wanted,
  looking: Looking,
): Promise<{ readonly records: readonly OpenEntry[]; readonly accesses: readonly number[] }> {
  const records: OpenEntry[] = [];
  const accesses: number[] = [];
  if (about === undefined) return { records, accesses };
  for await (const page of archive.heldAbout(about, times, looking)) {
    records.push(...page.records);
    if (page.access !== null) accesses.push(page.access);
    if (records.length > MAX_EXPORTED) throw tooMany(`${MAX_EXPORTED} entries about one person`);
  }
  return { records, accesses };
}

async function trailOf(requests: Requests, entries: readonly number[]): Promise<OpenEntry[]> {
  const trail = new Map<number, OpenEntry>();
  for (let from = 0; from < entries.length; from += MAX_PROVEN) {
    const sequences = entries.slice(from, from + MAX_PROVEN);
    let after: number | null = null;
    do {
      const answer: { readonly records: readonly OpenEntry[]; readonly after: number | null } =
        await requests.ask('archive-trail', { sequences, after });
      for (const record of answer.records) trail.set(record.sequence, record);
      if (answer.after !== null && answer.after <= (after ?? -1))
        throw new ChanceryError('encoding.malformed', 'the node does not come to the end of the trail');
      after = answer.after;
    } while (after !== null);
  }
  return [...trail.values()];
}

function readAccess({ sequence, entry, salted }: OpenEntry): TrailEntry {
  const { time } = valueOf(decodeEntry(entry));
  const { v: _version, ...access } = { v: 1, ...valueOf(decodeAccessRecord(splitSalted(salted).content)) };
  return { ...access, sequence, time };
}

function tooMany(limit: string): ChanceryError {
  return new ChanceryError(
    'export.too-many',
    `one export holds at most ${limit}; make several, each of a part of the time (since, until)`,
  );
}
