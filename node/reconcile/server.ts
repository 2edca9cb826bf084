/**
 * Serves partners who compare their log with ours. Guarantees: partners with an agreement only, looked up for each
 * request; one stream of a partner is served at a time, and takes at most half of this process's time.
 */
import type { Logger } from 'pino';
import { readCheckpoint } from '../../protocol/checkpoint/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, accept, refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  reconcileRequestShape,
  refusalFrame,
  writeFrame,
  type FrameChannel,
  type ReconcileAnswer,
  type ReconcileRequest,
} from '../../protocol/wire/index.ts';
import type { Trust } from '../identity/index.ts';
import type { Exchanges, Ledger } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { Exhibit } from './exhibit.ts';
import type { TimeRange } from '../archive/index.ts';

/** Milliseconds without a request after which a stream is ended: it keeps the partner's others out. */
const IDLE_MS = 120_000;

/** Streams of one partner: the one that is served, and one that waits. */
const MAX_STREAMS = 2;

export interface ReconcileServerOptions {
  readonly ledger: Ledger;
  readonly exchanges: Exchanges;
  readonly trust: Pick<Trust, 'partner'>;
  /** The signed checkpoint of the log as it is. */
  readonly checkpoint: () => Promise<string>;
  /** A partner compares its log with ours, and would have us do the same. */
  readonly onAsked: (partner: string, range: TimeRange) => void;
  readonly clock: () => number;
  readonly log: Logger;
}

export class ReconcileServer {
  readonly #options: ReconcileServerOptions;
  /** The streams of each partner: how many, and the end of the last. */
  readonly #turns = new Map<string, { count: number; last: Promise<unknown> }>();

  constructor(options: ReconcileServerOptions) {
    this.#options = options;
  }

  /** Serves one stream of a partner's node until it ends. */
  async serve(channel: FrameChannel, peer: Peer): Promise<void> {
    const { domain } = peer.identity;
    const turn = this.#turns.get(domain) ?? { count: 0, last: Promise.resolve() };
    if (turn.count >= MAX_STREAMS) {
      await writeFrame(channel, refusalFrame(busy(domain).refusal));
      return channel.close();
    }
    this.#turns.set(domain, turn);
    turn.count += 1;
    const served = turn.last.then(() => this.#answerAll(channel, domain));
    turn.last = served.catch(() => undefined);
    try {
      await served;
      await channel.close();
    } finally {
      turn.count -= 1;
      if (turn.count === 0) this.#turns.delete(domain);
    }
  }

  async #answerAll(channel: FrameChannel, partner: string): Promise<void> {
    const { trust, clock } = this.#options;
    let exhibit: Exhibit | undefined;
    for (;;) {
      const frame = await readWithin(channel);
      if (frame === null) return;
      const began = clock();
      const request = decodeCbor(frame, MAX_FRAME_BYTES, reconcileRequestShape, 'request to reconcile');
      const allowed = trust.partner(partner);
      if (!request.ok || !allowed.ok) {
        const { refusal } = request.ok ? (allowed as Extract<typeof allowed, { ok: false }>) : request;
        return writeFrame(channel, refusalFrame(refusal));
      }
      const answer = await this.#answer(request.value, partner, exhibit);
      if (!answer.ok) return writeFrame(channel, refusalFrame(answer.refusal));
      exhibit = answer.value.exhibit;
      await writeFrame(channel, answer.value.frame);
      await pause(clock() - began);
    }
  }

  async #answer(
    request: ReconcileRequest,
    partner: string,
    exhibit: Exhibit | undefined,
  ): Promise<Result<{ frame: ReconcileAnswer; exhibit: Exhibit }>> {
    try {
      if (request.type === 'begin') return accept(await this.#begin(request, partner));
      if (exhibit === undefined) return refuse('encoding.malformed', 'the first frame says what to compare');
      return accept({ frame: await show(exhibit, request), exhibit });
    } catch (error) {
      const { code, message } =
        error instanceof ChanceryError
          ? error
          : { code: 'internal' as const, message: 'the log was not shown' };
      this.#options.log.warn({ partner, code, err: error }, 'the log could not be shown to a partner');
      return refuse(code, message);
    }
  }

  async #begin(
    { since, until, mutual }: Extract<ReconcileRequest, { type: 'begin' }>,
    partner: string,
  ): Promise<{ frame: ReconcileAnswer; exhibit: Exhibit }> {
    const { ledger, exchanges, checkpoint, onAsked, log } = this.#options;
    const note = await checkpoint();
    const { size } = valueOf(readCheckpoint(note));
    const range = { since, until };
    const exhibit = new Exhibit({ ledger, exchanges, partner, size, range });
    log.info({ partner, size, mutual }, `${partner} compares its archive with ours`);
    if (mutual) onAsked(partner, range);
    return { frame: { type: 'begun', checkpoint: note }, exhibit };
  }
}

function show(
  exhibit: Exhibit,
  request: Exclude<ReconcileRequest, { type: 'begin' }>,
): ReconcileAnswer | Promise<ReconcileAnswer> {
  switch (request.type) {
    case 'page':
      return exhibit.page(request.from);
    case 'at':
      return exhibit.at(request.positions);
    case 'consistency':
      return exhibit.consistency(request.size);
    case 'receipt':
      return exhibit.receipt(request.position);
  }
}

function busy(domain: string): ReturnType<typeof refuse> {
  return refuse(
    'limit.exceeded',
    `${domain} compares its archive with this one already; try again when it is done`,
  );
}

async function readWithin(channel: FrameChannel): Promise<Uint8Array | null> {
  const idle = new ChanceryError('limit.exceeded', 'no request came in time');
  const timer = setTimeout(() => channel.abort(idle), IDLE_MS);
  timer.unref();
  return channel.read().finally(() => clearTimeout(timer));
}

/** Lets everything else go on for as long as the answer took. */
function pause(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  setTimeout(resolve, Math.max(0, milliseconds), undefined);
  return promise;
}
