/**
 * Hands a partner the file of a message, before the message: on a stream of its own, from where an earlier one ended.
 * Guarantees: what counts as sent, the partner has whole and on its disk.
 */
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, accept, type Result } from '../../protocol/errors/index.ts';
import { chunksOf, type FileInfo } from '../../protocol/message/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  refusalOf,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { Peer } from '../network/index.ts';
import { greet, type Greeting } from './greeting.ts';

/** Chunks sent and not yet answered for: a mebibyte, less than a stream buffers. */
const CHUNKS_UNDER_WAY = 4;

/** Milliseconds the partner may take to answer for a chunk: the last one waits for its disk. */
const ANSWER_WITHIN_MS = 60_000;

export interface SendFileOptions extends Greeting {
  readonly partner: string;
  readonly open: () => Promise<{ readonly channel: FrameChannel; readonly peer: Peer }>;
  readonly file: FileInfo;
  readonly chunk: (index: number) => Promise<Uint8Array>;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

/** Refuses as the partner does; throws `node.unreachable`, `encoding.malformed`, or what reading a chunk does. */
export async function sendFile(options: SendFileOptions): Promise<Result<void>> {
  const { open, file, chunk, signal } = options;
  const { channel, peer } = await open();
  const stop = (): void => channel.abort(unreachable(options, 'was left'));
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) throw unreachable(options, 'was left');
    await greet(channel, peer, options);
    await writeFrame(channel, { type: 'file-begin', file });
    let has = await answered(channel, options);
    for (let next = has.ok ? has.value : 0; has.ok && has.value < chunksOf(file);) {
      for (; next < Math.min(has.value + CHUNKS_UNDER_WAY, chunksOf(file)); next += 1)
        await writeFrame(channel, {
          type: 'file-put',
          digest: file.digest,
          index: next,
          bytes: await chunk(next),
        });
      const before = has.value;
      has = await answered(channel, options);
      if (has.ok && has.value <= before)
        throw new ChanceryError('encoding.malformed', `${options.partner} answered for no chunk it was sent`);
    }
    await channel.close();
    return has.ok ? accept(undefined) : has;
  } catch (error) {
    channel.abort(error as Error);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function answered(channel: FrameChannel, options: SendFileOptions): Promise<Result<number>> {
  const late = unreachable(options, 'got no answer in time');
  const timer = setTimeout(() => channel.abort(late), ANSWER_WITHIN_MS);
  const frame = await channel.read().finally(() => clearTimeout(timer));
  if (frame === null) throw unreachable(options, 'ended');
  const answer = decodeCbor(frame, MAX_FRAME_BYTES, federationAnswerShape, 'answer about a file');
  if (!answer.ok) throw ChanceryError.from(answer.refusal);
  if (answer.value.type === 'refused') return refusalOf(answer.value);
  if (answer.value.type !== 'file-has' || answer.value.chunks > chunksOf(options.file))
    throw new ChanceryError('encoding.malformed', `${options.partner} answered what was not asked`);
  return accept(answer.value.chunks);
}

function unreachable({ partner }: SendFileOptions, how: string): ChanceryError {
  return new ChanceryError('node.unreachable', `the stream with a file for ${partner} ${how}`);
}
