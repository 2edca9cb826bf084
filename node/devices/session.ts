/**
 * One member's device on its long-lived stream: says what it is, hands in messages, reads its feed, asks for history
 * and contacts. Guarantees: nothing is answered before the device is found to meet the rules, nor after its session;
 * a message is acknowledged only when it is archived; a request that is refused leaves the stream open.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import { count, decodeCbor, encodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, isCode, refuse, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  deviceRequestShape,
  type DeviceAnswer,
  type DeviceRequest,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { CaseDesk } from '../cases/index.ts';
import type { Authority } from '../identity/index.ts';
import type { Disclosure, OfficerFiles, SubjectAccess } from '../disclosure/index.ts';
import type { Intake } from '../intake/index.ts';
import {
  conversationFor,
  conversationsFor,
  type Device,
  type Ledger,
  type Members,
  type Signers,
} from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import type { OversightDesk } from '../oversight/index.ts';
import type { MemberDesk, OfficerDesk } from '../review/index.ts';
import type { Notice } from '../recording/index.ts';
import type { Custodians } from '../retention/index.ts';
import type { Contacts } from './contacts.ts';
import type { MemberFiles } from './member-files.ts';
import { SESSION_OVER, type DeviceControl } from './control.ts';
import type { Feed, Page } from './feed.ts';
import type { OwnDevices } from './own-devices.ts';
import { DeviceStanding } from './standing.ts';
import { DeviceStream, DeviceStreams } from './streams.ts';
import { Submissions } from './submissions.ts';

/** Requests of one device being answered at a time; more wait in the stream. */
const MAX_CONCURRENT = 32;

/** Milliseconds a waiting `read` is held before it is answered empty, so that a dead stream is noticed. */
const WAIT_MS = 50_000;

export interface SessionOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly signers: Signers;
  readonly intake: Intake;
  readonly feed: Feed;
  readonly authority: Authority;
  readonly control: DeviceControl;
  readonly ownDevices: OwnDevices;
  readonly contacts: Contacts;
  readonly disclosure: Disclosure;
  readonly cases: CaseDesk;
  readonly officerFiles: OfficerFiles;
  readonly subjectAccess: SubjectAccess;
  readonly memberFiles: MemberFiles;
  readonly oversightDesk: OversightDesk;
  readonly officerDesk: OfficerDesk;
  readonly memberDesk: MemberDesk;
  readonly notice: Notice;
  readonly custodians: Pick<Custodians, 'pending' | 'acknowledge'>;
  readonly clock: () => number;
  readonly log: Logger;
}

export class DeviceSessions {
  readonly #options: SessionOptions;
  readonly #streams = new DeviceStreams();
  readonly #standing: DeviceStanding;
  readonly #submissions: Submissions;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#standing = new DeviceStanding(options);
    this.#submissions = new Submissions(options);
  }

  /** Serves one stream of a device until it ends. Requests run side by side; submissions begin in their order. */
  async serve(channel: FrameChannel, peer: Peer): Promise<void> {
    const underWay = new Set<Promise<void>>();
    const stream = new DeviceStream(channel);
    this.#streams.add(peer.id, stream);
    try {
      for (;;) {
        const frame = await channel.read();
        if (frame === null) break;
        const request = decodeCbor(frame, MAX_FRAME_BYTES, deviceRequestShape, 'request');
        if (!request.ok) {
          const { code, message } = request.refusal;
          await channel.write(encodeCbor({ type: 'refused', id: idOf(frame), code, message }));
          continue;
        }
        const answering = this.#answer(request.value, peer, stream)
          .then((answer) => channel.write(encodeCbor(answer)))
          .catch((error: unknown) => channel.abort(error as Error))
          .finally(() => underWay.delete(answering));
        underWay.add(answering);
        if (underWay.size >= MAX_CONCURRENT) await Promise.race(underWay);
      }
    } finally {
      stream.closed();
      this.#streams.delete(peer.id, stream);
    }
    await Promise.all(underWay);
    await channel.close();
  }

  /**
   * Ends the streams of a device that may no longer be here, telling it why; whether it may have something left to say.
   * One that was revoked may have heard before, and be about to report that it is wiped.
   */
  dismiss(peerId: string): boolean {
    const standing = this.#standing.ofKey(peerId);
    if (standing.ok) return false;
    const streams = this.#streams.of(peerId);
    for (const stream of streams) stream.end(standing.refusal);
    return streams.length > 0 || standing.refusal.code === 'device.revoked';
  }

  async #answer(request: DeviceRequest, peer: Peer, stream: DeviceStream): Promise<DeviceAnswer> {
    const { id } = request;
    try {
      const answer = await this.#admitted(request, peer, stream);
      if ('ok' in answer)
        return { type: 'refused', id, code: answer.refusal.code, message: answer.refusal.message };
      return answer;
    } catch (error) {
      const code = error instanceof ChanceryError ? error.code : 'internal';
      if (!isCode(code) || code === 'internal') this.#options.log.error({ err: error }, 'request failed');
      return { type: 'refused', id, code, message: (error as Error).message.slice(0, 512) };
    }
  }

  /** Nothing but the beginning of a session is answered to a device that has none. */
  async #admitted(
    request: DeviceRequest,
    peer: Peer,
    stream: DeviceStream,
  ): Promise<DeviceAnswer | Extract<Result<never>, { ok: false }>> {
    const standing = this.#standing.of(peer, request.type);
    if (!standing.ok) return standing;
    if (request.type === 'begin') return this.#begin(request, standing.value, peer, stream);
    const session = this.#options.control.session(peer);
    return session.ok ? this.#perform(request, standing.value, peer, stream.over) : session;
  }

  async #begin(
    request: Extract<DeviceRequest, { type: 'begin' }>,
    device: Device,
    peer: Peer,
    stream: DeviceStream,
  ): Promise<DeviceAnswer | Extract<Result<never>, { ok: false }>> {
    const { control, clock } = this.#options;
    const ends = await control.begin(request, device, peer);
    if (!ends.ok) return ends;
    stream.endAfter(ends.value - clock(), SESSION_OVER);
    const { id, languages, holdNotices: tells = false } = request;
    const notice = languages && this.#options.notice.for(languages, device);
    const holdNotices = tells ? this.#options.custodians.pending(device.address) : [];
    return {
      ...{ type: 'begun', id, ends: ends.value, idleLock: control.idleLockMs },
      ...(notice === undefined ? {} : { notice }),
      ...(holdNotices.length === 0 ? {} : { holdNotices }),
    };
  }

  async #perform(
    request: Exclude<DeviceRequest, { type: 'begin' }>,
    device: Device,
    peer: Peer,
    ended: AbortSignal,
  ): Promise<DeviceAnswer | Extract<Result<never>, { ok: false }>> {
    const { feed, ledger, authority, members, ownDevices } = this.#options;
    const { address } = device;
    const { id } = request;
    switch (request.type) {
      case 'submit': {
        const may = this.#options.notice.mayWrite(device);
        if (!may.ok) return may;
        return { type: 'submitted', id, results: await this.#submissions.take(request, peer, address) };
      }
      case 'acknowledge-recording': {
        const acknowledged = await this.#options.notice.acknowledge(device, request.version);
        return acknowledged.ok ? { type: 'recording-acknowledged', id } : acknowledged;
      }
      case 'acknowledge-hold': {
        const acknowledged = await this.#options.custodians.acknowledge(device, request.hold);
        return acknowledged.ok ? { type: 'hold-acknowledged', id } : acknowledged;
      }
      case 'read':
        return this.#readWhileStanding(request, peer, address, ended);
      case 'history': {
        if (conversationFor(ledger, address, request.conversation) === undefined) {
          return refuse('message.unknown-conversation', 'you are not in a conversation of that id');
        }
        return {
          type: 'feed',
          id,
          ...(await feed.history(request.conversation, address, request.before, request.limit)),
        };
      }
      case 'versions':
        return { type: 'feed', id, ...(await feed.versions(request.message, address)) };
      case 'file-begin':
        return fileHas(id, await this.#options.memberFiles.begin(peer.identity.leaf.publicKey, request));
      case 'file-put':
        return fileHas(id, await this.#options.memberFiles.put(peer.identity.leaf.publicKey, request));
      case 'file-get': {
        const chunk = await this.#options.memberFiles.chunk(address, request);
        return chunk.ok ? { type: 'file-chunk', id, bytes: chunk.value } : chunk;
      }
      case 'conversations': {
        const found = await conversationsFor(ledger, address, request.after, request.limit);
        const conversations = found.map((conversation) => ({
          ...conversation,
          members: [...conversation.members],
        }));
        const full = found.length === request.limit;
        return { type: 'conversations', id, conversations, after: full ? (found.at(-1)?.id ?? null) : null };
      }
      case 'contacts':
        return { type: 'contacts', id, ...(await this.#options.contacts.page(request)) };
      case 'renew': {
        const renewed = await authority.renewDevice(device, peer.identity.leaf.serial, members);
        return renewed.ok ? { type: 'renewed', id, bundle: renewed.value } : renewed;
      }
      case 'devices':
        return { type: 'devices', id, devices: await ownDevices.list(device) };
      case 'revoke-device': {
        const revoked = await ownDevices.revoke(device, request.serial, request.reason);
        return revoked.ok ? { type: 'device-revoked', id, serial: request.serial } : revoked;
      }
      case 'archive-find':
        return answerOf(await this.#options.disclosure.find(request, device));
      case 'archive-open':
        return answerOf(await this.#options.disclosure.open(request, device));
      case 'archive-trail':
        return answerOf(await this.#options.disclosure.trail(request, device));
      case 'archive-head':
        return answerOf(await this.#options.disclosure.head(request, device));
      case 'archive-prove':
        return answerOf(this.#options.disclosure.prove(request, device));
      case 'case-list':
      case 'case-show':
      case 'case-events':
      case 'case-tag':
      case 'case-note':
        return this.#options.cases.answer(request, device);
      case 'review-list':
      case 'review-show':
      case 'review-decide':
        return this.#options.officerDesk.answer(request, device);
      case 'message-requests':
      case 'accept-person':
      case 'decline-person':
      case 'report-message':
        return this.#options.memberDesk.answer(request, device);
      case 'archive-file-begin':
        return answerOf(await this.#options.officerFiles.begin(request, device));
      case 'archive-file-get':
        return answerOf(await this.#options.officerFiles.piece(request, device));
      case 'archive-about':
        return answerOf(await this.#options.subjectAccess.find(request, device));
      case 'officer-act':
      case 'officer-requests':
      case 'officer-request':
      case 'officer-holds':
      case 'officer-policy': {
        const { leaf, bundle } = peer.identity;
        const acting = { device, publicKey: leaf.publicKey, chain: bundle.chain };
        return answerOf(await this.#options.oversightDesk.answer(request, acting));
      }
    }
  }

  /** What came while the device waited is not for it when it was revoked meanwhile, or its session ended. */
  async #readWhileStanding(
    request: Extract<DeviceRequest, { type: 'read' }>,
    peer: Peer,
    address: string,
    ended: AbortSignal,
  ): Promise<DeviceAnswer | Extract<Result<never>, { ok: false }>> {
    const stands = (): boolean => this.#standing.of(peer, 'read').ok;
    const page = await this.#read(request, address, ended, stands);
    const standing = this.#standing.of(peer, 'read');
    const session = standing.ok ? this.#options.control.session(peer) : standing;
    return session.ok ? { type: 'feed', id: request.id, ...page } : session;
  }

  async #read(
    { cursor, limit, wait }: Extract<DeviceRequest, { type: 'read' }>,
    address: string,
    ended: AbortSignal,
    stands: () => boolean,
  ): Promise<Page> {
    const { feed, ledger } = this.#options;
    const deadline = AbortSignal.any([ended, AbortSignal.timeout(WAIT_MS)]);
    for (;;) {
      const grown = Promise.withResolvers<undefined>();
      const stop = ledger.log.onCommit(() => grown.resolve(undefined));
      const giveUp = (): void => grown.resolve(undefined);
      deadline.addEventListener('abort', giveUp);
      try {
        const page = await feed.read(address, cursor, limit);
        if (page.items.length > 0 || !wait || deadline.aborted || !stands()) return page;
        await grown.promise;
      } finally {
        stop();
        deadline.removeEventListener('abort', giveUp);
      }
    }
  }
}

function fileHas(id: number, chunks: Result<number>): DeviceAnswer | Extract<Result<never>, { ok: false }> {
  return chunks.ok ? { type: 'file-has', id, chunks: chunks.value } : chunks;
}

function answerOf<T>(answer: Result<T>): T | Extract<Result<never>, { ok: false }> {
  return answer.ok ? answer.value : answer;
}

/** The id that a request has even where the rest of it is wrong; 0 where it has none. */
function idOf(frame: Uint8Array): number {
  const request = decodeCbor(frame, MAX_FRAME_BYTES, z.looseObject({ id: count }), 'request');
  return request.ok ? request.value.id : 0;
}
