/**
 * A member's device: writes, reads and keeps messages, connected or not.
 * Guarantees: what was written is on the device's disk before it is sent and stays until the organisation's archive
 * has it; what is shown was verified here; nothing is shown or sent twice, whatever is lost on the way.
 */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../protocol/errors/index.ts';
import type { HoldNotice, OwnDevice, RecordingNotice } from '../protocol/wire/index.ts';
import { canonicalAddress } from './address-list.ts';
import { Oversight } from './oversight/index.ts';
import { OfficerArchive } from './archive/index.ts';
import { OfficerCases } from './cases/index.ts';
import { Composer } from './composer.ts';
import { download } from './download.ts';
import { askContacts, type Contacts } from './contacts.ts';
import { ConversationBook, infoOf, type ConversationInfo } from './conversation-book.ts';
import { Exporter } from './export/index.ts';
import {
  FeedLog,
  Reader,
  Verifier,
  type DeliveryEvent,
  type FeedEvent,
  type MessageEvent,
} from './feed/index.ts';
import { History } from './history.ts';
import type { HistoryPage } from './history-page.ts';
import { Listeners } from './listeners.ts';
import { Outbox, type NewFile, type Outcome, type Outgoing } from './outbox/index.ts';
import type { Platform, Store } from './platform.ts';
import type { Profile } from './profile.ts';
import type { ConnectionState, Requests } from './session/index.ts';
import { DeviceLock, type Lock } from './device-lock.ts';
import { Journal, KEYS } from './store/index.ts';
import { Turns } from './turns.ts';
import { Uplink } from './uplink.ts';
import { wipedError, type Erasure } from './wipe.ts';
import { Written } from './written.ts';
import { Writer, type ConversationChange, type NewConversation, type Sending } from './writer.ts';

/** Events a reader of the feed takes at a time. */
const PAGE = 256;

export interface ClientOptions extends Platform {
  readonly profile: Profile;
  readonly saveProfile: (profile: Profile) => Promise<void>;
  readonly store: Store;
  readonly erasure: Erasure;
  /** Where the device's key has a passphrase: throws when it is another one. Without it, the node is asked. */
  readonly checkPassphrase?: (passphrase: string) => Promise<void>;
  /** Whether what is written outlives a power failure (the default), or only the end of the process. */
  readonly durable?: boolean;
}

/** What became of a message of the outbox. */
export interface Settled {
  readonly id: string;
  readonly conversation: string;
  readonly outcome: Outcome;
}

interface Parts {
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly log: FeedLog;
  readonly composer: Composer;
}

/** Opens a client on its store. Nothing is sent or read before `connect`. Throws `config.invalid`. */
export async function createClient(options: ClientOptions): Promise<Client> {
  const journal = new Journal(options.store);
  const outbox = await Outbox.open(options.store, journal, options.context.suite);
  const log = await FeedLog.open(options.store, journal);
  const composer = await Composer.open(options, journal);
  return new Client(options, { journal, outbox, log, composer });
}

export class Client implements AsyncDisposable {
  /** The organisation's archive, where this member is a compliance officer. */
  readonly archive: OfficerArchive;
  /** Cases, where this member is one. */
  readonly cases: OfficerCases;
  /** What of it is handed on, as a folder that proves itself. */
  readonly exporter: Exporter;
  /** What officers sign, and approve of each other. */
  readonly oversight: Oversight;
  readonly #store: Store;
  readonly #erasure: Erasure;
  readonly #lock: DeviceLock;
  readonly #wipes = new Listeners<ChanceryError>();
  readonly #parts: Parts;
  readonly #book: ConversationBook;
  readonly #history: History;
  readonly #writer: Writer;
  readonly #uplink: Uplink;
  readonly #turns = new Turns();
  readonly #settled = new Listeners<Settled>();
  #closed = false;
  #wiped = false;

  constructor(options: ClientOptions, parts: Parts) {
    const { profile, saveProfile, store, context, signer, durable = true } = options;
    const { suite } = context;
    const turns = this.#turns;
    const isOwnRoot = (rootId: string): boolean => this.#uplink.isOwnRoot(rootId);
    const provenance = { suite, domain: profile.domain, isOwnRoot };
    const book = new ConversationBook(store, parts.journal);
    const written = new Written();
    const verifier = new Verifier({ ...provenance, written });
    this.#store = store;
    this.#erasure = options.erasure;
    this.#lock = new DeviceLock({
      after: options.after,
      checkPassphrase: options.checkPassphrase ?? null,
      reprove: () => this.#uplink.reprove(),
    });
    this.#parts = parts;
    this.#book = book;
    const reader = new Reader({
      ...parts,
      address: profile.address,
      publicKey: signer.publicKey,
      suite,
      book,
      turns,
      verifier,
    });
    this.#history = new History({
      ...{ log: parts.log, reader },
      requests: () => (this.state.state === 'online' ? this.#uplink.requests : undefined),
    });
    const requests = (): Requests => {
      this.#require();
      return this.#uplink.requests;
    };
    this.archive = new OfficerArchive({
      ...{ provenance, verifier, address: profile.address, unsealer: options.unsealer, clock: options.clock },
      requests,
    });
    this.cases = new OfficerCases({ suite, requests });
    this.oversight = new Oversight({
      ...{ signer, provenance, address: profile.address, requests },
      ...{ clock: options.clock, randomBytes: options.randomBytes },
    });
    this.exporter = new Exporter({
      ...{ signer, provenance, archive: this.archive, cases: this.cases, requests, clock: options.clock },
      oversight: this.oversight,
      device: () => this.#uplink.device,
    });
    this.#writer = new Writer({
      ...parts,
      suite,
      durable,
      book,
      turns,
      written,
      device: () => this.#uplink.device,
    });
    this.#uplink = new Uplink({
      platform: options,
      profile,
      saveProfile,
      outbox: parts.outbox,
      reader,
      turns,
      settle: (item, outcome) => this.#settle(item, outcome),
      settled: () => this.#watch(parts.journal.commit()),
      onIdleLock: (milliseconds) => this.#lock.limit(milliseconds),
      wipe: (report) => this.#wipe(report),
    });
  }

  /** Canonical. */
  get address(): string {
    return this.#uplink.device.address;
  }

  get state(): ConnectionState {
    return this.#uplink.state;
  }

  /** Messages not yet archived or refused. */
  get queued(): number {
    return this.#parts.outbox.size;
  }

  /** The position of the newest event of the feed that is on this device. */
  get position(): string {
    return this.#parts.log.last;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#uplink.onState(listener);
  }

  /** Hears what became of every message of the outbox, those of earlier processes too. */
  onSettled(listener: (settled: Settled) => void): () => void {
    return this.#settled.add(listener);
  }

  /** Hears why sending pauses though connected: the organisation cannot take messages now, or not from this device. */
  onStall(listener: (reason: ChanceryError) => void): () => void {
    return this.#uplink.onStall(listener);
  }

  /** Hears why the certificate could not be renewed, or what this device could not keep. */
  onTrouble(listener: (trouble: ChanceryError) => void): () => void {
    return this.#uplink.onTrouble(listener);
  }

  /**
   * Begins to keep a connection. Resolves when connected; throws why the first attempt failed, while the client goes
   * on trying until it is closed.
   */
  connect(): Promise<void> {
    return this.#uplink.connect();
  }

  /** Resolves when everything that was archived for this member before has been read; waits for a connection. */
  synced(): Promise<void> {
    return this.#uplink.synced();
  }

  /** Hears that this device was revoked and wiped: nothing is left to do but close. */
  onWiped(listener: (reason: ChanceryError) => void): () => void {
    return this.#wipes.add(listener);
  }

  /** What this member is to be shown of recording, as the last session said; null before the first, and where nothing is. */
  get recordingNotice(): RecordingNotice | null {
    return this.#uplink.notice;
  }

  /**
   * Says that this member was shown the notice, and acknowledges it. Throws `node.unreachable` while offline, or
   * `recording.unacknowledged` where it has another text by now: connect again.
   */
  async acknowledgeRecording(): Promise<void> {
    this.#require();
    await this.#uplink.acknowledgeRecording();
  }

  /**
   * Legal holds in force that name this member, which they were not told of yet: as the last session said, without those that
   * were acknowledged since. Throws `device.locked` while the device is.
   */
  get holdNotices(): readonly HoldNotice[] {
    this.#require();
    return this.#uplink.holdNotices;
  }

  /**
   * Says that this member was told of a hold, by its entry, and acknowledges it: once, for all of their devices. Throws
   * `node.unreachable` while offline, or `hold.unknown` where it was released meanwhile.
   */
  async acknowledgeHold(hold: number): Promise<void> {
    this.#require();
    await this.#uplink.acknowledgeHold(hold);
  }

  /** Locks the device when nobody is at it; tells whether it is. */
  get lock(): Lock {
    return this.#lock;
  }

  /** Closes the connection and the store. What is left in the outbox goes out next time. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#end();
    await this.#uplink.close();
    if (this.#wiped) return;
    const { journal, outbox, log } = this.#parts;
    await this.#turns.run(() => journal.commit());
    outbox.close();
    log.wake();
    await this.#store.close();
  }

  /** Nothing is written any more, and nobody waits. */
  #end(): void {
    this.#writer.close();
    this.#lock.close();
    this.#parts.log.wake();
  }

  /** Messages first, since they are what is worth stealing; then the report, with the key; then the key. */
  async #wipe(report: () => Promise<void>): Promise<void> {
    this.#wiped = true;
    this.#end();
    await this.#turns.run(() => Promise.resolve());
    this.#parts.outbox.close();
    this.#parts.log.wake();
    await this.#store.close();
    await this.#erasure.contents();
    await report().catch(() => undefined); // what nobody hears is said by nobody: the node shows it as not confirmed
    await this.#erasure.identity();
    this.#wipes.emit(wipedError());
  }

  /** Throws `device.locked` while the device is, `device.revoked` once it is wiped. */
  #require(): void {
    if (this.#wiped) throw wipedError();
    this.#lock.require();
  }

  /** Throws `recording.unacknowledged` too, where nothing is taken from this device before that is done. */
  #requireWrite(): void {
    this.#require();
    const { notice } = this.#uplink;
    if (notice === null || !notice.required || notice.acknowledged) return;
    throw new ChanceryError(
      'recording.unacknowledged',
      'acknowledge first that what you write is recorded: /accept in the chat, --accept-recording with a command',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Starts a conversation; its owner is this member's organisation. This member is always in it.
   * Throws `name.*`, `message.malformed`, `message.too-large` or `limit.exceeded`.
   */
  async createConversation(wanted: NewConversation): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.create(wanted);
  }

  /** The direct conversation with a person; started, with its `sending`, where there is none. Throws `name.*`. */
  async direct(address: string): Promise<{ readonly id: string; readonly sending: Sending | null }> {
    const other = canonicalAddress(address);
    const known = (await this.conversations()).find(
      ({ type, members }) => type === 'direct' && members.includes(other) && members.includes(this.address),
    );
    if (known !== undefined) return { id: known.id, sending: null };
    this.#requireWrite();
    const sending = await this.#writer.create({ type: 'direct', members: [other] });
    return { id: sending.id, sending };
  }

  /**
   * Replaces title or members of a group of this member's organisation.
   * Throws `name.*`, `message.not-owner`, `message.unknown-conversation`, `message.not-a-member` or `message.malformed`.
   */
  async changeMembers(conversation: string, change: ConversationChange): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.change(conversation, change);
  }

  /**
   * Writes a text into a conversation; resolves when it is safely in the outbox.
   * Throws `message.unknown-conversation`, `message.not-a-member`, `message.too-large` or `limit.exceeded`.
   */
  async send(conversation: string, text: string): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.say(conversation, text);
  }

  /**
   * Sends a file into a conversation, with a text or none; resolves when all of it is safely in the outbox. Throws as `send`
   * does, and `attachment.*`.
   */
  async attach(conversation: string, file: NewFile, text = ''): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.attach(conversation, file, text);
  }

  /**
   * The file of a message, in chunks; waits where the connection is lost. Only once it has ended is it known to be what its
   * sender signed. Throws `request.invalid`, `attachment.mismatch`, or what the node refused.
   */
  async *file(message: MessageEvent): AsyncGenerator<Uint8Array, void, undefined> {
    this.#require();
    yield* download(message, (lost) => this.#uplink.connected(lost));
  }

  /** What comes for this member, oldest first, from after a position on, until the client is closed; from now on without one. */
  async *messages(after: string = this.#parts.log.last): AsyncGenerator<FeedEvent, void, undefined> {
    let position = after;
    for (;;) {
      await this.#lock.unlocked();
      if (this.#closed || this.#wiped) return;
      const grown = this.#parts.log.grown();
      const events = await this.#parts.log.after(position, PAGE);
      for (const event of events) {
        await this.#lock.unlocked();
        position = event.position;
        yield event;
      }
      if (events.length === 0) await grown;
    }
  }

  /** What is on this device after a position. */
  async *stored(after: string): AsyncGenerator<FeedEvent, void, undefined> {
    const until = this.position;
    if (after >= until) return;
    for await (const event of this.messages(after)) {
      yield event;
      if (event.position >= until) return;
    }
  }

  /** How far the feed was shown to the member, as last set; empty at the beginning. */
  async seen(): Promise<string> {
    const stored = await this.#parts.journal.get(KEYS.seen);
    return stored === undefined ? '' : toString(stored);
  }

  async setSeen(position: string): Promise<void> {
    this.#parts.journal.put(KEYS.seen, fromString(position));
    await this.#parts.journal.commit();
  }

  /** Another wording of a text of this member's. Throws as `send` does; the node refuses what is not theirs, or recalled. */
  async edit(conversation: string, message: string, text: string): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.edit(conversation, message, text);
  }

  /** Takes a text of this member's back, for good: readers are shown that, the archive keeps it. Throws as `edit` does. */
  async recall(conversation: string, message: string): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.recall(conversation, message);
  }

  /**
   * A page of a conversation: from the archive where connected, else from this device. `before` is as the page after
   * it said. Throws `request.invalid`, or what the node refused.
   */
  async history(
    conversation: string,
    { before = null, limit = 50 }: { readonly before?: number | null; readonly limit?: number } = {},
  ): Promise<HistoryPage> {
    this.#require();
    return this.#history.page(conversation, before, limit);
  }

  /** Every version of a message, the first one first. Throws `request.invalid`, or what the node refused. */
  async versions(message: string): Promise<FeedEvent[]> {
    this.#require();
    return this.#history.versions(message);
  }

  /** The conversations on this device, the latest activity first. */
  async conversations(): Promise<ConversationInfo[]> {
    this.#require();
    return this.#book.list();
  }

  async conversation(id: string): Promise<ConversationInfo | undefined> {
    this.#require();
    const state = await this.#book.get(id);
    return state && infoOf(state);
  }

  /**
   * Whom this member may write to, by address: all, or those with a word in their address or name. A hundred pages at
   * most; search where there are more. Throws `node.unreachable` while offline.
   */
  async contacts({ search = '' }: { readonly search?: string } = {}): Promise<Contacts> {
    this.#require();
    return askContacts(this.#uplink.requests, search);
  }

  /** The member's devices, this one among them. Throws `node.unreachable` while offline. */
  async devices(): Promise<readonly OwnDevice[]> {
    this.#require();
    return (await this.#uplink.requests.ask('devices', {})).devices;
  }

  /** Revokes one of the member's devices by its serial, this one too. Throws `device.unknown` or `device.revoked`. */
  async revokeDevice(serial: string, reason = ''): Promise<void> {
    this.#require();
    await this.#uplink.requests.ask('revoke-device', { serial, reason });
  }

  /** What partner organisations said of a message, one a partner. */
  async deliveries(message: string): Promise<DeliveryEvent[]> {
    this.#require();
    return this.#parts.log.deliveries(message);
  }

  #settle(item: Outgoing, outcome: Outcome): void {
    if (outcome.state === 'refused') this.#watch(this.#writer.withdraw(item));
    this.#parts.outbox.settle(item, outcome);
    this.#settled.emit({ id: item.id, conversation: item.conversation, outcome });
  }

  /** A write that nobody waits for: what it leaves undone is made good by sending again. */
  #watch(writing: Promise<void>): void {
    writing.catch((cause: unknown) => {
      const text = `this device cannot keep what it knows: ${(cause as Error).message}`;
      this.#uplink.trouble(new ChanceryError('internal', text, { cause }));
    });
  }
}
