/**
 * The client's connection to its organisation, and what goes on while there is one: the outbox is sent, the feed is
 * read, the certificate is renewed, the profile follows the roster.
 */
import { ChanceryError } from '../protocol/errors/index.ts';
import type { HoldNotice, RecordingNotice } from '../protocol/wire/index.ts';
import { deviceOf, type Device } from './device.ts';
import type { Reader } from './feed/index.ts';
import { Listeners } from './listeners.ts';
import { Submitter, type Outbox, type Outcome, type Outgoing } from './outbox/index.ts';
import type { Link, Platform } from './platform.ts';
import type { Profile } from './profile.ts';
import { Renewal } from './renewal.ts';
import {
  Backoff,
  Connection,
  askStanding,
  isRevoked,
  mayBeRevoked,
  openSession,
  reportWiped,
  type ConnectionState,
  type Requests,
  type Session,
} from './session/index.ts';
import { Signal } from './signal.ts';
import type { Turns } from './turns.ts';
import { isWiped, wipedError } from './wipe.ts';

export interface UplinkOptions {
  readonly platform: Platform;
  readonly profile: Profile;
  readonly saveProfile: (profile: Profile) => Promise<void>;
  readonly outbox: Outbox;
  readonly reader: Reader;
  readonly turns: Turns;
  readonly settle: (item: Outgoing, outcome: Outcome) => void;
  readonly settled: () => void;
  /** A session says after how long the device is to lock. */
  readonly onIdleLock: (milliseconds: number | null) => void;
  /** This device was revoked: destroys what it holds, and in between reports that it did. */
  readonly wipe: (report: () => Promise<void>) => Promise<void>;
}

export class Uplink {
  readonly #options: UplinkOptions;
  readonly #connection: Connection<Session>;
  readonly #renewal: Renewal;
  readonly #stalls = new Listeners<ChanceryError>();
  readonly #troubles = new Listeners<ChanceryError>();
  readonly #read = new Signal();
  #profile: Profile;
  #device: Device;
  readonly #changed = new Signal();
  #caughtUp = false;
  #notice: RecordingNotice | null = null;
  #holdNotices: readonly HoldNotice[] = [];
  #closed = false;

  constructor(options: UplinkOptions) {
    const { platform, profile, outbox } = options;
    this.#options = options;
    this.#profile = profile;
    this.#device = deviceOf(profile, platform);
    this.#renewal = new Renewal(platform, outbox);
    this.#connection = new Connection({
      open: () => this.#open(),
      serve: (session, works) => this.#serve(session, works),
      end: endSession,
      isFinal: isWiped,
      backoff: new Backoff(platform.after, () => uniform(platform.randomBytes)),
    });
    this.#connection.onState(() => this.#changed.fire());
  }

  get device(): Device {
    return this.#device;
  }

  /** What the last session said of recording. */
  get notice(): RecordingNotice | null {
    return this.#notice;
  }

  /** Throws `node.unreachable` while offline, or what the node refused. */
  async acknowledgeRecording(): Promise<void> {
    const notice = this.#notice;
    if (notice === null || notice.acknowledged) return;
    await this.requests.ask('acknowledge-recording', { version: notice.version });
    this.#notice = { ...notice, acknowledged: true };
  }

  /** Legal holds that the last session told of, as far as they were not acknowledged since. */
  get holdNotices(): readonly HoldNotice[] {
    return this.#holdNotices;
  }

  /** Throws `node.unreachable` while offline, or `hold.unknown` for one that was released meanwhile: it is told of no more. */
  async acknowledgeHold(hold: number): Promise<void> {
    const told = (): void => {
      this.#holdNotices = this.#holdNotices.filter((one) => one.hold !== hold);
    };
    await this.requests.ask('acknowledge-hold', { hold }).catch((error: unknown) => {
      if (error instanceof ChanceryError && error.code === 'hold.unknown') told();
      throw error;
    });
    told();
  }

  /** Throws `recording.unacknowledged` where nothing is taken from this device before that is done. */
  requireAcknowledged(): void {
    const notice = this.#notice;
    if (notice === null || !notice.required || notice.acknowledged) return;
    throw new ChanceryError(
      'recording.unacknowledged',
      'acknowledge first that what you write is recorded: /accept in the chat, --accept-recording with a command',
    );
  }

  /** Whether a root is the organisation's, now or before a handover. */
  isOwnRoot(rootId: string): boolean {
    return this.#profile.rootId === rootId || this.#profile.formerRoots.includes(rootId);
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Throws why there is no connection. */
  get requests(): Requests {
    return this.#connection.session.requests;
  }

  /**
   * Resolves with the requests of a session other than one that is lost: this one, or the next. Throws `node.unreachable`
   * once there will be none.
   */
  async connected(lost?: Requests): Promise<Requests> {
    for (;;) {
      const changed = this.#changed.wait();
      if (this.#closed) throw new ChanceryError('node.unreachable', 'the client is closed; open it again');
      if (this.state.state === 'online' && this.requests !== lost) return this.requests;
      await changed;
    }
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#connection.onState(listener);
  }

  onStall(listener: (reason: ChanceryError) => void): () => void {
    return this.#stalls.add(listener);
  }

  onTrouble(listener: (trouble: ChanceryError) => void): () => void {
    return this.#troubles.add(listener);
  }

  trouble(error: ChanceryError): void {
    this.#troubles.emit(error);
  }

  async connect(): Promise<void> {
    await this.#connection.start();
  }

  async synced(): Promise<void> {
    while (!this.#caughtUp && !this.#closed) await this.#read.wait();
  }

  /** Ends the session, or the attempt to have one. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#changed.fire();
    const disconnected = this.#connection.close();
    await this.#options.platform.transport.close();
    await disconnected;
    this.#read.fire();
  }

  /** Has this device prove itself anew, in a session of its own. Throws why it could not. */
  async reprove(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    let ended = this.state.state === 'offline';
    const stop = this.onState((state) => {
      if (state.state === 'online') resolve(undefined);
      else if (ended) reject(state.error);
      ended = true; // the session before has ended; the next counts
    });
    try {
      this.#connection.hurry();
      await this.#connection.renew();
      await promise;
    } finally {
      stop();
    }
  }

  async #open(): Promise<Session> {
    const { platform } = this.#options;
    const revoked = (link: Link): Promise<void> => this.#revoked(link);
    if (platform.clock() / 1000 > this.#device.holds.until) {
      await askStanding(this.#profile, platform, revoked).catch((error: unknown) => {
        if (isWiped(error)) throw error; // all else is no news to a device that has to enrol again
      });
      throw new ChanceryError(
        'certificate.expired',
        'the certificate of this device has run out; ask your operator for an invitation and enrol again',
      );
    }
    const session = await openSession(this.#profile, platform, revoked);
    this.#notice = session.notice;
    this.#holdNotices = session.holdNotices;
    return session;
  }

  /** Wipes this device where its organisation itself says that it was revoked; throws when it did. */
  async #revoked(link: Link): Promise<void> {
    const { platform, wipe } = this.#options;
    if (!(await isRevoked(link, this.#profile, platform))) return;
    await wipe(() => reportWiped(link, platform));
    this.#closed = true;
    this.#read.fire();
    this.#changed.fire();
    throw wipedError();
  }

  async #serve(session: Session, works: () => void): Promise<never> {
    this.#options.onIdleLock(session.idleLock);
    try {
      return await this.#work(session, works);
    } catch (error) {
      if (error instanceof ChanceryError && mayBeRevoked(error.code)) await this.#revoked(session.link);
      throw error;
    }
  }

  async #work(session: Session, works: () => void): Promise<never> {
    const { outbox, settle, settled, platform, reader } = this.#options;
    const { requests } = session;
    if (!sameState(session.profile, this.#profile)) await this.#become(session.profile);
    const submitter = new Submitter(
      { outbox, settle, settled, after: platform.after, onStall: (reason) => this.#stalls.emit(reason) },
      requests,
    );
    const caughtUp = (): void => {
      this.#caughtUp = true;
      this.#read.fire();
    };
    const answered = async (): Promise<void> => {
      works();
      if (this.#renewal.isDue(this.#device.holds)) await this.#options.turns.run(() => this.#renew(requests));
    };
    const working = [submitter.run(), reader.run(requests, caughtUp, answered)];
    try {
      return await Promise.race(working);
    } catch (error) {
      const replaced = error instanceof ChanceryError && error.code === 'certificate.superseded';
      if (replaced) await this.#options.turns.run(() => this.#renew(requests, false));
      throw error;
    } finally {
      await requests.close();
      await Promise.allSettled(working);
    }
  }

  /** In turn, so nothing is written under the old certificate meanwhile; the next session shows the new one. */
  async #renew(requests: Requests, emptyFirst = true): Promise<void> {
    try {
      const renewed = await this.#renewal.renew(this.#profile, requests, emptyFirst);
      if (renewed === undefined) return;
      await this.#become(renewed);
      await requests.close();
    } catch (error) {
      if (!(error instanceof ChanceryError)) throw error;
      this.trouble(error);
    }
  }

  async #become(profile: Profile): Promise<void> {
    await this.#options.saveProfile(profile);
    this.#device = deviceOf(profile, this.#options.platform);
    this.#profile = profile;
  }
}

/** Whether nothing has changed that a session can change: the root, the roster and what it says of nodes. */
function sameState(one: Profile, other: Profile): boolean {
  const same = one.rootId === other.rootId && one.rosterNumber === other.rosterNumber;
  return same && one.nodes.join() === other.nodes.join();
}

async function endSession({ requests, link }: Session): Promise<void> {
  await requests.close();
  await link.close();
}

/** Uniform in [0, 1). */
function uniform(randomBytes: (length: number) => Uint8Array): number {
  return randomBytes(4).reduce((value, byte) => value * 256 + byte, 0) / 2 ** 32;
}
