/**
 * Our side of a stream on which a partner proves its log: one question, one answer, in time. Guarantees: an answer is to
 * what was asked, and pages go on; what they say is for others to judge.
 */
import { logOrigin, openCheckpoint, type SignedCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  reconcileAnswerShape,
  refusalOf,
  readFrame,
  writeFrame,
  type FrameChannel,
  type ReconcileAnswer,
  type ReconcileRequest,
  type ShownEntry,
} from '../../protocol/wire/index.ts';
import type { Peer } from '../network/index.ts';
import { logOf, type PartnerLog } from '../witness/index.ts';
import type { TimeRange } from '../archive/index.ts';

/** Milliseconds for an answer: a page is proven in some hundredths of a second. */
const ANSWER_WITHIN_MS = 20_000;

/** Opens a stream to one of a partner's nodes. */
export type OpenReconcile = (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;

export class Session {
  readonly #channel: FrameChannel;
  readonly partner: PartnerLog;
  /** What everything on this stream is proven under. */
  readonly checkpoint: SignedCheckpoint;

  private constructor(channel: FrameChannel, partner: PartnerLog, checkpoint: SignedCheckpoint) {
    this.#channel = channel;
    this.partner = partner;
    this.checkpoint = checkpoint;
  }

  /** Throws `node.unreachable`, what the partner refused, `checkpoint.*` or `encoding.*`. */
  static async begin(
    open: OpenReconcile,
    domain: string,
    asked: TimeRange & { readonly mutual: boolean },
    suite: CryptoSuite,
  ): Promise<Session> {
    const { channel, peer } = await open(domain);
    try {
      const partner = logOf(peer);
      if (partner === undefined)
        throw new ChanceryError('certificate.wrong-kind', `${domain} showed no statement key`);
      const { since, until, mutual } = asked;
      const begun = await ask(channel, domain, { type: 'begin', v: 1, since, until, mutual }, 'begun');
      const opened = openCheckpoint(begun.checkpoint, logOrigin(domain), partner.publicKey, suite);
      return new Session(channel, partner, valueOf(opened));
    } catch (error) {
      channel.abort(error as Error);
      throw error;
    }
  }

  async page(from: number): Promise<{ entries: readonly ShownEntry[]; next: number | null }> {
    const { entries, next } = await this.#ask({ type: 'page', from }, 'page');
    const { size } = this.checkpoint;
    let last = from - 1;
    for (const { position } of entries) {
      if (position <= last || position >= size) throw this.#strange('its entries are not in their order');
      last = position;
    }
    if (next !== null && (entries.length === 0 || next <= last || next > size))
      throw this.#strange('its pages do not go on where they ended');
    return { entries, next };
  }

  /** What the partner shows in each position; null where it shows nothing. */
  async at(positions: readonly number[]): Promise<readonly (ShownEntry | null)[]> {
    const { entries } = await this.#ask({ type: 'at', positions: [...positions] }, 'at');
    const isMeant = positions.every((position, at) => (entries[at]?.position ?? position) === position);
    if (entries.length !== positions.length || !isMeant)
      throw this.#strange('it showed entries that were not asked for');
    return entries;
  }

  async consistency(size: number): Promise<readonly Uint8Array[] | null> {
    return (await this.#ask({ type: 'consistency', size }, 'consistency')).proof;
  }

  async receipt(position: number): Promise<Uint8Array | null> {
    return (await this.#ask({ type: 'receipt', position }, 'receipt')).receipt;
  }

  close(): Promise<void> {
    return this.#channel.close();
  }

  abort(reason: Error): void {
    this.#channel.abort(reason);
  }

  #ask<T extends ReconcileAnswer['type']>(
    request: ReconcileRequest,
    type: T,
  ): Promise<Extract<ReconcileAnswer, { type: T }>> {
    return ask(this.#channel, this.partner.domain, request, type);
  }

  #strange(what: string): ChanceryError {
    return new ChanceryError('encoding.malformed', `${this.partner.domain} did not show its log: ${what}`);
  }
}

async function ask<T extends ReconcileAnswer['type']>(
  channel: FrameChannel,
  domain: string,
  request: ReconcileRequest,
  type: T,
): Promise<Extract<ReconcileAnswer, { type: T }>> {
  const late = new ChanceryError('node.unreachable', `${domain} did not show its log in time`);
  const timer = setTimeout(() => channel.abort(late), ANSWER_WITHIN_MS);
  try {
    await writeFrame(channel, request);
    const answer = valueOf(
      await readFrame<ReconcileAnswer>(channel, reconcileAnswerShape, MAX_FRAME_BYTES, 'answer'),
    );
    if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
    if (answer.type !== type)
      throw new ChanceryError('encoding.malformed', `${domain} answered what was not asked`);
    return answer as Extract<ReconcileAnswer, { type: T }>;
  } finally {
    clearTimeout(timer);
  }
}
