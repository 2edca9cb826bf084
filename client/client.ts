/**
 * A member's device: writes, reads and keeps messages, connected or not.
 * Guarantees: what was written is on the device's disk before it is sent and stays until the organisation's archive
 * has it; what is shown was verified here; nothing is shown or sent twice, whatever is lost on the way.
 */
import type { ChanceryError } from '../protocol/errors/index.ts';
import type { HoldNotice, OwnDevice, RecordingNotice } from '../protocol/wire/index.ts';
import { canonicalAddress } from './address-list.ts';
import type { OfficerArchive } from './archive/index.ts';
import type { OfficerCases } from './cases/index.ts';
import { openParts, type ClientOptions, type ClientParts } from './client-parts.ts';
import { download } from './download.ts';
import { askContacts, type Contacts } from './contacts.ts';
import { ConversationBook, infoOf, type ConversationInfo } from './conversation-book.ts';
import type { Device } from './device.ts';
import { DeviceLock, type Lock } from './device-lock.ts';
import { Ending } from './ending.ts';
import type { Exporter } from './export/index.ts';
import { Reader, Verifier, type DeliveryEvent, type FeedEvent, type MessageEvent } from './feed/index.ts';
import { Following } from './following.ts';
import { History } from './history.ts';
import type { HistoryPage } from './history-page.ts';
import { officerOf } from './officer.ts';
import { MessageRequests } from './message-requests.ts';
import type { NewFile } from './outbox/index.ts';
import type { Oversight } from './oversight/index.ts';
import type { OfficerReviews } from './reviews/index.ts';
import type { ConnectionState, Requests } from './session/index.ts';
import { Settling, type Settled } from './settling.ts';
import { Turns } from './turns.ts';
import { Uplink } from './uplink.ts';
import { Written } from './written.ts';
import { Writer, type ConversationChange, type NewConversation, type Sending } from './writer.ts';

/** How a message is sent. */
export interface SendOptions {
  /** Why it is sent although the organisation's policy warns of it; it is archived. */
  readonly confirm?: string;
}

/** Opens a client on its store. Nothing is sent or read before `connect`. Throws `config.invalid`. */
export async function createClient(options: ClientOptions): Promise<Client> {
  return new Client(options, await openParts(options));
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
  /** What waits for an officer's review. */
  readonly reviews: OfficerReviews;
  /** Who writes to this member for the first time, and what this member reports. */
  readonly messageRequests: MessageRequests;
  readonly #lock: DeviceLock;
  readonly #parts: ClientParts;
  readonly #book: ConversationBook;
  readonly #history: History;
  readonly #following: Following;
  readonly #writer: Writer;
  readonly #uplink: Uplink;
  readonly #ending: Ending;
  readonly #settling: Settling;

  constructor(options: ClientOptions, parts: ClientParts) {
    const { profile, saveProfile, store, context, signer, durable = true } = options;
    const { suite } = context;
    const { domain, address } = profile;
    const turns = new Turns();
    const device = (): Device => this.#uplink.device;
    const isOwnRoot = (rootId: string): boolean => this.#uplink.isOwnRoot(rootId);
    const provenance = { suite, domain, isOwnRoot };
    const book = new ConversationBook(store, parts.journal);
    const written = new Written();
    const verifier = new Verifier({ ...provenance, written });
    this.#lock = new DeviceLock({
      after: options.after,
      checkPassphrase: options.checkPassphrase ?? null,
      reprove: () => this.#uplink.reprove(),
    });
    this.#parts = parts;
    this.#book = book;
    const { publicKey } = signer;
    const reader = new Reader({ ...parts, address, publicKey, suite, book, turns, verifier });
    const { log } = parts;
    this.#history = new History({ log, reader, requests: () => this.#online });
    const requests = (): Requests => {
      this.#require();
      return this.#uplink.requests;
    };
    const officer = officerOf({ ...options, provenance, verifier, address, device, requests });
    this.archive = officer.archive;
    this.cases = officer.cases;
    this.exporter = officer.exporter;
    this.oversight = officer.oversight;
    this.reviews = officer.reviews;
    this.messageRequests = new MessageRequests(requests);
    this.#writer = new Writer({ ...parts, suite, durable, book, turns, written, device });
    this.#uplink = new Uplink({
      ...{ platform: options, profile, saveProfile, outbox: parts.outbox, reader, turns },
      settle: (item, outcome) => this.#settling.settle(item, outcome),
      settled: () => this.#settling.watch(parts.journal.commit()),
      onIdleLock: (milliseconds) => this.#lock.limit(milliseconds),
      wipe: (report) => this.#ending.wipe(report),
    });
    this.#settling = new Settling({
      ...{ outbox: parts.outbox, writer: this.#writer },
      trouble: (trouble) => this.#uplink.trouble(trouble),
    });
    const ended = { ...parts, store, erasure: options.erasure, turns };
    this.#ending = new Ending({ ...ended, writer: this.#writer, lock: this.#lock, uplink: this.#uplink });
    this.#following = new Following({ ...parts, lock: this.#lock, isOver: () => this.#ending.isOver });
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
    return this.#settling.onSettled(listener);
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
    return this.#ending.onWiped(listener);
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
  close(): Promise<void> {
    return this.#ending.close();
  }

  /** Throws `device.locked` while the device is, `device.revoked` once it is wiped. */
  #require(): void {
    this.#ending.assertNotWiped();
    this.#lock.require();
  }

  /** Throws `recording.unacknowledged` too, where nothing is taken from this device before that is done. */
  #requireWrite(): void {
    this.#require();
    this.#uplink.requireAcknowledged();
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
    this.#require();
    const known = await this.#book.direct(this.address, other);
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
  async send(conversation: string, text: string, { confirm }: SendOptions = {}): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.say(conversation, text, confirm);
  }

  /**
   * Sends a file into a conversation, with a text or none; resolves when all of it is safely in the outbox. Throws as `send`
   * does, and `attachment.*`.
   */
  async attach(
    conversation: string,
    file: NewFile,
    text = '',
    { confirm }: SendOptions = {},
  ): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.attach(conversation, file, text, confirm);
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
  messages(after: string = this.position): AsyncGenerator<FeedEvent, void, undefined> {
    return this.#following.from(after);
  }

  /** What is on this device after a position. */
  stored(after: string): AsyncGenerator<FeedEvent, void, undefined> {
    return this.#following.stored(after);
  }

  /** How far the feed was shown to the member, as last set; empty at the beginning. */
  seen(): Promise<string> {
    return this.#following.seen();
  }

  setSeen(position: string): Promise<void> {
    return this.#following.setSeen(position);
  }

  /** Another wording of a text of this member's. Throws as `send` does; the node refuses what is not theirs, or recalled. */
  async edit(
    conversation: string,
    message: string,
    text: string,
    { confirm }: SendOptions = {},
  ): Promise<Sending> {
    this.#requireWrite();
    return this.#writer.edit(conversation, message, text, confirm);
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

  /** What can be asked while there is a connection. */
  get #online(): Requests | undefined {
    return this.state.state === 'online' ? this.#uplink.requests : undefined;
  }
}
