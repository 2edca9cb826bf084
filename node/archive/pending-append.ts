/**
 * Turns what a caller wants to record into an append that waits for its batch: everything that is stored for it,
 * its leaf hashes, and the promise that is kept once it is durable.
 */
import { encodeEntry, joinSalted, SALT_BYTES, type EntryKind } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { hashLeaf } from '../../protocol/merkle/index.ts';
import type { AdoptableRecord } from './adoption.ts';
import { isViewKey, SEQUENCE_KEY_BYTES } from './keys.ts';
import type { Sealer } from './sealer.ts';
import { encodeStoredEntry } from './stored-entry.ts';
import type { Op } from './pairs.ts';
import type { Keep, Segment, SegmentRecord } from './store.ts';

/** What one record changes in the views: known beforehand, or made once its sequence number and time are known. */
type ViewOps = readonly Op[] | ((sequence: number, time: number) => readonly Op[]);

export interface NewRecord {
  readonly kind: EntryKind;
  readonly content: Uint8Array;
  /** What the views are made from, where that is not the content itself. */
  readonly header?: Uint8Array;
  /** The id of the data key that the content is to be sealed under, if not the archive's own key. */
  readonly dataKey?: Uint8Array;
  readonly ops?: ViewOps;
  /** What keeps it, once its sequence number and time are known. */
  readonly keep?: (sequence: number, time: number) => Keep;
}

export interface Appended {
  /** The sequence number of the first record; the others follow it densely. */
  readonly first: number;
  /** The receipt time of all of them, in milliseconds since 1970. */
  readonly time: number;
}

/** Where a log ends: the sequence number that comes next, and the receipt time that it cannot be before. */
interface LogEnd {
  readonly sequence: number;
  readonly time: number;
}

const NO_HEADER = new Uint8Array(0);

export interface PendingAppend {
  readonly appended: Appended;
  readonly count: number;
  /** What it adds to a batch, in bytes of keys and values. */
  readonly bytes: number;
  readonly leafHashes: readonly Uint8Array[];
  readonly records: readonly SegmentRecord[];
  readonly viewOps: readonly Op[];
  readonly keeps: NonNullable<Segment['keeps']>;
  readonly done: PromiseWithResolvers<Appended>;
}

/** Told of each record's view changes, before those of the next are made. */
export type OnChange = (ops: readonly Op[]) => void;

/** Makes the view changes of a record that is taken over. */
export type OpsOfAdopted = (record: AdoptableRecord, sequence: number) => readonly Op[];

/** Says what keeps a record that is taken over; undefined for nothing. */
export type KeepOfAdopted = (record: AdoptableRecord, sequence: number) => Keep | undefined;

export interface AppendOptions {
  readonly sha256: Sha256;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly sealer: Sealer;
}

/** Throws `internal` where a view's change touches the log's own keys, and whatever a view's function throws. */
export function prepareAppend(
  records: readonly NewRecord[],
  appended: Appended,
  { sha256, randomBytes, sealer }: AppendOptions,
  onChange: OnChange,
): PendingAppend {
  const segment: SegmentRecord[] = [];
  const viewOps: Op[] = [];
  const leafHashes: Uint8Array[] = [];
  const keeps: (Keep & { readonly sequence: number })[] = [];
  const salts = randomBytes(records.length * SALT_BYTES);
  let sequence = appended.first;
  for (const [at, { kind, content, header = NO_HEADER, dataKey, ops = [], keep }] of records.entries()) {
    const salt = salts.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES);
    const salted = joinSalted({ salt, content });
    const commitment = sha256(salted); // as commitTo does, from the same bytes that are sealed
    const stored = sealer.seal({ sequence, kind }, header, salted, dataKey);
    const entry = encodeEntry({ v: 1, kind, time: appended.time, commitment, sealed: sha256(stored) });
    const leafHash = hashLeaf(sha256, entry);
    leafHashes.push(leafHash);
    segment.push({ entry: encodeStoredEntry(leafHash, entry), content: stored });
    const changes = typeof ops === 'function' ? ops(sequence, appended.time) : ops;
    assertViewsOnly(changes);
    onChange(changes);
    viewOps.push(...changes);
    if (keep !== undefined) keeps.push({ sequence, ...keep(sequence, appended.time) });
    sequence += 1;
  }
  return {
    appended,
    count: records.length,
    bytes: bytesOfRecords(segment) + bytesOf(viewOps),
    leafHashes,
    records: segment,
    viewOps,
    keeps,
    done: Promise.withResolvers(),
  };
}

/** The append that takes records over unchanged, at least one, from sequence number `first` on. Throws like `prepareAppend`. */
export function prepareAdopted(
  records: readonly AdoptableRecord[],
  first: number,
  { opsOf, keepOf }: { readonly opsOf: OpsOfAdopted; readonly keepOf?: KeepOfAdopted | undefined },
  onChange: OnChange,
): PendingAppend {
  const segment: SegmentRecord[] = [];
  const viewOps: Op[] = [];
  const keeps: (Keep & { readonly sequence: number })[] = [];
  for (const [at, record] of records.entries()) {
    segment.push({ entry: encodeStoredEntry(record.leafHash, record.entry), content: record.stored });
    const changes = opsOf(record, first + at);
    assertViewsOnly(changes);
    onChange(changes);
    viewOps.push(...changes);
    const keep = keepOf?.(record, first + at);
    if (keep !== undefined) keeps.push({ sequence: first + at, ...keep });
  }
  return {
    appended: { first, time: records.at(-1)?.time ?? 0 },
    count: records.length,
    bytes: bytesOfRecords(segment) + bytesOf(viewOps),
    leafHashes: records.map(({ leafHash }) => leafHash),
    records: segment,
    viewOps,
    keeps,
    done: Promise.withResolvers(),
  };
}

/** Rows of views without an entry of their own: what they say follows from the log. `next` is what comes after it. */
export function prepareDerived(viewOps: readonly Op[], next: Readonly<LogEnd>): PendingAppend {
  assertViewsOnly(viewOps);
  return {
    appended: { first: next.sequence, time: next.time },
    count: 0,
    bytes: bytesOf(viewOps),
    leafHashes: [],
    records: [],
    keeps: [],
    viewOps,
    done: Promise.withResolvers(),
  };
}

/** Throws `internal` for a change of the log's own keys. */
function assertViewsOnly(ops: readonly Op[]): void {
  if (ops.every((op) => isViewKey(op.key))) return;
  throw new ChanceryError(
    'internal',
    'a view may not change the keys of the log; give it a prefix of its own',
  );
}

function bytesOf(ops: readonly Op[]): number {
  return ops.reduce((sum, op) => sum + op.key.length + (op.type === 'put' ? op.value.length : 0), 0);
}

function bytesOfRecords(records: readonly SegmentRecord[]): number {
  return records.reduce(
    (sum, { entry, content }) => sum + 2 * SEQUENCE_KEY_BYTES + entry.length + content.length,
    0,
  );
}
