/**
 * Requests over one long-lived stream: many at a time, answered in any order, matched by their id.
 * Guarantees: every request is answered or fails; one that is not answered in time fails the whole stream, since a
 * stream that says nothing is dead.
 */
import { decodeCbor, encodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  deviceAnswerShape,
  refusalOf,
  type DeviceAnswer,
  type DeviceRequest,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { After } from '../platform.ts';

/** Milliseconds for an answer: a waiting `read` is held for up to 50 seconds. */
const ANSWER_WITHIN_MS = 75_000;

/** Requests waiting for their answers. */
const MAX_OUTSTANDING = 64;

type Ask<T extends DeviceRequest['type']> = Omit<Extract<DeviceRequest, { type: T }>, 'id' | 'type'>;
type Answer<T extends DeviceAnswer['type']> = Extract<DeviceAnswer, { type: T }>;

interface Answers {
  readonly submit: 'submitted';
  readonly read: 'feed';
  readonly history: 'feed';
  readonly versions: 'feed';
  readonly conversations: 'conversations';
  readonly contacts: 'contacts';
  readonly renew: 'renewed';
  readonly begin: 'begun';
  readonly devices: 'devices';
  readonly 'revoke-device': 'device-revoked';
  readonly 'file-begin': 'file-has';
  readonly 'file-put': 'file-has';
  readonly 'file-get': 'file-chunk';
  readonly 'archive-find': 'archive-found';
  readonly 'archive-open': 'archive-opened';
  readonly 'archive-trail': 'archive-trailed';
  readonly 'archive-head': 'archive-headed';
  readonly 'archive-prove': 'archive-proven';
  readonly 'case-list': 'case-listed';
  readonly 'case-show': 'case-shown';
  readonly 'case-events': 'case-events';
  readonly 'case-tag': 'case-shown';
  readonly 'case-note': 'case-shown';
  readonly 'archive-file-begin': 'archive-file-begun';
  readonly 'archive-file-get': 'archive-file-piece';
  readonly 'archive-about': 'archive-about-found';
  readonly 'officer-act': 'officer-acted';
  readonly 'officer-requests': 'officer-requests';
  readonly 'officer-request': 'officer-request';
  readonly 'officer-holds': 'officer-holds';
  readonly 'officer-policy': 'officer-policy';
  readonly 'acknowledge-recording': 'recording-acknowledged';
  readonly 'review-list': 'review-listed';
  readonly 'review-show': 'review-shown';
  readonly 'review-decide': 'review-decided';
  readonly 'message-requests': 'message-requests';
  readonly 'accept-person': 'person-accepted';
  readonly 'decline-person': 'person-declined';
  readonly 'report-message': 'message-reported';
  readonly 'acknowledge-hold': 'hold-acknowledged';
}

interface Waiting {
  readonly expected: DeviceAnswer['type'];
  readonly resolve: (answer: DeviceAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

export class Requests {
  readonly #channel: FrameChannel;
  readonly #after: After;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = Promise.withResolvers<ChanceryError>();
  #failure: ChanceryError | undefined;
  #last = 0;

  constructor(channel: FrameChannel, after: After) {
    this.#channel = channel;
    this.#after = after;
    void this.#listen();
  }

  /** Resolves, with the reason, when the stream is over. */
  get ended(): Promise<ChanceryError> {
    return this.#ended.promise;
  }

  /** Asks and waits for the answer. Throws the code the node refused with, or `node.unreachable` when the stream is lost. */
  async ask<T extends DeviceRequest['type']>(type: T, fields: Ask<T>): Promise<Answer<Answers[T]>> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#waiting.size >= MAX_OUTSTANDING) {
      throw new ChanceryError('limit.exceeded', 'too many requests wait for the node; try again later');
    }
    const id = (this.#last += 1);
    const { promise, resolve, reject } = Promise.withResolvers<DeviceAnswer>();
    const cancel = this.#after(ANSWER_WITHIN_MS, () => this.#fail(lost('the node does not answer')));
    this.#waiting.set(id, { expected: ANSWERS[type], resolve, reject, cancel });
    this.#channel
      .write(encodeCbor({ type, id, ...fields }))
      .catch((error: unknown) => this.#fail(lost('the connection to the node broke', error)));
    const answer = await promise;
    if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
    return answer as Answer<Answers[T]>;
  }

  /** Ends the stream; requests still waiting fail. */
  async close(): Promise<void> {
    this.#end(lost('the connection was closed'));
    await this.#channel.close().catch(() => undefined);
  }

  async #listen(): Promise<void> {
    try {
      for (let frame = await this.#channel.read(); frame !== null; frame = await this.#channel.read()) {
        this.#answered(frame);
      }
      this.#end(lost('the node closed the connection'));
    } catch (error) {
      this.#fail(error instanceof ChanceryError ? error : lost('the connection to the node broke', error));
    }
  }

  #answered(frame: Uint8Array): void {
    const decoded = decodeCbor(frame, MAX_FRAME_BYTES, deviceAnswerShape, 'answer of the node');
    if (!decoded.ok) throw ChanceryError.from(decoded.refusal);
    const answer = decoded.value;
    if (answer.id === 0 && answer.type === 'refused') {
      this.#end(ChanceryError.from(refusalOf(answer).refusal)); // the stream is over, and this is why
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined || (answer.type !== waiting.expected && answer.type !== 'refused')) {
      throw new ChanceryError('encoding.malformed', 'the node answered what was not asked');
    }
    this.#waiting.delete(answer.id);
    waiting.cancel();
    waiting.resolve(answer);
  }

  #fail(error: ChanceryError): void {
    this.#channel.abort(error);
    this.#end(error);
  }

  #end(error: ChanceryError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const waiting of this.#waiting.values()) {
      waiting.cancel();
      waiting.reject(error);
    }
    this.#waiting.clear();
    this.#ended.resolve(error);
  }
}

const ANSWERS: { readonly [T in keyof Answers]: Answers[T] } = {
  submit: 'submitted',
  read: 'feed',
  history: 'feed',
  versions: 'feed',
  conversations: 'conversations',
  contacts: 'contacts',
  renew: 'renewed',
  begin: 'begun',
  devices: 'devices',
  'revoke-device': 'device-revoked',
  'file-begin': 'file-has',
  'file-put': 'file-has',
  'file-get': 'file-chunk',
  'archive-find': 'archive-found',
  'archive-open': 'archive-opened',
  'archive-trail': 'archive-trailed',
  'archive-head': 'archive-headed',
  'archive-prove': 'archive-proven',
  'case-list': 'case-listed',
  'case-show': 'case-shown',
  'case-events': 'case-events',
  'case-tag': 'case-shown',
  'case-note': 'case-shown',
  'archive-file-begin': 'archive-file-begun',
  'archive-file-get': 'archive-file-piece',
  'archive-about': 'archive-about-found',
  'officer-act': 'officer-acted',
  'officer-requests': 'officer-requests',
  'officer-request': 'officer-request',
  'officer-holds': 'officer-holds',
  'officer-policy': 'officer-policy',
  'acknowledge-recording': 'recording-acknowledged',
  'review-list': 'review-listed',
  'review-show': 'review-shown',
  'review-decide': 'review-decided',
  'message-requests': 'message-requests',
  'accept-person': 'person-accepted',
  'decline-person': 'person-declined',
  'report-message': 'message-reported',
  'acknowledge-hold': 'hold-acknowledged',
};

function lost(message: string, cause?: unknown): ChanceryError {
  return new ChanceryError('node.unreachable', message, { cause });
}
