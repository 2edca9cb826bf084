/** How a stream to a partner's node begins: each side shows the agreement it made with the other. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { Peer } from '../network/index.ts';

export interface Greeting {
  /** Our signed agreement with the partner. */
  readonly agreement: () => Uint8Array;
  /** Checks theirs with us, and may record it; throws `agreement.mismatch` and the like. */
  readonly checkAgreement: (statement: Uint8Array, peer: Peer) => void | Promise<void>;
}

/** Greets, and checks the answer. Throws what either side refuses, or `encoding.malformed`. */
export async function greet(
  channel: FrameChannel,
  peer: Peer,
  { agreement, checkAgreement }: Greeting,
): Promise<void> {
  await writeFrame(channel, { type: 'hello', v: 1, agreement: agreement() });
  const hello = await readFrame(channel, federationAnswerShape, MAX_FRAME_BYTES, 'greeting');
  if (!hello.ok) throw ChanceryError.from(hello.refusal);
  if (hello.value.type === 'refused') throw ChanceryError.from(refusalOf(hello.value).refusal);
  if (hello.value.type !== 'hello')
    throw new ChanceryError('encoding.malformed', 'the partner did not greet');
  await checkAgreement(hello.value.agreement, peer);
}
