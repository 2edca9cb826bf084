/**
 * Messages by who wrote them, in which conversation, and when: by what their headers say, so that they are found when
 * nobody here can open them any more. Guarantees: what is damaged is named, and not passed over.
 */
import { equals } from 'uint8arrays/equals';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { FoundMessage, Sought } from '../../protocol/wire/index.ts';
import { entriesWithin } from '../archive/index.ts';
import type { Ledger, Messages } from '../ledger/index.ts';

/** Entries looked at for one answer: some tens of milliseconds. */
const MAX_LOOKED_AT = 4_096;

/** Rows of a view read at a time. */
const ROWS = 128;

export interface Found {
  readonly messages: readonly FoundMessage[];
  readonly damaged: readonly number[];
  /** To search on from; null at the end. */
  readonly next: number | null;
}

/** What is sought, newest first, from before a sequence number on; `limit` of it at most. */
export async function search(
  { ledger, messages }: { readonly ledger: Ledger; readonly messages: Messages },
  sought: Sought,
  before: number | null,
  limit: number,
): Promise<Found> {
  const { log } = ledger;
  const [from, to] = entriesWithin(log, log.size, sought);
  const start = Math.min(to, before ?? to);
  const found: FoundMessage[] = [];
  const damaged: number[] = [];
  let looked = 0;
  for await (const sequence of candidates(messages, sought, start)) {
    if (sequence < from) break;
    if (looked === MAX_LOOKED_AT || found.length + damaged.length === limit)
      return { messages: found, damaged, next: sequence + 1 };
    looked += 1;
    const message = messageAt(ledger, sequence);
    if (message === 'damaged') damaged.push(sequence);
    else if (message !== undefined && isMeant(message, sought)) found.push(message);
  }
  return { messages: found, damaged, next: null };
}

/** Sequence numbers below `start` that may be meant, falling. */
async function* candidates(
  messages: Messages,
  { about, person, conversation }: Sought,
  start: number,
): AsyncGenerator<number> {
  if (about !== undefined) {
    yield* messages.involving(about, start);
    return;
  }
  if (person === null && conversation === null) {
    for (let sequence = start - 1; sequence >= 0; sequence -= 1) yield sequence;
    return;
  }
  for (let before = start; ;) {
    const rows =
      conversation !== null
        ? await messages.timeline(conversation, before, ROWS)
        : await messages.said(person ?? '', before, ROWS);
    yield* rows;
    if (rows.length < ROWS) return;
    before = rows.at(-1) ?? 0;
  }
}

/** What is known of messages that an index found. */
export function foundAt(ledger: Ledger, sequences: readonly number[]): Pick<Found, 'messages' | 'damaged'> {
  const messages: FoundMessage[] = [];
  const damaged: number[] = [];
  for (const sequence of sequences) {
    const message = messageAt(ledger, sequence);
    if (message === 'damaged') damaged.push(sequence);
    else if (message !== undefined) messages.push(message);
  }
  return { messages, damaged };
}

/** Undefined for an entry that is no message, or one that was disposed of: nothing says any more whose it was. */
function messageAt(ledger: Ledger, sequence: number): FoundMessage | 'damaged' | undefined {
  try {
    const entry = ledger.log.entry(sequence);
    if (entry?.kind !== 'message') return undefined;
    const header = ledger.header('message', sequence);
    if (header === undefined) return undefined;
    const { id: message, conversation, sender, kind } = header;
    return { sequence, time: entry.time, message, conversation, sender, kind };
  } catch (error) {
    if (error instanceof ChanceryError && error.code === 'archive.damaged') return 'damaged';
    if (error instanceof ChanceryError && error.code === 'archive.disposed') return undefined;
    throw error;
  }
}

function isMeant(message: FoundMessage, { person, conversation, only }: Sought): boolean {
  return (
    (only === null || message.kind === 'create' || message.kind === 'membership') &&
    (person === null || message.sender === person) &&
    (conversation === null || equals(message.conversation, conversation))
  );
}
