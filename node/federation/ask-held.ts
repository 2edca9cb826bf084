/**
 * Asks a partner for what it holds of our log beyond a position, where our log was set back. Guarantees: what is taken was
 * signed by the device that it names, of the organisation that sent it; positions are the partner's word.
 */
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { decodeMessage, verifyMessage } from '../../protocol/message/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
  type HeldPage,
} from '../../protocol/wire/index.ts';
import type { KnownSigner, Signers } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { greet, type Greeting } from './greeting.ts';

/** Messages that are taken of one partner, and bytes of them: days of a busy organisation. */
const MAX_MESSAGES = 200_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Milliseconds for one page. */
const PAGE_WITHIN_MS = 20_000;

/** A message that a partner holds, and that our log lacks. */
export interface HeldMessage {
  readonly id: Uint8Array;
  readonly partner: string;
  /** Where it was in our log, where it is in the partner's, and when that archived it (milliseconds). */
  readonly position: number;
  readonly at: number;
  readonly time: number;
  /** Whether we sent it. */
  readonly sent: boolean;
  readonly envelope: Uint8Array;
  readonly signer: KnownSigner;
}

export interface AskHeldOptions {
  readonly domain: string;
  readonly open: (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;
  readonly agreement: (partner: string) => Uint8Array;
  readonly checkAgreement: Greeting['checkAgreement'];
  readonly signers: Signers;
  readonly suite: CryptoSuite;
}

/** All that a partner holds from a position of our log on, by position. Throws what the partner refuses, or `encoding.malformed`. */
export async function askHeld(
  options: AskHeldOptions,
  partner: string,
  from: number,
): Promise<HeldMessage[]> {
  const { open, agreement, checkAgreement } = options;
  const { channel, peer } = await open(partner);
  try {
    await greet(channel, peer, { agreement: () => agreement(partner), checkAgreement });
    const held: HeldMessage[] = [];
    let bytes = 0;
    for (let before: number | null = null; ;) {
      const page: HeldPage = await askPage(channel, partner, from, before);
      const taken = read(page, options, partner, from);
      held.push(...taken);
      bytes += taken.reduce((sum, { envelope }) => sum + envelope.length, 0);
      if (held.length > MAX_MESSAGES || bytes > MAX_BYTES)
        throw new ChanceryError('limit.exceeded', `${partner} holds more messages than can be taken back`);
      if (page.before === null) break;
      if (page.before >= (before ?? Infinity)) throw malformed(partner, 'does not go on where it ended');
      before = page.before;
    }
    await channel.close();
    return held.toSorted((a, b) => a.position - b.position);
  } catch (error) {
    channel.abort(error as Error);
    throw error;
  }
}

async function askPage(
  channel: FrameChannel,
  partner: string,
  from: number,
  before: number | null,
): Promise<HeldPage> {
  const late = new ChanceryError('node.unreachable', `${partner} did not say in time what it holds`);
  const timer = setTimeout(() => channel.abort(late), PAGE_WITHIN_MS);
  try {
    await writeFrame(channel, { type: 'held', from, before });
    const answer = valueOf(await readFrame(channel, federationAnswerShape, MAX_FRAME_BYTES, 'what is held'));
    if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
    if (answer.type !== 'held') throw malformed(partner, 'is no answer to what was asked');
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

function read(
  { messages, chains }: HeldPage,
  { domain, signers, suite }: AskHeldOptions,
  partner: string,
  from: number,
): HeldMessage[] {
  const shown = new Map<string, KnownSigner>();
  for (const chain of chains) {
    const signer = valueOf(signers.verify(chain));
    shown.set(toString(signer.hash, 'base64'), signer);
  }
  return messages.map(({ envelope, position, at, time, sent }) => {
    const message = valueOf(decodeMessage(envelope, suite));
    const signer = shown.get(toString(message.device, 'base64'));
    if (signer === undefined || position < from || signer.domain !== (sent ? domain : partner))
      throw malformed(partner, 'names what is not of this log');
    valueOf(verifyMessage(message, signer, Infinity, suite));
    return { id: message.id, partner, position, at, time, sent, envelope, signer };
  });
}

function malformed(partner: string, why: string): ChanceryError {
  return new ChanceryError('encoding.malformed', `what ${partner} says that it holds ${why}`);
}
