/**
 * Dates and holds of a store: until when contents are kept, and for which matters besides. One row for each run of
 * sequence numbers, and one for each content that came with a date or a hold; the latest date and every hold that covers a
 * number count. A row that cannot be understood keeps everything.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  heldForKey,
  heldForRange,
  HOLD_PREFIX,
  keptUntilKey,
  numberIn,
  numberValue,
  RETENTION_PREFIX,
  sequenceOf,
} from './keys.ts';
import type { Put, Range, ReadablePairs } from './pairs.ts';
import type { Keep, Run } from './store.ts';

const RUN_BYTES = 1 + 8 + 8;
const UNTIL_BYTES = 8;
const NO_VALUE = new Uint8Array(0);

/** All rows. */
const ROWS: Range = { gte: Uint8Array.of(RETENTION_PREFIX), lt: Uint8Array.of(HOLD_PREFIX + 1) };

/** The row that keeps a run until a time or longer; undefined where that is already so. Throws `internal` for no run or time. */
export function retentionRow(pairs: ReadablePairs, run: Run, until: number): Put | undefined {
  assertNumber(until);
  const key = isSingle(run) ? keptUntilKey(run.from) : runKey(RETENTION_PREFIX, run, NO_VALUE);
  const stored = pairs.getSync(key);
  if (stored !== undefined && untilOf(stored) >= until) return undefined;
  const value = new Uint8Array(UNTIL_BYTES);
  new DataView(value.buffer).setBigUint64(0, BigInt(until));
  return { type: 'put', key, value };
}

/** The row of a matter's hold on a run. Throws `internal` for no run. */
export function holdRow(run: Run, matter: Uint8Array): Put {
  const key = isSingle(run) ? heldForKey(run.from, matter) : runKey(HOLD_PREFIX, run, matter);
  return { type: 'put', key, value: NO_VALUE };
}

/**
 * The rows of what keeps single contents. A date that is stored is never brought forward. @param end nothing is stored
 * from this number on, so nothing is read of it
 */
export function keepRows(
  pairs: ReadablePairs,
  keeps: readonly (Keep & { readonly sequence: number })[],
  end: number,
): Put[] {
  const rows: Put[] = [];
  for (const { sequence, until, matters = [] } of keeps) {
    for (const matter of matters)
      rows.push({ type: 'put', key: heldForKey(sequence, matter), value: NO_VALUE });
    if (until === undefined) continue;
    assertNumber(until);
    const key = keptUntilKey(sequence);
    const stored = sequence < end ? pairs.getSync(key) : undefined;
    if (stored === undefined || (numberIn(stored) ?? until) < until)
      rows.push({ type: 'put', key, value: numberValue(until) });
  }
  return rows;
}

/** Throws `archive.retained` or `archive.held` where one of these must be kept at a time, `archive.damaged` where nobody knows. */
export async function assertDisposable(
  pairs: ReadablePairs,
  sequences: readonly number[],
  time: number,
): Promise<void> {
  sequences.forEach(assertNumber);
  for await (const [key, value] of pairs.iterate(ROWS)) {
    const isHold = key[0] === HOLD_PREFIX;
    const { from, to } = runOf(key);
    const until = isHold ? undefined : untilOf(value);
    if (until !== undefined && until <= time) continue;
    const sequence = sequences.find((one) => one >= from && one < to);
    if (sequence !== undefined) throw kept(sequence, until);
  }
  for (const sequence of sequences) {
    const stored = pairs.getSync(keptUntilKey(sequence));
    const until = stored && numberIn(stored);
    if (stored !== undefined && until === undefined) throw damaged();
    if (until !== undefined && !(until <= time)) throw kept(sequence, until); // no time at all is no reason
    for await (const [key] of pairs.iterate({ ...heldForRange(sequence, sequence + 1), limit: 1 }))
      throw kept(sequenceOf(key), undefined);
  }
}

/** A run of one has a row that is found by its number. */
function isSingle({ from, to }: Run): boolean {
  return Number.isSafeInteger(from) && from >= 0 && to === from + 1;
}

function runKey(prefix: number, { from, to }: Run, matter: Uint8Array): Uint8Array {
  [from, to].forEach(assertNumber);
  if (from >= to) throw new ChanceryError('internal', `there is nothing from ${from} to ${to}; give a run`);
  const key = new Uint8Array(RUN_BYTES + matter.length);
  key[0] = prefix;
  const view = new DataView(key.buffer);
  view.setBigUint64(1, BigInt(from));
  view.setBigUint64(9, BigInt(to));
  key.set(matter, RUN_BYTES);
  return key;
}

function runOf(key: Uint8Array): Run {
  if (key.length < RUN_BYTES) throw damaged();
  const view = new DataView(key.buffer, key.byteOffset);
  return { from: Number(view.getBigUint64(1)), to: Number(view.getBigUint64(9)) };
}

function untilOf(value: Uint8Array): number {
  if (value.length !== UNTIL_BYTES) throw damaged();
  return Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0));
}

function assertNumber(number: number): void {
  if (Number.isSafeInteger(number) && number >= 0) return;
  throw new ChanceryError('internal', `${number} is neither a sequence number nor a time; give whole ones`);
}

/** Why a content stays: until a date, or until holds are released. */
function kept(sequence: number, until: number | undefined): ChanceryError {
  if (until === undefined) {
    return new ChanceryError(
      'archive.held',
      `entry ${sequence} is under a hold, so nothing was disposed of; wait until the hold is released`,
      { facts: { sequence } },
    );
  }
  return new ChanceryError(
    'archive.retained',
    `entry ${sequence} is kept until ${until}, so nothing was disposed of; try again after that`,
    { facts: { sequence, until } },
  );
}

function damaged(): ChanceryError {
  return new ChanceryError(
    'archive.damaged',
    'a retention date or hold of the archive cannot be read, so nothing is disposed of; restore it from a copy',
  );
}
