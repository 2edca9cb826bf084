/** The archive as an operator pages and checks it. Every read of content is itself an entry, before it is shown. */
import { parseCertificate } from '../../protocol/certificate/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { hashLeaf } from '../../protocol/merkle/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { isDisposed, isSealed } from '../archive/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { decodeRecord, shownConversation } from '../ledger/index.ts';
import { conversationNamed } from '../search/index.ts';
import { acceptanceOf } from './acceptance.ts';
import { recordLook } from './accesses.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { hex, showCertificate, showPerson, time } from './present.ts';
import { summarise } from './summary.ts';
import { verifyArchive } from './verify-archive.ts';

type Entry = OperationOutput<'archive.list'>['entries'][number];

/** What is shown as the kind of an entry that is not as it was archived. */
const DAMAGED = 'damaged';

/** What is shown as the kind of a version that was disposed of. */
const DISPOSED = 'disposed';

type ArchiveOperations = Pick<
  Operations,
  'archive.list' | 'archive.show' | 'archive.verify' | 'archive.conversations'
>;

export function archiveOperations(node: ArchiveNode): ArchiveOperations {
  const { messages } = node.organisation;
  return {
    'archive.list': async (input) => {
      const filter = await filterOf(node, input);
      const sequences = candidates(node, input, filter);
      const after = input.after === undefined ? -Infinity : Date.parse(input.after);
      const until = input.until === undefined ? Infinity : Date.parse(input.until);
      const entries: Entry[] = [];
      let next: number | null = null;
      for await (const sequence of sequences) {
        const at = timeOf(node, sequence);
        if (at !== undefined && at > until) continue;
        if (at !== undefined && at < after) break; // receipt times never decrease along the log
        if (entries.length === input.limit) {
          next = (entries.at(-1)?.sequence ?? 0) || null;
          break;
        }
        entries.push(asked(showEntry(node, sequence), filter));
      }
      const { purpose = '', case: name = '', ...query } = input;
      const listed = entries.map(({ sequence }) => sequence);
      const look = { action: 'find', purpose, case: name, query: JSON.stringify(query) } as const;
      await recordLook(node, { ...look, entries: listed });
      return { entries, next };
    },
    'archive.show': async ({ sequence, purpose = '', case: name = '' }) => {
      const shown = await showWhole(node, sequence);
      const look = { action: 'open', purpose, case: name, query: String(sequence) } as const;
      await recordLook(node, { ...look, entries: [sequence] });
      return shown;
    },
    'archive.verify': () => verifyArchive(node),
    'archive.conversations': async () => ({
      conversations: (await messages.conversations()).map(({ origin: _origin, id, members, ...rest }) => ({
        ...rest,
        title: shownConversation(node.organisation.ledger, id)?.title ?? '',
        id: hex(id),
        members: [...members],
      })),
    }),
  };
}

type ListInput = Parameters<Operations['archive.list']>[0];

interface Filter {
  readonly conversation: Uint8Array | undefined;
  readonly person: string | undefined;
}

async function filterOf(node: ArchiveNode, { conversation, person }: ListInput): Promise<Filter> {
  return {
    conversation:
      conversation === undefined
        ? undefined
        : await conversationNamed(node.organisation.messages, conversation),
    person: person === undefined ? undefined : valueOf(parseAddress(person)).text,
  };
}

/** An entry that a view led to, if it is what was asked for: a row that was changed leads elsewhere. */
function asked(entry: Entry, { conversation, person }: Filter): Entry {
  const { message, kind, sequence } = entry;
  const isMeant =
    (conversation === undefined || message?.conversation === hex(conversation)) &&
    (person === undefined || message?.sender === person);
  if (isMeant || kind === DAMAGED) return entry;
  const summary = `a view of the archive points to entry ${sequence}, which does not belong there; run chancery archive verify`;
  return { sequence, time: null, kind: DAMAGED, message: null, summary };
}

/** Sequence numbers that may match, newest first. */
async function* candidates(
  node: ArchiveNode,
  input: ListInput,
  { conversation, person }: Filter,
): AsyncGenerator<number> {
  const { messages, log } = node.organisation;
  let before = input.before ?? log.size;
  if (conversation === undefined && person === undefined) {
    for (let sequence = before - 1; sequence >= 0; sequence -= 1) yield sequence;
    return;
  }
  for (;;) {
    const page =
      conversation === undefined
        ? await messages.said(person ?? '', before, input.limit)
        : await messages.timeline(conversation, before, input.limit);
    for (const sequence of page) {
      if (person === undefined || conversation === undefined || isBy(person, node, sequence)) yield sequence;
    }
    before = page.at(-1) ?? 0;
    if (page.length < input.limit) return;
  }
}

/** Whether a person wrote a message. What cannot be read may be theirs, and is not left out. */
function isBy(person: string, node: ArchiveNode, sequence: number): boolean {
  const { kind, message } = showEntry(node, sequence);
  return kind === DAMAGED || message?.sender === person;
}

/** Undefined where the entry is damaged. */
function timeOf({ organisation }: ArchiveNode, sequence: number): number | undefined {
  return unlessDamaged(() => organisation.log.entry(sequence)?.time);
}

/** Undefined where what is read is damaged. */
export function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

function isDamage(error: unknown): error is ChanceryError {
  return error instanceof ChanceryError && error.code === 'archive.damaged';
}

/** An entry, or that it is damaged: then nothing of it is shown. */
export function showEntry(node: ArchiveNode, sequence: number): Entry {
  try {
    return showIntact(node, sequence);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const at = timeOf(node, sequence);
    const shown = at === undefined ? null : time(at);
    return { sequence, time: shown, kind: DAMAGED, message: null, summary: error.message };
  }
}

function showIntact(node: ArchiveNode, sequence: number): Entry {
  const { ledger } = node.organisation;
  const entry = ledger.log.entry(sequence);
  const content = contentOf(node, sequence);
  if (entry === undefined || content === undefined) {
    throw new ChanceryError(
      'request.invalid',
      `the log has ${ledger.log.size} entries; there is no ${sequence}`,
    );
  }
  const base = { sequence, time: time(entry.time), kind: entry.kind };
  if (content instanceof ChanceryError)
    return { ...base, message: showHeader(node, sequence), summary: content.message };
  const record = decodeRecord(entry.kind, content);
  if (!record.ok) throw new ChanceryError('archive.damaged', record.refusal.message);
  const message =
    entry.kind === 'message' ? showMessage(node, ledger.record('message', sequence)?.envelope) : null;
  return { ...base, message, summary: summarise(entry.kind, content) };
}

/** What an entry says; or why that cannot be opened here any more. */
function contentOf({ organisation }: ArchiveNode, sequence: number): Uint8Array | ChanceryError | undefined {
  const takesTwo = organisation.policy.current.fourEyes.includes('open');
  if (takesTwo && organisation.log.entry(sequence)?.kind === 'message')
    return new ChanceryError(
      'approval.required',
      'to open what was archived takes two officers: chancery-chat archive open --ask',
    );
  if (isKeptBack(organisation, sequence))
    return new ChanceryError(
      'policy.held',
      'it waits for a review, or was turned down: an officer opens it with chancery-chat review show',
    );
  try {
    return organisation.log.content(sequence);
  } catch (error) {
    if (isSealed(error)) return error;
    throw error;
  }
}

function isKeptBack({ ledger, messages }: ArchiveNode['organisation'], sequence: number): boolean {
  if (ledger.log.entry(sequence)?.kind !== 'message' || ledger.isDisposed(sequence)) return false;
  const header = ledger.messageHeader(sequence);
  return header !== undefined && messages.isHeld(header.id);
}

/** What is known of a message that is sealed: who, where and when, and nothing that was said; of one that is gone, nothing. */
export function showHeader({ organisation }: ArchiveNode, sequence: number): Entry['message'] {
  const { ledger, signers, feed } = organisation;
  if (ledger.isDisposed(sequence)) return null;
  const header = ledger.messageHeader(sequence);
  if (header === undefined) return null;
  const { id, conversation, sender, device, kind, origin, target } = header;
  const signer = signers.find(device);
  return {
    id: hex(id),
    conversation: hex(conversation),
    sender,
    person: signer === undefined ? null : showPerson(feed.person(signer)),
    kind,
    originTime: time(origin),
    text: null,
    target: target === undefined ? null : hex(target),
  };
}

function showMessage(node: ArchiveNode, envelope: Uint8Array | undefined): Entry['message'] {
  const { signers, feed } = node.organisation;
  const decoded = envelope === undefined ? undefined : decodeMessage(envelope, platform.suite);
  if (decoded?.ok !== true) return null;
  const { id, conversationId: conversation, sender, device, content, time: origin } = decoded.value;
  const signer = signers.find(device);
  return {
    id: hex(id),
    conversation: hex(conversation),
    sender,
    person: signer === undefined ? null : showPerson(feed.person(signer)),
    kind: content.kind,
    originTime: time(origin),
    text: 'text' in content ? content.text : null,
    target: 'target' in content ? hex(content.target) : null,
  };
}

/** Throws `archive.damaged` for what is not as it was archived. */
async function showWhole(node: ArchiveNode, sequence: number): Promise<OperationOutput<'archive.show'>> {
  const { log, ledger, signers } = node.organisation;
  const entry = showIntact(node, sequence);
  const { sha256 } = platform.suite;
  const isOpen = entry.kind === 'message' && !(contentOf(node, sequence) instanceof ChanceryError);
  const envelope = isOpen ? ledger.record('message', sequence) : undefined;
  const decoded = envelope === undefined ? undefined : decodeMessage(envelope.envelope, platform.suite);
  const signer = decoded?.ok === true ? signers.find(decoded.value.device) : undefined;
  const certificate = signer?.chain[0] === undefined ? undefined : parseCertificate(signer.chain[0]);
  return {
    entry,
    leafHash: hex(hashLeaf(sha256, log.entryBytes(sequence) ?? new Uint8Array())),
    certificate: certificate?.ok === true ? showCertificate('device', certificate.value, sha256) : null,
    accepted: decoded?.ok === true ? await acceptanceOf(node, sequence, decoded.value) : null,
    versions: await versionsOf(node, sequence),
    detail: {
      via: envelope?.via ?? null,
      parents: decoded?.ok === true ? decoded.value.parents.map(hex) : [],
      signature: decoded?.ok === true ? hex(decoded.value.signature) : null,
    },
  };
}

/** Versions shown of one message. */
const MAX_VERSIONS = 500;

/** The versions of a message that was edited or recalled, whichever of them is asked for; none of any other entry. */
async function versionsOf(
  { organisation }: ArchiveNode,
  sequence: number,
): Promise<OperationOutput<'archive.show'>['versions']> {
  const { messages, ledger } = organisation;
  if (ledger.log.entry(sequence)?.kind !== 'message' || ledger.isDisposed(sequence)) return [];
  const header = ledger.messageHeader(sequence);
  if (header === undefined) return [];
  const first = header.target ?? header.id;
  const later = (await messages.versions(first, null, MAX_VERSIONS)).reverse();
  const original = later.length === 0 ? undefined : placeOf(organisation, first);
  if (original === undefined) return [];
  return [original, ...later].map((each) => ({
    sequence: each,
    kind: ledger.isDisposed(each) ? DISPOSED : (ledger.messageHeader(each)?.kind ?? DAMAGED),
  }));
}

/** Where a message is, also one that was disposed of. */
function placeOf({ messages }: ArchiveNode['organisation'], id: Uint8Array): number | undefined {
  try {
    return messages.position(id);
  } catch (error) {
    if (isDisposed(error)) return Number(error.facts['sequence']);
    throw error;
  }
}
