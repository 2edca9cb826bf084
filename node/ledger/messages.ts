/**
 * Messages as views over the log: by id, by conversation, by member, by partner still to be told.
 * Guarantees: a message, every view of it and the outbox rows for its partners are one atomic batch, so what is
 * archived is always on its way, and what is on its way is always archived.
 */
import { equals } from 'uint8arrays/equals';
import {
  decodeConversation,
  domainOf,
  encodeConversation,
  targetOf,
  type Conversation,
  type Target,
} from '../../protocol/conversation/index.ts';
import type { VerifiedMessage } from '../../protocol/message/index.ts';
import type { Receipt } from '../../protocol/statement/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { talksWith } from './acquaintances.ts';
import { decodeSequence } from './view-key.ts';
import { headed, type Fact } from './fact.ts';
import type { HeaderOf } from './headers.ts';
import type { Ledger } from './ledger.ts';
import { tokensOfMessage } from './message-tokens.ts';
import { conversationOf } from './conversation-of.ts';
import { audienceOf, RECALLED } from './message-views.ts';
import { NEWS_ROW } from './news.ts';
import { placedRow, type PlacedRow } from './quarantine.ts';
import { positionsOf } from './released-rows.ts';
import { reported, type Suspected } from './report-views.ts';
import { inStays, staysOf } from './stays.ts';
import type { Range } from './readable-ledger.ts';
import type { RecordOf } from './records.ts';

/** A message that passed every check, with the conversation as it is after it. Only `intake` makes one. */
export interface AdmittedMessage {
  readonly message: VerifiedMessage;
  readonly before: Conversation | undefined;
  readonly after: Conversation;
  readonly via: RecordOf<'message'>['via'];
}

/** A message waiting for a partner: its position in our log, its id, and the device that signed it. */
export interface Outgoing {
  /** Its place in the outbox: its position, or that of the entry by which it was released. */
  readonly row: number;
  readonly sequence: number;
  readonly id: Uint8Array;
  readonly device: Uint8Array;
}

/** One that was sent, and its sender's address. */
export interface Sent extends Outgoing {
  readonly sender: string;
}

/** The newest version of a message, and whether that takes it back. */
export interface Revised {
  readonly sequence: number;
  readonly recalled: boolean;
}

/** A place in a member's feed: a message, a receipt that is about these messages of the member's, or identity news. */
export interface FeedRow {
  readonly sequence: number;
  readonly isNews: boolean;
  readonly delivered: readonly Uint8Array[];
  /** Where it leads to a message of before, and why. */
  readonly placed?: PlacedRow;
}

export class Messages {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The position of a message that is archived, or is being archived. Throws `archive.damaged`. */
  position(id: Uint8Array): number | undefined {
    const value = this.#ledger.get(this.#ledger.keys.message(id));
    if (value === undefined) return undefined;
    const sequence = decodeSequence(value);
    if (this.#ledger.isDisposed(sequence)) return sequence;
    if (sequence < this.#ledger.log.size) this.headerAt(sequence, (header) => equals(header.id, id));
    return sequence;
  }

  conversation(id: Uint8Array): Conversation | undefined {
    return conversationOf(this.#ledger, id);
  }

  /** The record of an admitted message, of where the file is that it brings along, and of whether it is kept back. */
  factOf(
    { message, before, after, via }: AdmittedMessage,
    { file, held = false }: Partial<Pick<RecordOf<'message'>, 'file'>> & { readonly held?: boolean } = {},
  ): Fact {
    const { id, sender, device, content, time } = message;
    return headed(
      'message',
      {
        envelope: message.envelope,
        via,
        ...(file === undefined ? {} : { file }),
      },
      {
        id,
        conversation: after.id,
        sender,
        device,
        kind: content.kind,
        origin: time,
        from: via?.domain ?? null,
        position: via?.position ?? null,
        conversationAfter: before === after ? null : encodeConversation(after),
        ...optionalTarget(targetOf(message)),
        ...(file === undefined ? {} : { file: file.sealed }),
        ...(held ? { held } : {}),
        tokens: tokensOfMessage(this.#ledger.tokens, {
          sender,
          content,
          before,
          after,
          direction: via === null ? 'out' : 'in',
        }),
        keep: this.#ledger.scheduleOf({
          conversation: after,
          content: content.kind,
          partners: audienceOf(this.#ledger.domain, before, after).domains,
        }),
      },
    );
  }

  /** The message that a row of a view stands for, and what its views were made from, like `headerAt`. */
  rowOf(
    sequence: number,
    isMeant: (header: HeaderOf<'message'>) => boolean,
  ): { readonly header: HeaderOf<'message'>; readonly record: RecordOf<'message'> } {
    const header = this.headerAt(sequence, isMeant);
    return { header, record: this.#ledger.message(sequence) ?? missing(sequence) };
  }

  /**
   * What the views of the message that a row stands for were made from, if it is the one: a row whose key was changed
   * points elsewhere. Throws `archive.damaged`.
   */
  headerAt(sequence: number, isMeant: (header: HeaderOf<'message'>) => boolean): HeaderOf<'message'> {
    const header = this.#ledger.messageHeader(sequence) ?? missing(sequence);
    if (isMeant(header)) return header;
    throw new ChanceryError(
      'archive.damaged',
      `a view of the archive points to message ${sequence}, which does not belong there; stop the node, and run chancery archive reindex`,
      { facts: { sequence, views: true } },
    );
  }

  /**
   * What is known of a message that another one is about; undefined where it is not known. Throws `archive.damaged`, and
   * `archive.unavailable` while it is just being archived.
   */
  target(id: Uint8Array): Target | undefined {
    const sequence = this.position(id);
    if (sequence === undefined) return undefined;
    const header = this.#ledger.messageHeader(sequence);
    if (header === undefined)
      throw new ChanceryError(
        'archive.unavailable',
        'the message that this is about is being archived; try again',
      );
    const { conversation, sender, kind } = header;
    return { conversation, sender, kind, recalled: this.revised(id)?.recalled === true };
  }

  /** What last edited or recalled a message; undefined for one that stands as it was written. */
  revised(id: Uint8Array): Revised | undefined {
    const value = this.#ledger.get(this.#ledger.keys.revised(id));
    return value && { sequence: decodeSequence(value), recalled: value[0] === RECALLED };
  }

  /** Whether a message is kept back: it was held and not released. */
  isHeld(id: Uint8Array): boolean {
    return this.#ledger.log.has(this.#ledger.keys.quarantine(id));
  }

  /** Whether a message was reported as phishing, and whether an officer confirmed that; an edit, if what it is about was. */
  reported(id: Uint8Array): Suspected['state'] | undefined {
    return reported(this.#ledger, id)?.state;
  }

  /** Positions of the edits and the recall of a message, newest first, below `before`. */
  async versions(id: Uint8Array, before: number | null, limit: number): Promise<number[]> {
    const range = this.#ledger.keys.within('version', id);
    const lt = before === null ? range.lt : this.#ledger.keys.version(id, before);
    return this.#sequences({ gte: range.gte, lt, reverse: true, limit });
  }

  /** Entries with files from a position on, in order, and the hash of each sealed file; those that count as archived. */
  async *files(from = 0): AsyncGenerator<{ readonly sequence: number; readonly sealed: Uint8Array }> {
    const { keys } = this.#ledger;
    for await (const [key, sealed] of this.#rows({ gte: keys.file(from), lt: keys.within('file').lt }))
      yield { sequence: decodeSequence(key), sealed };
  }

  /**
   * Positions below `before`, newest first, of what a person wrote, and of all else in conversations while they were in
   * them, but for what others wrote that is kept back: of a member what their devices were sent, of anybody else by when they
   * came and left.
   */
  async *involving(address: string, before: number): AsyncGenerator<number, void, undefined> {
    if (domainOf(address) !== this.#ledger.domain) {
      const stays = await staysOf(this.#ledger, address);
      for await (const sequence of inStays(stays, before, (...range) => this.timeline(...range)))
        if (!this.#isKeptFrom(address, sequence)) yield sequence;
      return;
    }
    const { gte } = this.#ledger.keys.within('feed', address);
    const lt = this.#ledger.keys.feed(address, before);
    yield* positionsOf(this.#rows({ gte, lt, reverse: true }));
  }

  /** Of a message that cannot be read any more it is not known, and it is not left out. */
  #isKeptFrom(address: string, sequence: number): boolean {
    if (this.#ledger.isDisposed(sequence)) return false;
    const header = this.#ledger.messageHeader(sequence);
    return header !== undefined && header.sender !== address && this.isHeld(header.id);
  }

  /** Whether a member was in a conversation when the entry came. */
  wasIn(address: string, conversation: Uint8Array, sequence: number): boolean {
    const { log, keys } = this.#ledger;
    if (log.has(keys.membership(address, conversation))) return true;
    const until = log.get(keys.formerMembership(address, conversation));
    return until !== undefined && decodeSequence(until) >= sequence;
  }

  /** Whether a member may be shown a message: was in its conversation when it came, and it is not kept back, or is their own. */
  mayRead(address: string, id: Uint8Array, sequence: number, { conversation, sender }: Target): boolean {
    return this.wasIn(address, conversation, sequence) && (sender === address || !this.isHeld(id));
  }

  /** Positions of a conversation, newest first, below `before`. */
  async timeline(conversation: Uint8Array, before: number | null, limit: number): Promise<number[]> {
    const range = this.#ledger.keys.within('timeline', conversation);
    const lt = before === null ? range.lt : this.#ledger.keys.timeline(conversation, before);
    return this.#sequences({ gte: range.gte, lt, reverse: true, limit });
  }

  /** A member's feed from `cursor` on, oldest first. */
  async feed(address: string, cursor: number, limit: number): Promise<FeedRow[]> {
    const rows: FeedRow[] = [];
    const range = {
      gte: this.#ledger.keys.feed(address, cursor),
      lt: this.#ledger.keys.within('feed', address).lt,
      limit,
    };
    for await (const [key, value] of this.#rows(range)) {
      const isNews = equals(value, NEWS_ROW);
      const placed = placedRow(value);
      if (placed !== undefined) {
        rows.push({ sequence: decodeSequence(key), isNews, delivered: [], placed });
        continue;
      }
      const delivered = [];
      for (let at = 0; !isNews && at < value.length; at += 32) delivered.push(value.slice(at, at + 32));
      rows.push({ sequence: decodeSequence(key), isNews, delivered });
    }
    return rows;
  }

  /** Positions of what a person wrote, newest first, below `before`. */
  async said(address: string, before: number | null, limit: number): Promise<number[]> {
    const range = this.#ledger.keys.within('said', address);
    const lt = before === null ? range.lt : this.#ledger.keys.said(address, before);
    return this.#sequences({ gte: range.gte, lt, reverse: true, limit });
  }

  async #sequences(range: Range): Promise<number[]> {
    const sequences: number[] = [];
    for await (const [key] of this.#rows(range)) sequences.push(decodeSequence(key));
    return sequences;
  }

  /** Rows of entries that count as archived: what too few nodes hold so far is not shown to anybody. */
  async *#rows(range: Range): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    const { log } = this.#ledger;
    const { size } = log;
    for await (const row of log.iterate(range)) if (decodeSequence(row[0]) < size) yield row;
  }

  /** Conversations that somebody, ours or a partner's, is or was in, as far as that is known: no more than `limit` of each. */
  async everWith(address: string, limit: number): Promise<Uint8Array[]> {
    const found = [...talksWith(this.#ledger, address)];
    for (const view of ['membership', 'formerMembership'] as const) {
      const range = { ...this.#ledger.keys.within(view, address), limit };
      for await (const [key] of this.#ledger.iterate(range)) found.push(key.slice(-32));
    }
    return found;
  }

  async conversations(): Promise<Conversation[]> {
    const found: Conversation[] = [];
    for await (const [, value] of this.#ledger.iterate(this.#ledger.keys.within('conversation'))) {
      const decoded = decodeConversation(value);
      if (decoded.ok) found.push(decoded.value);
    }
    return found;
  }

  /** People of partners who have written to us and were let in: the device that each used last, by its hash. */
  async people(limit: number): Promise<Uint8Array[]> {
    const devices: Uint8Array[] = [];
    const range = { ...this.#ledger.keys.within('person'), limit };
    for await (const [, device] of this.#ledger.iterate(range)) devices.push(device);
    return devices;
  }

  /** What a partner has yet to acknowledge, oldest first, from a position on. */
  async outbox(domain: string, from: number, limit: number): Promise<Outgoing[]> {
    const start = Math.max(from, this.outboxCursor(domain));
    const range = {
      gte: this.#ledger.keys.outbox(domain, start),
      lt: this.#ledger.keys.within('outbox', domain).lt,
      limit,
    };
    const outgoing: Outgoing[] = [];
    for await (const [key, value] of this.#rows(range)) {
      const row = decodeSequence(key);
      outgoing.push({
        row,
        sequence: value.length > SENT_BYTES ? decodeSequence(value) : row,
        id: value.slice(0, 32),
        device: value.slice(32, SENT_BYTES),
      });
    }
    return outgoing;
  }

  /** How many messages a partner has yet to acknowledge; counts to `limit` at most. */
  async backlog(domain: string, limit: number): Promise<number> {
    const range = this.#ledger.keys.within('outbox', domain);
    const gte = this.#ledger.keys.outbox(domain, this.outboxCursor(domain));
    return (await this.#sequences({ gte, lt: range.lt, limit })).length;
  }

  /** Positions below it are acknowledged by the partner. */
  outboxCursor(domain: string): number {
    const value = this.#ledger.get(this.#ledger.keys.outboxCursor(domain));
    return value === undefined ? 0 : decodeSequence(value);
  }

  /**
   * Records a partner's receipt for a bundle: the proof of delivery, what became of each message, and the outbox
   * moved past the bundle, but not past `held`, a position that still waits. `sent` is the bundle in order; `statement`
   * the receipt as signed.
   */
  async acknowledge(
    receipt: Receipt,
    statement: Uint8Array,
    sent: readonly Sent[],
    held = Infinity,
  ): Promise<void> {
    const last = sent.at(-1);
    if (last === undefined) return;
    const settled = sent.map(({ sequence, sender, id }): [number, string, Uint8Array] => [
      sequence,
      sender,
      id,
    ]);
    const record = { from: receipt.from, statement };
    const next = Math.min(held, last.row + 1);
    const released = sent.filter(({ row, sequence }) => row !== sequence).map(({ row }) => row);
    await this.#ledger.append([
      headed('receipt', record, {
        ...{ from: receipt.from, settled, next },
        ...(released.length === 0 ? {} : { released }),
      }),
    ]);
  }
}

/** Bytes of a row of the outbox: the message's id and its device; one that was released has its position after them. */
const SENT_BYTES = 64;

function optionalTarget(target: Uint8Array | undefined): Pick<HeaderOf<'message'>, 'target'> {
  return target === undefined ? {} : { target };
}

function missing(sequence: number): never {
  throw new ChanceryError('archive.damaged', `message ${sequence} is missing; run chancery archive verify`, {
    facts: { sequence },
  });
}
