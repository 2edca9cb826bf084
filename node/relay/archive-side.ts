/**
 * The archive's end of the relay: it decides who may come in, and serves the streams that a gateway passes on.
 * A gateway is believed in one thing only: which key Noise has proven at its side.
 */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  readFrame,
  refusalFrame,
  relayRequestShape,
  writeFrame,
  type FrameChannel,
  type RelayRequest,
} from '../../protocol/wire/index.ts';
import type { Handler, Peer, StrangerHandler } from '../network/index.ts';

export interface ArchiveSideOptions {
  readonly admit: (peerId: string, bundle: Uint8Array) => Promise<Result<Peer>>;
  /** The bundle for a gateway to show, from the certificate it has. */
  readonly bundleFor: (gateway: Peer) => Promise<Uint8Array>;
  readonly serve: {
    readonly device: Handler;
    readonly federation: Handler;
    readonly witness: Handler;
    readonly reconcile: Handler;
    readonly enrolment: StrangerHandler;
  };
}

export class ArchiveSide {
  readonly #options: ArchiveSideOptions;

  constructor(options: ArchiveSideOptions) {
    this.#options = options;
  }

  /** Serves one relay stream of a gateway. */
  async serve(channel: FrameChannel, gateway: Peer): Promise<void> {
    const request = await readFrame(channel, relayRequestShape, MAX_FRAME_BYTES, 'relay request');
    const answer = request.ok ? await this.#answer(request.value, gateway) : request;
    if (!answer.ok) {
      await writeFrame(channel, refusalFrame(answer.refusal));
      await channel.close();
      return;
    }
    await writeFrame(channel, answer.value.frame);
    await (answer.value.then?.(channel) ?? channel.close());
  }

  async #answer(request: RelayRequest, gateway: Peer): Promise<Result<Answer>> {
    if (!isGateway(gateway))
      return refuse('peer.unauthorized', 'only gateways of this organisation use the relay');
    switch (request.type) {
      case 'admit': {
        const admitted = await this.#options.admit(request.peer, request.bundle);
        return admitted.ok ? accept({ frame: { type: 'admitted' } }) : admitted;
      }
      case 'bundle':
        return accept({ frame: { type: 'bundle', bundle: await this.#options.bundleFor(gateway) } });
      case 'open':
        return this.#open(request);
      case 'dial':
        return refuse('peer.unauthorized', 'an archive does not dial for its gateways');
    }
  }

  async #open({ protocol, peer, bundle }: Extract<RelayRequest, { type: 'open' }>): Promise<Result<Answer>> {
    const frame = { type: 'opened', peer, bundle: null };
    if (protocol === 'enrolment') {
      return accept({ frame, then: (channel) => this.#options.serve.enrolment(channel, peer) });
    }
    if (bundle === null) return refuse('identity.unproven', 'the peer showed no identity');
    const admitted = await this.#options.admit(peer, bundle);
    if (!admitted.ok) return admitted;
    return accept({ frame, then: (channel) => this.#options.serve[protocol](channel, admitted.value) });
  }
}

interface Answer {
  readonly frame: unknown;
  /** Takes the channel over; without it, the channel is closed. */
  readonly then?: (channel: FrameChannel) => Promise<void>;
}

function isGateway(peer: Peer): boolean {
  const { subject } = peer.identity.leaf;
  return peer.own && subject.kind === 'node' && subject.roles.includes('gateway');
}
