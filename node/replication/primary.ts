/**
 * The primary's side: streams the log to each replica as it is stored, from wherever the replica stands, and hears how
 * far it holds it. Guarantees: only an archive node of our own that is on the roster is served; nobody whose log is not
 * a beginning of ours; a replica that is slow holds up nobody who does not need it.
 */
import { equals } from 'uint8arrays/equals';
import type { Logger } from 'pino';
import { epochLines, signCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { Sha256, Signer } from '../../protocol/crypto/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { Roster } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  MAX_REPLICATED,
  readFrame,
  refusalFrame,
  replicaFrameShape,
  writeFrame,
  type FrameChannel,
  type ReplicaFrame,
} from '../../protocol/wire/index.ts';
import type { ArchiveLog, StoredRecord } from '../archive/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import type { KeyStore } from '../keys/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import type { Copies } from './copies.ts';
import { answerFiles } from './file-exchange.ts';
import { refill } from './refill.ts';
import { answerStanding, isArchive, type LeadershipOptions } from './standing.ts';
import { answerFetch } from './stored-records.ts';

/** Frames sent to a replica and not yet held by it: enough that it never waits for one disk write at a time. */
const MAX_FRAMES_UNDER_WAY = 8;

/** Milliseconds a replica has to give back records that are asked for. */
const FETCH_WITHIN_MS = 30_000;

export interface PrimaryOptions {
  readonly ledger: Ledger;
  readonly log: ArchiveLog;
  /** The files of messages, beside the log. */
  readonly files: SealedFiles;
  /** Whether our log was restored from a backup and not written to since: then a replica may hold what it lacks. */
  readonly mayRefill: () => boolean;
  readonly origin: string;
  readonly sha256: Sha256;
  readonly copies: Copies;
  readonly roster: () => Roster;
  readonly epoch: () => number;
  readonly signer: () => Signer;
  readonly keys: KeyStore;
  /** Names of the keys that a replica is handed. */
  readonly keyNames: () => Promise<readonly string[]>;
  readonly leadership: LeadershipOptions;
  readonly clock: () => number;
  readonly logger: Logger;
}

/** A replica as an operator sees it. */
export interface ReplicaState {
  readonly peer: string;
  readonly connected: boolean;
  /** Entries that it holds, as far as it said; null where it was not here since the start. */
  readonly size: number | null;
  /** Milliseconds since 1970. */
  readonly lastContact: number | null;
}

type Follow = Extract<ReplicaFrame, { type: 'follow' }>;

/** One replica's stream. */
interface Link {
  readonly channel: FrameChannel;
  readonly asked: Map<number, (records: (StoredRecord | null)[]) => void>;
}

export class Primary {
  readonly #options: PrimaryOptions;
  readonly #links = new Map<string, Link>();
  readonly #lastContact = new Map<string, number>();
  #asked = 0;
  #refilling: Promise<unknown> = Promise.resolve();

  constructor(options: PrimaryOptions) {
    this.#options = options;
  }

  /** The archive nodes on the roster but this one, with what is known of them. */
  replicas(own: string): ReplicaState[] {
    const { roster, copies } = this.#options;
    return roster()
      .nodes.filter(({ peer, roles }) => peer !== own && roles.includes('archive'))
      .map(({ peer }) => ({
        peer,
        connected: this.#links.has(peer),
        size: copies.heldBy(peer) ?? null,
        lastContact: this.#lastContact.get(peer) ?? null,
      }));
  }

  /** Serves one stream of a replica until it ends. */
  async serve(channel: FrameChannel, peer: Peer): Promise<void> {
    const asked = await readFrame(channel, replicaFrameShape, MAX_FRAME_BYTES, 'replication request');
    if (asked.ok && (await answerStanding(asked.value, channel, peer, this.#options.leadership))) return;
    if (asked.ok && asked.value.type === 'fetch' && this.#isListed(peer)) {
      await answerFetch(asked.value, channel, this.#options.log);
      return;
    }
    if (asked.ok && asked.value.type === 'file' && this.#isListed(peer)) {
      await answerFiles(asked.value, channel, this.#options.files);
      return;
    }
    const follow = asked.ok ? await this.#judge(asked.value, peer) : asked;
    if (!follow.ok) {
      await this.#refuse(channel, follow.refusal);
      return;
    }
    await this.#handKeys(channel, follow.value.keys);
    const link: Link = { channel, asked: new Map() };
    this.#links.get(peer.id)?.channel.abort(new Error('the replica came again'));
    this.#links.set(peer.id, link);
    this.#options.logger.info({ replica: peer.id, size: follow.value.size }, 'a replica follows');
    const window = new Window(follow.value.size);
    try {
      const hearing = this.#hear(link, peer, window);
      const { size, root, held = size } = follow.value;
      if (size > this.#options.log.size) {
        const refilled = await Promise.race([this.#refill(link, peer, size, root), hearing]);
        if (refilled === undefined) return;
        if (!refilled.ok) {
          await this.#refuse(channel, refilled.refusal);
          return;
        }
      }
      this.#held(peer, Math.min(held, size));
      await Promise.race([this.#send(channel, size, window), hearing]);
    } finally {
      window.end();
      if (this.#links.get(peer.id) === link) this.#links.delete(peer.id);
      for (const resolve of link.asked.values()) resolve([]);
    }
    await channel.close();
  }

  /**
   * What replicas have stored for these sequence numbers; only what is asked for, in no particular order. Who asks
   * checks each against the leaf that the tree has.
   */
  async fetch(sequences: readonly number[]): Promise<ReadonlyMap<number, StoredRecord>> {
    const found = new Map<number, StoredRecord>();
    for (const [peer, link] of this.#links) {
      const missing = sequences.filter((sequence) => !found.has(sequence)).slice(0, MAX_REPLICATED);
      if (missing.length === 0) break;
      const records = await this.#ask(peer, link, missing);
      missing.forEach((sequence, at) => {
        const record = records[at];
        if (record !== undefined && record !== null) found.set(sequence, record);
      });
    }
    return found;
  }

  async #ask(peer: string, { channel, asked }: Link, sequences: number[]): Promise<(StoredRecord | null)[]> {
    this.#asked += 1;
    const id = this.#asked;
    const answered = Promise.withResolvers<(StoredRecord | null)[]>();
    const timer = setTimeout(() => answered.resolve([]), FETCH_WITHIN_MS);
    asked.set(id, answered.resolve);
    try {
      await writeFrame(channel, { type: 'fetch', id, sequences });
      return await answered.promise;
    } catch (error) {
      this.#options.logger.info({ replica: peer, err: error }, 'a replica could not be asked');
      return [];
    } finally {
      clearTimeout(timer);
      asked.delete(id);
    }
  }

  /** Takes back what a replica holds beyond our log. One at a time: the next is asked for what is lacking then. */
  async #refill(link: Link, peer: Peer, size: number, root: Uint8Array): Promise<Result<void>> {
    const { ledger, sha256, logger } = this.#options;
    const before = this.#refilling;
    const done = Promise.withResolvers<undefined>();
    this.#refilling = done.promise;
    try {
      await before;
      const first = ledger.log.size;
      const refilled = await refill({
        ledger,
        sha256,
        fetch: (sequences) => this.#ask(peer.id, link, sequences),
        size,
        root,
      });
      if (refilled.ok)
        logger.warn(
          { replica: peer.id, first, size },
          'what the archive lacked was taken back from a replica',
        );
      else
        logger.error(
          { replica: peer.id, code: refilled.refusal.code, alarm: true },
          `nothing was taken back from a replica: ${refilled.refusal.message}`,
        );
      return refilled;
    } finally {
      done.resolve(undefined);
    }
  }

  #isListed(peer: Peer): boolean {
    const listed = this.#options.roster().nodes.find((node) => node.peer === peer.id);
    return isArchive(peer) && listed?.roles.includes('archive') === true;
  }

  async #judge(asked: ReplicaFrame, peer: Peer): Promise<Result<Follow>> {
    const { epoch, log, leadership } = this.#options;
    if (!this.#isListed(peer))
      return refuse(
        'peer.unauthorized',
        'only archive nodes on the roster of this organisation follow its log',
      );
    if (asked.type !== 'follow')
      return refuse('encoding.malformed', 'a replica begins by saying where it stands');
    if (asked.epoch > epoch()) {
      await leadership.onLeader(peer, asked.epoch);
      return refuse(
        'archive.deposed',
        'this node is no longer the primary; follow the one that was promoted',
      );
    }
    const { durable } = log;
    const { size } = durable.state.head;
    if (asked.size > size && this.#options.mayRefill()) return accept(asked);
    if (asked.size > size || !equals(durable.rootAt(asked.size), asked.root)) {
      return refuse(
        'archive.forked',
        `the replica's ${asked.size} entries are no beginning of this log; put its archive aside and let it follow anew`,
      );
    }
    return accept(asked);
  }

  async #refuse(channel: FrameChannel, refusal: Refusal): Promise<void> {
    await writeFrame(channel, refusalFrame(refusal));
    await channel.close();
  }

  /** The replica is to be able to open what it holds, and to take over. */
  async #handKeys(channel: FrameChannel, known: readonly string[]): Promise<void> {
    const { keys, keyNames } = this.#options;
    const handed: [string, Uint8Array][] = [];
    for (const name of await keyNames()) {
      if (!known.includes(name)) handed.push([name, await keys.seed(name)]);
    }
    await writeFrame(channel, { type: 'keys', keys: handed });
    for (const [, seed] of handed) seed.fill(0);
  }

  /** Hands a key that was just made to every replica that follows; the others have it when they come. */
  async handKey(name: string): Promise<void> {
    for (const [peer, { channel }] of this.#links) {
      const seed = await this.#options.keys.seed(name);
      await writeFrame(channel, { type: 'keys', keys: [[name, seed]] }).catch((error: unknown) => {
        this.#options.logger.info({ replica: peer, err: error }, 'a replica could not be handed a key');
      });
      seed.fill(0);
    }
  }

  async #send(channel: FrameChannel, from: number, window: Window): Promise<void> {
    const { log, origin, sha256, signer, epoch } = this.#options;
    let next = from;
    while (!window.ended) {
      const { durable } = log;
      if (next === durable.state.head.size || window.underWay >= MAX_FRAMES_UNDER_WAY) {
        await window.change(log);
        continue;
      }
      const records = await durable.records(next, MAX_REPLICATED);
      const size = next + records.length;
      const extensions = epochLines(epoch());
      const checkpoint = await signCheckpoint(
        { origin, size, root: durable.rootAt(size), extensions },
        signer(),
        sha256,
      );
      window.sent(size);
      await writeFrame(channel, {
        type: 'records',
        first: next,
        records: records.map(({ entry, stored }) => [entry, stored]),
        checkpoint,
      });
      next = size;
    }
  }

  async #hear(link: Link, peer: Peer, window: Window): Promise<void> {
    for (;;) {
      const frame = await link.channel.read();
      if (frame === null) return;
      const heard = decodeCbor(frame, MAX_FRAME_BYTES, replicaFrameShape, 'replication frame');
      if (!heard.ok) throw ChanceryError.from(heard.refusal);
      if (heard.value.type === 'fetched') {
        const { id, records } = heard.value;
        link.asked.get(id)?.(
          records.map((record) => (record === null ? null : { entry: record[0], stored: record[1] })),
        );
      }
      if (heard.value.type !== 'held') continue;
      if (heard.value.size > window.last)
        throw new ChanceryError('request.invalid', 'the replica claims too much');
      window.held(heard.value.size);
      this.#held(peer, heard.value.size);
    }
  }

  #held(peer: Peer, size: number): void {
    this.#lastContact.set(peer.id, this.#options.clock());
    this.#options.copies.hold(peer.id, size);
  }
}

/** What was sent to a replica and is not yet held there. */
class Window {
  #sizes: number[] = [];
  #changed = Promise.withResolvers<undefined>();
  last: number;
  ended = false;

  /** @param size what the replica has already: the files of it may still come */
  constructor(size: number) {
    this.last = size;
  }

  get underWay(): number {
    return this.#sizes.length;
  }

  sent(size: number): void {
    this.last = size;
    this.#sizes.push(size);
  }

  held(size: number): void {
    this.#sizes = this.#sizes.filter((sent) => sent > size);
    this.#wake();
  }

  end(): void {
    this.ended = true;
    this.#wake();
  }

  /** Resolves when the log has grown, something is held, or it is over. */
  async change(log: ArchiveLog): Promise<void> {
    const changed = this.#changed.promise;
    const stop = log.onDurable(() => this.#wake());
    try {
      await changed;
    } finally {
      stop();
    }
  }

  #wake(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers<undefined>();
  }
}
