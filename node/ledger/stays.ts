/**
 * When people of partners were in which conversation: of each the entry with which they came, and the one with which they
 * left. Our own members have feeds, which say as much.
 */
import { equals } from 'uint8arrays/equals';
import { domainOf, type Conversation } from '../../protocol/conversation/index.ts';
import type { Op } from '../archive/index.ts';
import { put } from './fact.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { Views } from './view.ts';

const CAME = Uint8Array.of(1);
const LEFT = Uint8Array.of(0);

const ID_BYTES = 32;
const SEQUENCE_BYTES = 8;

/** Rows of a conversation read at a time. */
const ROWS = 128;

/** A person in a conversation: from and until which entries, both with them; `until` is null while they are. */
export interface Stay {
  readonly conversation: Uint8Array;
  readonly from: number;
  readonly until: number | null;
}

/** What a change of a conversation says of who came and left. */
export function stayOps(
  { domain, keys }: Views,
  before: Conversation | undefined,
  after: Conversation,
  sequence: number,
): Op[] {
  const strangers = (some: readonly string[]): string[] => some.filter((one) => domainOf(one) !== domain);
  const [were, are] = [strangers(before?.members ?? []), strangers(after.members)];
  return [
    ...are.filter((one) => !were.includes(one)).map((one) => put(keys.stay(one, after.id, sequence), CAME)),
    ...were.filter((one) => !are.includes(one)).map((one) => put(keys.stay(one, after.id, sequence), LEFT)),
  ];
}

export async function staysOf(ledger: Ledger, address: string): Promise<Stay[]> {
  const stays: Stay[] = [];
  for await (const [key, value] of ledger.iterate(ledger.keys.within('stay', address))) {
    const at = decodeSequence(key);
    const conversation = key.slice(-ID_BYTES - SEQUENCE_BYTES, -SEQUENCE_BYTES);
    const last = stays.at(-1);
    if (equals(value, CAME)) stays.push({ conversation, from: at, until: null });
    else if (last !== undefined && equals(last.conversation, conversation))
      stays.splice(-1, 1, { ...last, until: at });
  }
  return stays;
}

type Timeline = (conversation: Uint8Array, before: number, limit: number) => Promise<number[]>;

/** Positions below `before`, newest first, of all that lies in some stays. */
export async function* inStays(
  stays: readonly Stay[],
  before: number,
  timeline: Timeline,
): AsyncGenerator<number, void, undefined> {
  for (let below = before; ;) {
    const found = new Set<number>();
    // what lies lower may be preceded by what was not read yet
    let whole = 0;
    for (const { conversation, from, until } of stays) {
      const rows = await timeline(conversation, Math.min(below, (until ?? below) + 1), ROWS);
      for (const sequence of rows) if (sequence >= from) found.add(sequence);
      const last = rows.at(-1) ?? 0;
      if (rows.length === ROWS && last > from) whole = Math.max(whole, last);
    }
    yield* [...found].filter((sequence) => sequence >= whole).sort((a, b) => b - a);
    if (whole === 0) return;
    below = whole;
  }
}
