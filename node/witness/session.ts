/** Our side of a witness stream to a partner: a request, an answer, in time. */
import type { z } from 'zod';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  readFrame,
  refusalOf,
  witnessAnswerShape,
  writeFrame,
  type FrameChannel,
  type WitnessAnswer,
  type WitnessRequest,
} from '../../protocol/wire/index.ts';
import type { Peer } from '../network/index.ts';
import { logOf, type PartnerLog } from './partner-log.ts';

/** Milliseconds for an answer: the partner writes to its disk before it gives one. */
const ANSWER_WITHIN_MS = 20_000;

/** Opens a witness stream to one of a partner's nodes. */
export type OpenWitness = (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;

export interface WitnessSession {
  readonly partner: PartnerLog;
  readonly ask: (request: WitnessRequest) => Promise<WitnessAnswer>;
}

/** Opens a stream to a partner and closes it after `use`. Throws `node.unreachable`, what the partner refused, or `encoding.*`. */
export async function withSession<T>(
  open: OpenWitness,
  domain: string,
  use: (session: WitnessSession) => Promise<T>,
): Promise<T> {
  const { channel, peer } = await open(domain);
  try {
    const partner = logOf(peer);
    if (partner === undefined)
      throw new ChanceryError('certificate.wrong-kind', `${domain} showed no statement key`);
    const result = await use({ partner, ask: (request) => ask(channel, domain, request) });
    await channel.close();
    return result;
  } catch (error) {
    channel.abort(error as Error);
    throw error;
  }
}

async function ask(channel: FrameChannel, domain: string, request: WitnessRequest): Promise<WitnessAnswer> {
  const late = new ChanceryError('node.unreachable', `${domain} did not answer as a witness in time`);
  const timer = setTimeout(() => channel.abort(late), ANSWER_WITHIN_MS);
  try {
    await writeFrame(channel, request);
    const read = await readFrame<z.infer<typeof witnessAnswerShape>>(
      channel,
      witnessAnswerShape,
      MAX_FRAME_BYTES,
      'answer of a witness',
    );
    const answer = valueOf(read);
    if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}
