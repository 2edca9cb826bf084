/**
 * Gives other archive nodes records as they are stored here, and asks them for theirs: with these a damaged log is
 * mended. What is given is unharmed; who asks holds each record against its own tree all the same.
 */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  MAX_REPLICATED,
  primaryFrameShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
  type ReplicaFrame,
} from '../../protocol/wire/index.ts';
import type { ArchiveLog, Mender, StoredRecord } from '../archive/index.ts';

/** Bytes of records in one answer: a frame has room for them and for what names them. */
const MAX_GIVEN_BYTES = (MAX_FRAME_BYTES * 3) / 4;

/** As many as a frame holds; null for the others, which can be asked for again, and for what is damaged here. */
export async function giveRecords(
  log: Pick<ArchiveLog, 'stored'>,
  sequences: readonly number[],
): Promise<([Uint8Array, Uint8Array] | null)[]> {
  const records: ([Uint8Array, Uint8Array] | null)[] = [];
  let left = MAX_GIVEN_BYTES;
  for (const sequence of sequences) {
    const record = left > 0 ? await unharmed(log, sequence) : null;
    left -= record === null ? 0 : record[0].length + record[1].length;
    records.push(left >= 0 || records.length === 0 ? record : null);
  }
  return records;
}

async function unharmed(
  log: Pick<ArchiveLog, 'stored'>,
  sequence: number,
): Promise<[Uint8Array, Uint8Array] | null> {
  try {
    const [record] = await log.stored(sequence, 1);
    return record === undefined ? null : [record.entry, record.stored];
  } catch {
    return null; // damaged here as well: another node may have it
  }
}

/** Answers a node that asks for records and nothing else: the stream is over with that. Who asks was looked at before. */
export async function answerFetch(
  { id, sequences }: Extract<ReplicaFrame, { type: 'fetch' }>,
  channel: FrameChannel,
  log: Pick<ArchiveLog, 'stored'>,
): Promise<void> {
  await writeFrame(channel, { type: 'fetched', id, records: await giveRecords(log, sequences) });
  await channel.close();
}

/**
 * Mends from other archive nodes, asked one after the other until nothing is missing.
 * @param open a replication stream to each of them
 */
export function mendFrom(open: () => readonly (() => Promise<FrameChannel>)[]): Mender {
  return {
    async fetch(sequences) {
      const found = new Map<number, StoredRecord>();
      let reached = false;
      for (const dial of open()) {
        try {
          await ask(dial, sequences, found);
          reached = true;
        } catch {
          // it is away, or follows another: the next may have what is missing
        }
        if (found.size === sequences.length) break;
      }
      return reached ? found : null;
    },
  };
}

/** Asks one node as long as it gives something. */
async function ask(
  dial: () => Promise<FrameChannel>,
  sequences: readonly number[],
  found: Map<number, StoredRecord>,
): Promise<void> {
  for (let before = -1; before < found.size;) {
    before = found.size;
    const missing = sequences.filter((sequence) => !found.has(sequence)).slice(0, MAX_REPLICATED);
    if (missing.length === 0) return;
    const channel = await dial();
    try {
      await writeFrame(channel, { type: 'fetch', id: 0, sequences: missing });
      const answer = valueOf(await readFrame(channel, primaryFrameShape, MAX_FRAME_BYTES, 'records'));
      if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
      if (answer.type !== 'fetched')
        throw new ChanceryError('encoding.malformed', 'the node did not give what was asked for');
      for (const [at, sequence] of missing.entries()) {
        const record = answer.records[at];
        if (record) found.set(sequence, { entry: record[0], stored: record[1] });
      }
    } finally {
      channel.abort(new ChanceryError('node.unreachable', 'the records were all that was asked for'));
    }
  }
}
