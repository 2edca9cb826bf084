/**
 * A replica's side: follows the primary's log, from wherever its own stands, for ever. Guarantees: nothing is taken that
 * does not lead to a checkpoint signed by the organisation; nothing is said to be held that is not durable here, with the
 * file that it brings along.
 */
import type { Logger } from 'pino';
import { openCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite, Sha256 } from '../../protocol/crypto/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  primaryFrameShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
  type PrimaryFrame,
} from '../../protocol/wire/index.ts';
import { emptyRoot } from '../../protocol/merkle/index.ts';
import type { StoredRecord } from '../archive/index.ts';
import type { Backoff } from '../federation/index.ts';
import type { KeyStore } from '../keys/index.ts';
import { firstAwaited, type Ledger } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import type { FileFollower } from './file-follower.ts';
import { giveRecords } from './stored-records.ts';

export interface FollowerOptions {
  readonly ledger: Ledger;
  /** Fetches the files that messages bring along. */
  readonly files: FileFollower;
  readonly origin: string;
  readonly suite: CryptoSuite;
  /** A replication stream to the primary. */
  readonly open: () => Promise<{ channel: FrameChannel; peer: Peer }>;
  readonly keys: KeyStore;
  readonly backoff: Backoff;
  readonly clock: () => number;
  readonly logger: Logger;
  /** The primary's log is another than this one: neither is a beginning of the other. */
  readonly onForked: () => Promise<void>;
}

/** What an operator sees of it. */
export interface FollowerState {
  connected: boolean;
  /** Milliseconds since 1970; null before the first contact since the start. */
  lastContact: number | null;
  lastError: { code: string; message: string } | null;
  /** Entries that the primary was last seen to have. */
  primarySize: number;
}

/** Has the primary hand over the keys without which nothing can be held. Throws what it refuses with. */
export async function fetchKeys(
  { channel }: { readonly channel: FrameChannel },
  keys: KeyStore,
  sha256: Sha256,
): Promise<void> {
  const known = (await keys.list()).map(({ name }) => name);
  const nothing = { size: 0, root: emptyRoot(sha256), epoch: 0 };
  await writeFrame(channel, { type: 'follow', v: 1, ...nothing, keys: known });
  const answer = valueOf(await readFrame(channel, primaryFrameShape, MAX_FRAME_BYTES, 'keys'));
  channel.abort(new ChanceryError('node.unreachable', 'the keys were all that was asked for'));
  if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
  if (answer.type !== 'keys')
    throw new ChanceryError('encoding.malformed', 'the primary did not begin with the keys');
  await keep(answer.keys, keys);
}

async function keep(handed: Extract<PrimaryFrame, { type: 'keys' }>['keys'], keys: KeyStore): Promise<void> {
  for (const [name, seed] of handed) {
    if (!(await keys.has(name))) await keys.import(name, seed);
    seed.fill(0);
  }
}

export class Follower {
  readonly state: FollowerState = { connected: false, lastContact: null, lastError: null, primarySize: 0 };
  readonly #options: FollowerOptions;
  #stopped = false;
  #channel: FrameChannel | undefined;
  #running: Promise<void> | undefined;
  #taking: Promise<unknown> = Promise.resolve();
  /** How far the primary of this stream knows that everything is held. */
  #told = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  start(): void {
    const { files } = this.#options;
    files.onCome = () => void this.#tellHeld();
    files.start();
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.backoff.skip();
    this.#channel?.abort(new ChanceryError('archive.closed', 'the node stops'));
    await this.#options.files.stop();
    await this.#running;
  }

  /** Does something with the log while nothing is taken over. Rejects as it does. */
  async undisturbed<T>(run: () => Promise<T>): Promise<T> {
    const before = this.#taking;
    const over = Promise.withResolvers<undefined>();
    this.#taking = over.promise;
    await before;
    try {
      return await run();
    } finally {
      over.resolve(undefined);
    }
  }

  async #run(): Promise<void> {
    const { backoff, logger } = this.#options;
    while (!this.#isStopped()) {
      try {
        await this.#session();
      } catch (error) {
        const { code, message } =
          error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
        const alarm = code === 'archive.damaged' || code === 'proof.invalid' || code === 'archive.forked';
        if (!this.#isStopped())
          logger[alarm ? 'error' : 'info']({ code, alarm }, `primary not followed: ${message}`);
        this.state.lastError = { code, message };
        if (code === 'archive.forked') await this.#options.onForked();
      }
      this.state.connected = false;
      if (!this.#isStopped()) await backoff.wait();
    }
  }

  /** A method, since a stop can come while another is awaited. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async #session(): Promise<void> {
    const { open, clock, ledger, keys, backoff } = this.#options;
    const { channel, peer } = await open();
    this.#channel = channel;
    try {
      if (this.#isStopped()) return;
      const { size, root } = ledger.log.head;
      const known = (await keys.list()).map(({ name }) => name);
      const held = Math.min(size, await this.#heldUpTo());
      this.#told = held;
      const follow = { type: 'follow', v: 1, size, root, epoch: ledger.epoch, keys: known } as const;
      await writeFrame(channel, held < size ? { ...follow, held } : follow);
      for (;;) {
        const frame = await channel.read();
        if (frame === null) return;
        const heard = valueOf(decodeCbor(frame, MAX_FRAME_BYTES, primaryFrameShape, 'replication frame'));
        if (heard.type === 'refused') throw ChanceryError.from(refusalOf(heard).refusal);
        Object.assign(this.state, { connected: true, lastContact: clock(), lastError: null });
        backoff.reset();
        await this.#take(heard, channel, peer);
      }
    } finally {
      this.#channel = undefined;
      channel.abort(new ChanceryError('node.unreachable', 'the stream to the primary ended'));
    }
  }

  async #take(
    heard: Exclude<PrimaryFrame, { type: 'refused' }>,
    channel: FrameChannel,
    peer: Peer,
  ): Promise<void> {
    switch (heard.type) {
      case 'keys':
        await keep(heard.keys, this.#options.keys);
        return this.#tellHeld(); // a file may have come since the stream was begun
      case 'records':
        await this.#adopt(heard, peer);
        this.#told = await this.#heldUpTo();
        return writeFrame(channel, { type: 'held', size: this.#told });
      case 'at':
      case 'fetched':
      case 'file-part':
      case 'file-lacking':
      case 'state':
        throw new ChanceryError('encoding.malformed', 'the primary answered what was not asked');
      case 'fetch':
        return writeFrame(channel, {
          type: 'fetched',
          id: heard.id,
          records: await giveRecords(this.#options.ledger.log, heard.sequences),
        });
    }
  }

  /** What came without its content is held once its certificate is here: until then it might as well be missing. */
  async #heldUpTo(): Promise<number> {
    const { ledger, files } = this.#options;
    const { size } = ledger.log;
    return Math.min(size, (await firstAwaited(ledger)) ?? Infinity, await files.heldUpTo());
  }

  /** A file has come: more counts than did with the last records. */
  async #tellHeld(): Promise<void> {
    try {
      const size = await this.#heldUpTo();
      if (this.#channel === undefined || !this.state.connected || size <= this.#told) return;
      this.#told = size;
      await writeFrame(this.#channel, { type: 'held', size });
    } catch (error) {
      this.#options.logger.info({ err: error }, 'the primary could not be told of a file that has come');
    }
  }

  async #adopt(
    { first, records, checkpoint }: Extract<PrimaryFrame, { type: 'records' }>,
    peer: Peer,
  ): Promise<void> {
    const { ledger, origin, suite } = this.#options;
    const publicKey = peer.identity.statement?.publicKey;
    if (publicKey === undefined)
      throw new ChanceryError('certificate.wrong-kind', 'the primary showed no statement key');
    const head = valueOf(openCheckpoint(checkpoint, origin, publicKey, suite));
    this.state.primarySize = Math.max(this.state.primarySize, head.size);
    if (first !== ledger.log.size)
      throw new ChanceryError(
        'encoding.malformed',
        `the primary sent entry ${first} where ${ledger.log.size} follows`,
      );
    const stored = records.map(([entry, bytes]): StoredRecord => ({ entry, stored: bytes }));
    valueOf(await this.undisturbed(() => ledger.adopt(stored, head)));
  }
}
