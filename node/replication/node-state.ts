/**
 * What a replica would go by if it led, as it says itself: what its log holds tells what it was sent, not what its program makes
 * of it. Asked on a stream of its own, so that one of before this question refuses it and follows on.
 */
import {
  MAX_FRAME_BYTES,
  primaryFrameShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import { accept, ChanceryError, refuse, type Result } from '../../protocol/errors/index.ts';

/** Milliseconds that a node has to answer. */
const ANSWER_WITHIN_MS = 10_000;

export interface NodeState {
  /** The policy that it has in force, 0 for none, and what that says as it reads it; null where it cannot be read. */
  readonly policy: number;
  readonly hash: Uint8Array | null;
  /** Of its program. */
  readonly version: string;
}

export async function answerState(
  channel: FrameChannel,
  { policy, hash, version }: NodeState,
): Promise<void> {
  await writeFrame(channel, { type: 'state', policy, hash, version: version.slice(0, 64) });
  await channel.close();
}

/** Refuses as the node does, or with `encoding.malformed`; throws `node.unreachable` where it does not answer. */
export async function askState(channel: FrameChannel): Promise<Result<NodeState>> {
  const late = new ChanceryError('node.unreachable', 'the node does not answer');
  const timer = setTimeout(() => channel.abort(late), ANSWER_WITHIN_MS);
  try {
    await writeFrame(channel, { type: 'state', v: 1 });
    const answer = await readFrame(channel, primaryFrameShape, MAX_FRAME_BYTES, 'state of a node');
    await channel.close();
    if (!answer.ok) return answer;
    if (answer.value.type === 'refused') return refusalOf(answer.value);
    if (answer.value.type !== 'state')
      return refuse('encoding.malformed', 'the node did not say how it stands');
    const { policy, hash, version } = answer.value;
    return accept({ policy, hash, version });
  } finally {
    clearTimeout(timer);
  }
}
