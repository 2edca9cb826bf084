/**
 * The node's place in the network: libp2p over TCP, Noise and yamux, a private DHT, and the gate before it all.
 * Guarantees: no handler lets an error escape, and no protocol but identity and enrolment reaches a stranger.
 */
import { noise } from '@chainsafe/libp2p-noise';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify, type Identify } from '@libp2p/identify';
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { kadDHT, passthroughMapper, type KadDHT } from '@libp2p/kad-dht';
import { peerIdFromString } from '@libp2p/peer-id';
import { ping, type Ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import type { Logger } from 'pino';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  MAX_STRANGER_FRAME_BYTES,
  PROTOCOLS,
  type FrameChannel,
  type ProtocolName,
} from '../../protocol/wire/index.ts';
import { streamChannel } from './channel.ts';
import { Gate, type GateOptions } from './gate.ts';
import { gated } from './gated.ts';
import type { Peer } from './peer.ts';
import { within } from './within.ts';

/** Connections of all kinds: a device or two for each of some thousand members. */
const MAX_CONNECTIONS = 4_096;

/** The libp2p defaults (10 pending, 5 a second a host) starve a company behind one NAT on Monday morning. */
const MAX_PENDING_INBOUND = 256;
const MAX_NEW_INBOUND_PER_SECOND_A_HOST = 100;

/** Streams of one protocol a peer may have open: relays multiplex every member's over one connection. */
const MAX_STREAMS = { proven: 8, relay: 4_096, stranger: 2 } as const;

/** Milliseconds for one dial of all of a node's addresses, and for one search of the DHT. */
const DIAL_TIMEOUT_MS = 10_000;

/** Milliseconds between two looks at whether a connection lives, and for an answer. */
const PING_EVERY_MS = 20_000;
const PING_WITHIN_MS = 15_000;

/** Who is at the other end of a channel: a proven peer, or for enrolment only the key it holds. */
export type Handler = (channel: FrameChannel, peer: Peer) => Promise<void>;
export type StrangerHandler = (channel: FrameChannel, peerId: string) => Promise<void>;

export interface HostOptions extends Omit<GateOptions, 'onPeer'> {
  /** 32 bytes: the node's Ed25519 seed. Its public key is the peer id, and is what the node certificate certifies. */
  readonly seed: Uint8Array;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly dht: boolean;
  readonly handlers: Partial<Record<Exclude<ProtocolName, 'identity' | 'enrolment' | 'dht'>, Handler>>;
  readonly enrolment: StrangerHandler;
  readonly onPeer: (peer: Peer) => void;
  readonly onPeerGone: (peer: Peer) => void;
}

interface Services extends Record<string, unknown> {
  identify: Identify;
  ping: Ping;
  dht?: KadDHT | undefined;
}

export class Host {
  readonly #libp2p: Libp2p<Services>;
  readonly #gate: Gate;
  readonly #log: Logger;

  private constructor(libp2p: Libp2p<Services>, gate: Gate, log: Logger) {
    this.#libp2p = libp2p;
    this.#gate = gate;
    this.#log = log;
  }

  /** Starts listening. Throws what libp2p throws when an address cannot be had. */
  static async start(options: HostOptions): Promise<Host> {
    const identifyNode = (connection: Connection): void => {
      libp2p.services.identify.identify(connection).catch(() => undefined);
    };
    const gate = new Gate({
      ...options,
      onPeer(peer, connection) {
        if (peer.identity.leaf.subject.kind === 'node') identifyNode(connection);
        connection.addEventListener('close', () => options.onPeerGone(peer));
        options.onPeer(peer);
      },
    });
    const libp2p: Libp2p<Services> = await createLibp2p<Services>({
      start: false,
      privateKey: await generateKeyPairFromSeed('Ed25519', options.seed),
      addresses: { listen: [...options.listen], announce: [...options.announce] },
      transports: [
        tcp({ inboundSocketInactivityTimeout: 120_000, outboundSocketInactivityTimeout: 120_000 }),
      ],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: {
        maxConnections: MAX_CONNECTIONS,
        maxIncomingPendingConnections: MAX_PENDING_INBOUND,
        inboundConnectionThreshold: MAX_NEW_INBOUND_PER_SECOND_A_HOST,
        inboundUpgradeTimeout: DIAL_TIMEOUT_MS,
        dialTimeout: DIAL_TIMEOUT_MS,
        reconnectRetries: 0,
      },
      // a peer that is gone without a word is noticed by this; one that is only busy is given time
      connectionMonitor: { pingInterval: PING_EVERY_MS, pingTimeout: { minTimeout: PING_WITHIN_MS } },
      connectionGater: { denyDialMultiaddr: () => false },
      services: {
        identify: gated(gate, identify({ runOnConnectionOpen: false })),
        ping: gated(gate, ping(), 'anyone proven'),
        ...(options.dht
          ? {
              dht: gated(
                gate,
                kadDHT({ protocol: PROTOCOLS.dht, clientMode: false, peerInfoMapper: passthroughMapper }),
              ),
            }
          : {}),
      },
    });
    const host = new Host(libp2p, gate, options.log);
    await host.#handle(options);
    libp2p.addEventListener('connection:open', ({ detail }) => host.#opened(detail));
    libp2p.addEventListener('connection:close', ({ detail }) => gate.closed(detail));
    try {
      await libp2p.start();
    } catch (cause) {
      const where = options.listen.join(', ');
      throw new ChanceryError(
        'config.invalid',
        `cannot listen at ${where}; free the port or choose another, see chancery doctor`,
        {
          cause,
        },
      );
    }
    return host;
  }

  get addresses(): string[] {
    return this.#libp2p.getMultiaddrs().map((address) => address.toString());
  }

  get peerId(): string {
    return this.#libp2p.peerId.toString();
  }

  /** The proven peers connected now. */
  get peers(): Peer[] {
    return this.#libp2p.getConnections().flatMap((connection) => this.#gate.peer(connection) ?? []);
  }

  /**
   * A channel to a node, over the connection there is or one that is made: first at the given addresses, then
   * where the DHT says it is. Throws `node.unreachable`, or what the identity exchange refused.
   */
  async open(
    protocol: ProtocolName,
    target: { peerId: string; addresses: readonly string[] },
  ): Promise<{ channel: FrameChannel; peer: Peer }> {
    try {
      const connection = await this.#connect(target);
      const peer = await this.#gate.prove(connection);
      const maxOutboundStreams = protocol === 'relay' ? MAX_STREAMS.relay : MAX_STREAMS.proven;
      const stream = await within(DIAL_TIMEOUT_MS, (signal) =>
        connection.newStream(PROTOCOLS[protocol], { signal, maxOutboundStreams }),
      );
      return { channel: streamChannel(stream, MAX_FRAME_BYTES), peer };
    } catch (cause) {
      if (cause instanceof ChanceryError) throw cause;
      const message = `the connection to node ${target.peerId} broke: ${(cause as Error).message}`;
      throw new ChanceryError('node.unreachable', message, { cause });
    }
  }

  /** Drops every connection of a peer, as when it has been revoked. */
  async drop(peerId: string): Promise<void> {
    await Promise.allSettled(
      this.#libp2p.getConnections(peerIdFromString(peerId)).map((connection) => connection.close()),
    );
  }

  async stop(): Promise<void> {
    await this.#libp2p.stop();
  }

  async #connect({
    peerId,
    addresses,
  }: {
    peerId: string;
    addresses: readonly string[];
  }): Promise<Connection> {
    const id = peerIdFromString(peerId);
    const [existing] = this.#libp2p.getConnections(id).filter((connection) => connection.status === 'open');
    if (existing !== undefined) return existing;
    const known = addresses.map((text) => multiaddr(text.includes('/p2p/') ? text : `${text}/p2p/${peerId}`));
    const failures: unknown[] = [];
    for (const attempt of [() => (known.length > 0 ? known : undefined), () => this.#lookUp(peerId)]) {
      try {
        const candidates = await attempt();
        if (candidates === undefined || candidates.length === 0) continue;
        return await within(DIAL_TIMEOUT_MS, (signal) => this.#libp2p.dial(candidates, { signal }));
      } catch (error) {
        failures.push(error);
      }
    }
    throw new ChanceryError(
      'node.unreachable',
      `no address of node ${peerId} answers; its operator should check it`,
      {
        cause: failures[0],
      },
    );
  }

  async #lookUp(peerId: string): Promise<ReturnType<typeof multiaddr>[] | undefined> {
    if (this.#libp2p.services.dht === undefined || this.#libp2p.getConnections().length === 0)
      return undefined;
    const found = await within(DIAL_TIMEOUT_MS, (signal) =>
      // not what this node remembers: that has just failed
      this.#libp2p.peerRouting.findPeer(peerIdFromString(peerId), { signal, useCache: false }),
    );
    return found.multiaddrs.map((address) => address.encapsulate(`/p2p/${peerId}`));
  }

  #opened(connection: Connection): void {
    this.#gate.opened(connection);
    if (connection.direction === 'inbound') return;
    this.#gate.prove(connection).catch((error: unknown) => {
      this.#log.info(
        { peer: connection.remotePeer.toString(), code: codeOf(error) },
        `identity exchange failed`,
      );
      connection.abort(error as Error);
    });
  }

  async #handle(options: HostOptions): Promise<void> {
    const stranger = { maxInboundStreams: MAX_STREAMS.stranger };
    await this.#libp2p.handle(
      PROTOCOLS.identity,
      this.#safely((s, c) => this.#gate.answer(s, c)),
      stranger,
    );
    await this.#libp2p.handle(
      PROTOCOLS.enrolment,
      this.#safely((stream, connection) =>
        options.enrolment(streamChannel(stream, MAX_STRANGER_FRAME_BYTES), connection.remotePeer.toString()),
      ),
      stranger,
    );
    for (const [name, handler] of Object.entries(options.handlers) as [ProtocolName, Handler][]) {
      await this.#libp2p.handle(
        PROTOCOLS[name],
        this.#safely(async (stream, connection) => {
          const peer = await this.#gate.require(connection, name);
          await handler(streamChannel(stream, MAX_FRAME_BYTES), peer);
        }),
        { maxInboundStreams: name === 'relay' ? MAX_STREAMS.relay : MAX_STREAMS.proven },
      );
    }
  }

  /** A hostile peer must never reach an uncaught rejection: whatever a handler throws ends its stream, no more. */
  #safely(handler: (stream: Stream, connection: Connection) => Promise<void>) {
    return async (stream: Stream, connection: Connection): Promise<void> => {
      try {
        await handler(stream, connection);
      } catch (error) {
        this.#log.info(
          { peer: connection.remotePeer.toString(), code: codeOf(error), err: error },
          'stream ended',
        );
        stream.abort(error as Error);
      }
    };
  }
}

function codeOf(error: unknown): string {
  return error instanceof ChanceryError ? error.code : 'internal';
}
