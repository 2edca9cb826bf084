/**
 * Has the file of a message back from a partner that holds it, where our log was set back: to where files wait for their
 * message. Guarantees: it is whole only once it has the hash that the message names.
 */
import { ChanceryError, accept, valueOf, type Result } from '../../protocol/errors/index.ts';
import { chunksOf, type FileInfo } from '../../protocol/message/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { IncomingFiles } from '../attachments/index.ts';
import type { AskHeldOptions } from './ask-held.ts';
import { greet } from './greeting.ts';

/** Milliseconds for one chunk. */
const CHUNK_WITHIN_MS = 60_000;

export interface HeldFileWanted {
  readonly partner: string;
  readonly message: Uint8Array;
  readonly file: FileInfo;
  /** In whose name the file waits: see `fileSourceOf`. */
  readonly source: string;
}

export type AskHeldFileOptions = Pick<AskHeldOptions, 'open' | 'agreement' | 'checkAgreement'> & {
  readonly incoming: Pick<IncomingFiles, 'begin' | 'put'>;
};

/** Refuses as the partner does, and with `attachment.*`; throws `node.unreachable`, `encoding.malformed`. */
export async function askHeldFile(
  { open, agreement, checkAgreement, incoming }: AskHeldFileOptions,
  { partner, message, file, source }: HeldFileWanted,
): Promise<Result<void>> {
  const begun = await incoming.begin(source, file);
  if (!begun.ok) return begun;
  const { channel, peer } = await open(partner);
  try {
    await greet(channel, peer, { agreement: () => agreement(partner), checkAgreement });
    for (let index = begun.value; index < chunksOf(file); index += 1) {
      const bytes = await askChunk(channel, partner, message, index);
      const taken = bytes.ok ? await incoming.put(source, file.digest, index, bytes.value) : bytes;
      if (!taken.ok) return taken;
    }
    await channel.close();
    return accept(undefined);
  } finally {
    channel.abort(new ChanceryError('node.unreachable', 'the file was all that was asked for'));
  }
}

async function askChunk(
  channel: FrameChannel,
  partner: string,
  message: Uint8Array,
  index: number,
): Promise<Result<Uint8Array>> {
  const late = new ChanceryError('node.unreachable', `${partner} did not send a chunk of a file in time`);
  const timer = setTimeout(() => channel.abort(late), CHUNK_WITHIN_MS);
  try {
    await writeFrame(channel, { type: 'held-file', message, index });
    const answer = valueOf(
      await readFrame(channel, federationAnswerShape, MAX_FRAME_BYTES, 'chunk of a file'),
    );
    if (answer.type === 'refused') return refusalOf(answer);
    if (answer.type === 'held-chunk') return accept(answer.bytes);
    throw new ChanceryError('encoding.malformed', `${partner} answered what was not asked`);
  } finally {
    clearTimeout(timer);
  }
}
