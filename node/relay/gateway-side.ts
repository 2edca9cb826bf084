/**
 * The gateway's end of the relay. It checks what needs no memory (the chain, the key), asks the archive for the rest,
 * and passes frames on. It holds nothing that can be lost: with its archive away, it tells everybody so.
 */
import { peerIdFromString } from '@libp2p/peer-id';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { verifyHandovers } from '../../protocol/certificate/index.ts';
import {
  verifyBundle,
  type VerificationContext,
  type VerifiedIdentity,
} from '../../protocol/identity/index.ts';
import {
  MAX_FRAME_BYTES,
  readFrame,
  refusalFrame,
  refusalOf,
  relayAnswerShape,
  relayRequestShape,
  writeFrame,
  type FrameChannel,
  type RelayAnswer,
  type RelayRequest,
} from '../../protocol/wire/index.ts';
import { within, type Host, type Peer } from '../network/index.ts';
import { pipe } from './pipe.ts';

/** Milliseconds for an answer of the archive: a peer has PROVE_WITHIN_MS to prove itself, and is told within it. */
const ANSWER_WITHIN_MS = 3_000;

export interface GatewaySideOptions {
  readonly domain: string;
  /** The root known so far: a later one is followed where it was handed over. */
  readonly rootId: string;
  readonly context: VerificationContext;
  readonly clock: () => number;
  readonly host: () => Host;
  /** Whether a peer of our own is let in without asking the archive, which may be away. */
  readonly recognise: (peer: Peer) => boolean;
  /** The archive node: peer id and addresses. */
  readonly archive: { readonly peerId: string; readonly addresses: readonly string[] };
}

export class GatewaySide {
  readonly #options: GatewaySideOptions;
  #rootId: string;

  constructor(options: GatewaySideOptions) {
    this.#options = options;
    this.#rootId = options.rootId;
  }

  /** The root of our organisation, as far as it was handed over. */
  get rootId(): string {
    return this.#rootId;
  }

  /** Whether a peer may come in: the chain is checked here, the trust at the archive. */
  async admit(peerId: string, bundle: Uint8Array): Promise<Result<Peer>> {
    const { context, clock, domain, archive } = this.#options;
    const { publicKey } = peerIdFromString(peerId);
    if (publicKey?.type !== 'Ed25519')
      return refuse('identity.key-mismatch', 'the peer’s key is not an Ed25519 key');
    const identity = await verifyBundle(bundle, publicKey.raw, Math.floor(clock() / 1000), context);
    if (!identity.ok) return identity;
    const own = identity.value.domain === domain;
    const peer: Peer = { id: peerId, identity: identity.value, own, bundle };
    if (peerId === archive.peerId) {
      const followed = own
        ? this.#follow(identity.value)
        : refuse('identity.root-mismatch', `the archive node is not of ${domain}`);
      return followed.ok ? accept(peer) : followed;
    }
    if (own && identity.value.rootId === this.#rootId && this.#options.recognise(peer)) return accept(peer);
    const answer = await this.#ask({ type: 'admit', peer: peerId, bundle });
    if (!answer.ok) return answer;
    await answer.value.channel.close();
    return accept(peer);
  }

  #follow({ domain, rootId, bundle }: VerifiedIdentity): Result<unknown> {
    if (rootId === this.#rootId) return accept(undefined);
    if (bundle.handovers === null)
      return refuse('identity.handover-needed', `the archive node shows another root of ${domain}; ask how`);
    const question = { domain, from: this.#rootId, to: rootId };
    const followed = verifyHandovers(bundle.handovers, question, this.#options.context.suite);
    if (followed.ok) this.#rootId = rootId;
    return followed;
  }

  /** The bundle to show, as the archive makes it now. */
  async fetchBundle(): Promise<Uint8Array> {
    const asked = await this.#ask({ type: 'bundle' });
    if (!asked.ok) throw ChanceryError.from(asked.refusal);
    await asked.value.channel.close();
    if (asked.value.answer.type !== 'bundle')
      throw new ChanceryError('encoding.malformed', 'the archive sent no bundle');
    return asked.value.answer.bundle;
  }

  /** Passes a stream of a peer's on to the archive. */
  async relay(
    protocol: Extract<RelayRequest, { type: 'open' }>['protocol'],
    channel: FrameChannel,
    peer: { readonly id: string; readonly bundle: Uint8Array | null },
  ): Promise<void> {
    const opened = await this.#ask({ type: 'open', protocol, peer: peer.id, bundle: peer.bundle });
    if (opened.ok) {
      await pipe(channel, opened.value.channel);
      // the archive ended the session, or the device left: it proves itself anew before the next
      if (protocol === 'device') await this.#options.host().drop(peer.id);
      return;
    }
    const frame = refusalFrame(opened.refusal);
    await writeFrame(channel, protocol === 'device' ? { ...frame, id: 0 } : frame);
    await channel.close();
  }

  /** Serves a stream of the archive's: dials a partner for it. */
  async serve(channel: FrameChannel, peer: Peer): Promise<void> {
    const request = await readFrame(channel, relayRequestShape, MAX_FRAME_BYTES, 'relay request');
    const refusal = request.ok
      ? peer.id === this.#options.archive.peerId && request.value.type === 'dial'
        ? await this.#dial(request.value, channel)
        : refuse('peer.unauthorized', 'only this organisation’s archive may dial through its gateway').refusal
      : request.refusal;
    if (refusal === undefined) return;
    await writeFrame(channel, refusalFrame(refusal));
    await channel.close();
  }

  async #dial(
    { protocol, peers, addresses }: Extract<RelayRequest, { type: 'dial' }>,
    channel: FrameChannel,
  ): Promise<ReturnType<typeof refuse>['refusal'] | undefined> {
    const failures: unknown[] = [];
    for (const peerId of peers) {
      try {
        const opened = await this.#options
          .host()
          .open(protocol, { peerId, addresses: addressesOf(peerId, addresses) });
        await writeFrame(channel, { type: 'opened', peer: peerId, bundle: opened.peer.bundle });
        await pipe(channel, opened.channel);
        return undefined;
      } catch (error) {
        failures.push(error);
      }
    }
    const [first] = failures;
    return first instanceof ChanceryError
      ? first
      : refuse('node.unreachable', 'none of the partner’s nodes can be reached from this gateway').refusal;
  }

  /** An archive that does not answer in time is as good as away: whoever waits must be told before they give up. */
  async #ask(request: RelayRequest): Promise<Result<Asked>> {
    try {
      return await within(ANSWER_WITHIN_MS, (signal) => {
        const late = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
        return Promise.race([this.#exchange(request, signal), late]);
      });
    } catch {
      return refuse(
        'archive.unavailable',
        `the archive of ${this.#options.domain} is away; what you send is not lost, try again`,
      );
    }
  }

  async #exchange(request: RelayRequest, signal: AbortSignal): Promise<Result<Asked>> {
    const { channel } = await this.#options.host().open('relay', this.#options.archive);
    const drop = (): void => channel.abort(signal.reason as Error);
    if (signal.aborted) drop();
    signal.addEventListener('abort', drop);
    await writeFrame(channel, request);
    const answer = await readFrame<RelayAnswer>(
      channel,
      relayAnswerShape,
      MAX_FRAME_BYTES,
      'answer of the archive',
    );
    if (!answer.ok) return answer;
    if (answer.value.type === 'refused') return refusalOf(answer.value);
    return accept({ answer: answer.value, channel });
  }
}

interface Asked {
  readonly answer: RelayAnswer;
  readonly channel: FrameChannel;
}

/** The addresses that are of this node, or of no node in particular. */
export function addressesOf(peerId: string, addresses: readonly string[]): string[] {
  return addresses.filter((address) => !address.includes('/p2p/') || address.endsWith(`/p2p/${peerId}`));
}
