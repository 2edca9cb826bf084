/**
 * The gate right after Noise: a connection carries nothing but identity exchange and enrolment until the peer has
 * proved itself, and is dropped when it has not within PROVE_WITHIN_MS. Both ends show their bundles once a session.
 */
import * as zlib from 'node:zlib';
import type { Connection, Stream } from '@libp2p/interface';
import type { Logger } from 'pino';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { withoutHandovers } from '../../protocol/identity/index.ts';
import {
  MAX_STRANGER_FRAME_BYTES,
  PROTOCOLS,
  PROVE_WITHIN_MS,
  identityAnswerShape,
  identityShape,
  readFrame,
  refusalFrame,
  refusalOf,
  writeFrame,
  zlibDeflate,
  type IdentityFrame,
} from '../../protocol/wire/index.ts';
import { streamChannel } from './channel.ts';
import type { Peer } from './peer.ts';
import { within } from './within.ts';

/** Connections that have not proved themselves, at any time: enough for a morning's start, too few to hurt. */
const MAX_STRANGERS = 128;

export interface GateOptions {
  /** The bundle to show now; null while there is none, to enrol. */
  readonly bundle: () => Promise<Uint8Array | null>;
  /** Whether a peer with this bundle may come in, and who it is. */
  readonly admit: (peerId: string, bundle: Uint8Array) => Promise<Result<Peer>>;
  readonly onPeer: (peer: Peer, connection: Connection) => void;
  readonly log: Logger;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #deflate = zlibDeflate(zlib);
  readonly #proven = new WeakMap<Connection, Peer>();
  readonly #exchanges = new WeakMap<Connection, Promise<Peer>>();
  readonly #strangers = new Map<Connection, NodeJS.Timeout>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Who is behind the connection, if it has proved itself. */
  peer(connection: Connection): Peer | undefined {
    return this.#proven.get(connection);
  }

  /** A new connection: its time to prove itself runs. */
  opened(connection: Connection): void {
    if (this.#strangers.size >= MAX_STRANGERS) {
      connection.abort(new ChanceryError('limit.exceeded', 'too many unproven connections'));
      return;
    }
    const timer = setTimeout(() => {
      this.#strangers.delete(connection);
      if (this.#proven.has(connection)) return;
      this.#options.log.info(
        { peer: connection.remotePeer.toString(), code: 'identity.timeout' },
        'peer dropped',
      );
      connection.abort(new ChanceryError('identity.timeout', 'the peer did not prove itself in time'));
    }, PROVE_WITHIN_MS);
    timer.unref();
    this.#strangers.set(connection, timer);
  }

  closed(connection: Connection): void {
    this.#forget(connection);
  }

  /**
   * Who opened a stream of a protocol that needs a proven peer. The listener has proved itself a moment before
   * the dialer has read it, so an exchange under way is waited for. Throws `peer.unauthorized`.
   */
  async require(connection: Connection, protocol: string): Promise<Peer> {
    const peer =
      this.#proven.get(connection) ?? (await this.#exchanges.get(connection)?.catch(() => undefined));
    if (peer === undefined) {
      throw new ChanceryError(
        'peer.unauthorized',
        `the peer has not proved itself, so it may not use ${protocol}`,
      );
    }
    return peer;
  }

  /** The dialer's half: shows our bundle, checks theirs. One exchange a connection, however many ask. */
  prove(connection: Connection): Promise<Peer> {
    const proven = this.#proven.get(connection);
    if (proven !== undefined) return Promise.resolve(proven);
    let exchange = this.#exchanges.get(connection);
    if (exchange === undefined) {
      exchange = this.#exchange(connection);
      this.#exchanges.set(connection, exchange);
    }
    return exchange;
  }

  /** Whoever knows another root of the other is shown the handovers between; each end asks for them once at most. */
  async #exchange(connection: Connection): Promise<Peer> {
    for (const asked = { theirs: false, ours: false }; ;) {
      const { verdict, by } = await this.#ask(connection, asked);
      if (verdict.ok) return verdict.value;
      if (verdict.refusal.code === 'identity.handover-needed' && !asked[by]) {
        asked[by] = true;
        continue;
      }
      const error = ChanceryError.from(verdict.refusal);
      if (by === 'theirs') connection.abort(error);
      throw error;
    }
  }

  /** Shows our bundle (with `ours`, our handovers) and judges what comes: `by` tells which bundle the verdict is on. */
  async #ask(
    connection: Connection,
    asked: { readonly theirs: boolean; readonly ours: boolean },
  ): Promise<{ verdict: Result<Peer>; by: 'theirs' | 'ours' }> {
    const stream = await within(PROVE_WITHIN_MS, (signal) =>
      connection.newStream(PROTOCOLS.identity, { signal }),
    );
    return within(PROVE_WITHIN_MS, async (signal) => {
      signal.addEventListener('abort', () => stream.abort(signal.reason as Error));
      const channel = streamChannel(stream, MAX_STRANGER_FRAME_BYTES);
      await writeFrame(channel, await this.#shown(asked.ours, asked.theirs));
      const answer = await readFrame(channel, identityAnswerShape, MAX_STRANGER_FRAME_BYTES, 'identity');
      if (!answer.ok) throw ChanceryError.from(answer.refusal);
      if (answer.value.type === 'refused') return { verdict: refusalOf(answer.value), by: 'ours' };
      const verdict = await this.#admit(connection, answer.value.bundle);
      if (verdict.ok) await channel.close();
      return { verdict, by: 'theirs' };
    });
  }

  /** Our half of the exchange; handovers are left out unless they were asked for. */
  async #shown(handovers: boolean, need: boolean): Promise<IdentityFrame> {
    const bundle = await this.#options.bundle();
    const shown = bundle === null || handovers ? bundle : withoutHandovers(bundle);
    const packed = shown === null ? null : await this.#deflate.deflate(shown);
    return { type: 'identity', v: 1, bundle: packed, handovers: need };
  }

  /** The listener's half: judges the bundle that came, and answers with ours or a refusal. */
  async answer(stream: Stream, connection: Connection): Promise<void> {
    const channel = streamChannel(stream, MAX_STRANGER_FRAME_BYTES);
    const frame = await readFrame(channel, identityShape, MAX_STRANGER_FRAME_BYTES, 'identity');
    const verdict = frame.ok ? await this.#verdict(connection, frame.value) : frame;
    if (verdict.ok) {
      await writeFrame(channel, await this.#shown(verdict.value, false));
    } else {
      const { code, message } = verdict.refusal;
      this.#options.log.warn({ peer: connection.remotePeer.toString(), code }, `peer refused: ${message}`);
      await writeFrame(channel, refusalFrame(verdict.refusal));
    }
    await channel.close();
  }

  /** Whether the peer asked for handovers. A null bundle is someone who wants to enrol: it sees who we are and may then only enrol. */
  async #verdict(connection: Connection, { bundle, handovers }: IdentityFrame): Promise<Result<boolean>> {
    const admitted = bundle === null ? accept(undefined) : await this.#admit(connection, bundle);
    return admitted.ok ? accept(handovers) : admitted;
  }

  async #admit(connection: Connection, packed: Uint8Array | null): Promise<Result<Peer>> {
    if (packed === null) return refuse('identity.unproven', 'the peer showed no identity');
    const bundle = await this.#deflate.inflate(packed);
    if (!bundle.ok) return bundle;
    const admitted = await this.#options.admit(connection.remotePeer.toString(), bundle.value);
    if (!admitted.ok) return admitted;
    this.#forget(connection);
    this.#proven.set(connection, admitted.value);
    this.#options.onPeer(admitted.value, connection);
    return admitted;
  }

  #forget(connection: Connection): void {
    clearTimeout(this.#strangers.get(connection));
    this.#strangers.delete(connection);
  }
}
