/**
 * The senders of all partners: one for each agreement, started and ended with it, woken by what is appended and by
 * partners that come back. Opens streams directly where this node is a gateway, else through one that is connected.
 */
import type { Logger } from 'pino';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  readFrame,
  refusalOf,
  relayAnswerShape,
  writeFrame,
  type FrameChannel,
  type RelayRequest,
} from '../../protocol/wire/index.ts';
import { Backoff, Sender, type SenderState } from '../federation/index.ts';
import { gatewayAddresses } from '../identity/index.ts';
import type { Host, Peer } from '../network/index.ts';
import { addressesOf } from '../relay/index.ts';
import type { Organisation } from './organisation.ts';
import { platform } from './platform.ts';

export interface PartnerLinksOptions {
  readonly organisation: Organisation;
  readonly host: Host;
  readonly isGateway: boolean;
  /** Whether the node of a partner that a gateway reached is trusted. */
  readonly admit: (peerId: string, bundle: Uint8Array) => Promise<Result<Peer>>;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly log: Logger;
}

type Dial = Extract<RelayRequest, { type: 'dial' }>;
type PartnerProtocol = Dial['protocol'];
type Opened = { channel: FrameChannel; peer: Peer };

export class PartnerLinks {
  readonly #options: PartnerLinksOptions;
  readonly #senders = new Map<string, Sender>();
  readonly #stopListening: () => void;

  constructor(options: PartnerLinksOptions) {
    this.#options = options;
    this.#stopListening = options.organisation.log.onCommit(() => this.pokeAll());
  }

  /** Starts a sender for every agreement in force. */
  async start(): Promise<void> {
    for (const { domain } of await this.#options.organisation.partners.agreements()) this.add(domain);
  }

  add(domain: string): void {
    if (this.#senders.has(domain)) return;
    const sender = this.#make(domain);
    this.#senders.set(domain, sender);
    sender.start();
  }

  async remove(domain: string): Promise<void> {
    const sender = this.#senders.get(domain);
    this.#senders.delete(domain);
    await sender?.stop();
  }

  state(domain: string): SenderState | undefined {
    return this.#senders.get(domain)?.state;
  }

  /** A node of the partner was seen: what waits for it goes at once. */
  returned(domain: string): void {
    this.#senders.get(domain)?.poke(true);
  }

  pokeAll(): void {
    for (const sender of this.#senders.values()) sender.poke();
  }

  /** Who could not be reached, or refused us, is tried again at once. */
  retryAll(): void {
    for (const sender of this.#senders.values()) sender.poke(true);
  }

  async stop(): Promise<void> {
    this.#stopListening();
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop()));
  }

  #make(partner: string): Sender {
    const { organisation, log } = this.#options;
    const { domain, ledger, messages, signers, files, terms, checkpoint, authority } = organisation;
    return new Sender({
      domain,
      partner,
      ledger,
      messages,
      signers,
      files,
      suite: platform.suite,
      open: () => this.open(partner),
      agreement: () => organisation.agreement(partner),
      checkAgreement: (statement, peer) => terms.take(statement, peer),
      checkpoint,
      partnerLogs: organisation.witnessing.partnerLogs,
      roster: () => authority.signedRoster,
      chainOf: ({ chain }) => authority.chainNow(chain),
      backoff: new Backoff(platform.random),
      clock: platform.clock,
      log,
    });
  }

  /** Where the partner's nodes are: from configuration, from the agreement, from its roster. */
  #whereabouts(partner: string): { peers: string[]; addresses: string[] } {
    const { organisation, addresses } = this.#options;
    const roster = organisation.trust.rosterOf(partner);
    const gateways = roster?.nodes.filter((node) => node.roles.includes('gateway')) ?? [];
    const known = [
      ...(addresses.get(partner) ?? []),
      ...(organisation.partners.agreement(partner)?.addresses ?? []),
    ];
    const named = known.flatMap((address) => /\/p2p\/([^/]+)$/.exec(address)?.[1] ?? []);
    return {
      peers: [...new Set([...gateways.map((node) => node.peer), ...named])],
      addresses: [...known, ...gatewayAddresses({ nodes: roster?.nodes ?? [] })],
    };
  }

  /** A stream to one of a partner's nodes. Throws why none can be had. */
  async open(partner: string, protocol: PartnerProtocol = 'federation'): Promise<Opened> {
    const { peers, addresses } = this.#whereabouts(partner);
    if (peers.length === 0) {
      throw new ChanceryError(
        'node.unreachable',
        `no node of ${partner} is known; add one with chancery partner add ${partner} --address`,
      );
    }
    const opened = this.#options.isGateway
      ? await this.#openDirectly(protocol, peers, addresses)
      : await this.#openThroughGateway({ domain: partner, protocol, peers, addresses });
    if (opened.peer.identity.domain !== partner) {
      opened.channel.abort(new Error('another organisation'));
      throw new ChanceryError(
        'certificate.wrong-domain',
        `the node at ${partner} is of ${opened.peer.identity.domain}`,
      );
    }
    return opened;
  }

  async #openDirectly(
    protocol: PartnerProtocol,
    peers: readonly string[],
    addresses: readonly string[],
  ): Promise<Opened> {
    let failure: unknown;
    for (const peerId of peers) {
      try {
        return await this.#options.host.open(protocol, {
          peerId,
          addresses: addressesOf(peerId, addresses),
        });
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure as Error;
  }

  async #openThroughGateway(dial: Omit<Dial, 'type'>): Promise<Opened> {
    const { host, admit } = this.#options;
    const gateway = host.peers.find(
      ({ own, identity: { leaf } }) =>
        own && leaf.subject.kind === 'node' && leaf.subject.roles.includes('gateway'),
    );
    if (gateway === undefined) {
      throw new ChanceryError('node.unreachable', 'no gateway of this organisation is connected; start one');
    }
    const { channel } = await host.open('relay', { peerId: gateway.id, addresses: [] });
    await writeFrame(channel, { type: 'dial', ...dial });
    const answer = await readFrame(channel, relayAnswerShape, MAX_FRAME_BYTES, 'answer of the gateway');
    if (!answer.ok) throw ChanceryError.from(answer.refusal);
    if (answer.value.type === 'refused') throw ChanceryError.from(refusalOf(answer.value).refusal);
    if (answer.value.type !== 'opened' || answer.value.bundle === null) {
      throw new ChanceryError('encoding.malformed', 'the gateway did not open a stream');
    }
    const admitted = await admit(answer.value.peer, answer.value.bundle);
    if (!admitted.ok) throw ChanceryError.from(admitted.refusal);
    return { channel, peer: admitted.value };
  }
}
