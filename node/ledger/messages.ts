/**
 * Messages as views over the log: by id, by conversation, by member, by partner still to be told.
 * Guarantees: a message, every view of it and the outbox rows for its partners are one atomic batch, so what is
 * archived is always on its way, and what is on its way is always archived.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import {
  decodeConversation,
  domainOf,
  domainsOf,
  encodeConversation,
  type Conversation,
} from '../../protocol/conversation/index.ts';
import type { VerifiedMessage } from '../../protocol/message/index.ts';
import type { Receipt } from '../../protocol/statement/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import type { NewRecord, Op } from '../archive/index.ts';
import { talkOps } from './acquaintances.ts';
import { KEYS, decodeSequence, encodeSequence, within } from './keys.ts';
import { PRESENT, del, fact, put, type Ledger } from './ledger.ts';
import { NEWS_ROW } from './news.ts';
import type { RecordOf } from './records.ts';

/** A message that passed every check, with the conversation as it is after it. Only `intake` makes one. */
export interface AdmittedMessage {
  readonly message: VerifiedMessage;
  readonly before: Conversation | undefined;
  readonly after: Conversation;
  readonly via: RecordOf<'message'>['via'];
}

/** A message waiting for a partner: its position in our log, its id, the device that signed it, its sender's address. */
export interface Outgoing {
  readonly sequence: number;
  readonly id: Uint8Array;
  readonly device: Uint8Array;
  readonly sender: string;
}

/** A place in a member's feed: a message, a receipt that is about these messages of the member's, or identity news. */
export interface FeedRow {
  readonly sequence: number;
  readonly isNews: boolean;
  readonly delivered: readonly Uint8Array[];
}

/** Envelopes kept in memory after their append: partners and devices ask for them at once. 64 MB at the very most. */
const MAX_RECENT = 1_024;

interface Audience {
  readonly members: readonly string[];
  readonly domains: readonly string[];
}

export class Messages {
  /** Of conversations that a message left as they were. */
  readonly #audiences = new WeakMap<Conversation, Audience>();
  readonly #recent = new Map<number, Uint8Array>();
  readonly #ledger: Ledger;
  readonly #domain: string;

  constructor(ledger: Ledger, domain: string) {
    this.#ledger = ledger;
    this.#domain = domain;
  }

  /** The position of a message that is archived, or is being archived. */
  position(id: Uint8Array): number | undefined {
    const value = this.#ledger.log.get(KEYS.message(id));
    return value === undefined ? undefined : decodeSequence(value);
  }

  conversation(id: Uint8Array): Conversation | undefined {
    return this.#ledger.decoded(KEYS.conversation(id), (value) => valueOf(decodeConversation(value)));
  }

  /** The record of an admitted message, with every view of it. */
  factOf(admitted: AdmittedMessage): NewRecord {
    const { message, via } = admitted;
    return fact('message', { envelope: message.envelope, via }, (sequence) => {
      this.#remember(sequence, message.envelope);
      return this.#ops(admitted, sequence);
    });
  }

  #remember(sequence: number, envelope: Uint8Array): void {
    this.#recent.set(sequence, envelope);
    if (this.#recent.size <= MAX_RECENT) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  /** The envelope at a position of the log, from memory where it was just appended. Throws `archive.damaged`. */
  envelopeAt(sequence: number): Uint8Array {
    return this.#recent.get(sequence) ?? this.at(sequence).envelope;
  }

  #ops({ message, before, after, via }: AdmittedMessage, sequence: number): Op[] {
    const ops = [
      put(KEYS.message(message.id), encodeSequence(sequence)),
      put(KEYS.timeline(after.id, sequence), PRESENT),
      put(KEYS.said(message.sender, sequence), PRESENT),
    ];
    if (before !== after) ops.push(...this.#membershipOps(before, after));
    const { members, domains } = this.#audience(before, after);
    for (const address of members) ops.push(put(KEYS.feed(address, sequence), PRESENT));
    if (via === null) {
      const row = concat([message.id, message.device, fromString(message.sender)]);
      for (const domain of domains) ops.push(put(KEYS.outbox(domain, sequence), row));
      return ops;
    }
    const person = KEYS.person(message.sender);
    const known = this.#ledger.decoded(person, (device) => device);
    if (known === undefined || !equals(known, message.device)) ops.push(put(person, message.device));
    return ops;
  }

  /** Our members who are told, and the partners that are: those of before too, so that who is removed learns of it. */
  #audience(before: Conversation | undefined, after: Conversation): Audience {
    const known = before === after ? this.#audiences.get(after) : undefined;
    if (known !== undefined) return known;
    const told = [...new Set([...(before?.members ?? []), ...after.members])];
    const audience = {
      members: told.filter((address) => domainOf(address) === this.#domain),
      domains: domainsOf({ members: told }).filter((domain) => domain !== this.#domain),
    };
    if (before === after) this.#audiences.set(after, audience);
    return audience;
  }

  #membershipOps(before: Conversation | undefined, after: Conversation): Op[] {
    const strangers = after.members.filter((address) => domainOf(address) !== this.#domain);
    const ops = [put(KEYS.conversation(after.id), encodeConversation(after))];
    ops.push(...talkOps(this.#ledger, after, strangers));
    for (const address of after.members) {
      if (domainOf(address) === this.#domain) ops.push(put(KEYS.membership(address, after.id), PRESENT));
    }
    for (const address of before?.members ?? []) {
      if (!after.members.includes(address)) ops.push(del(KEYS.membership(address, after.id)));
    }
    return ops;
  }

  /** A message of the log; throws `archive.damaged` when it cannot be read. */
  at(sequence: number): RecordOf<'message'> {
    const record = this.#ledger.record('message', sequence);
    if (record === undefined) {
      throw new ChanceryError(
        'archive.damaged',
        `message ${sequence} is missing; run chancery archive verify`,
      );
    }
    return record;
  }

  /** Positions of a conversation, newest first, below `before`. */
  async timeline(conversation: Uint8Array, before: number | null, limit: number): Promise<number[]> {
    const range = within('timeline', conversation);
    const lt = before === null ? range.lt : KEYS.timeline(conversation, before);
    return this.#sequences({ gte: range.gte, lt, reverse: true, limit });
  }

  /** A member's feed from `cursor` on, oldest first. */
  async feed(address: string, cursor: number, limit: number): Promise<FeedRow[]> {
    const rows: FeedRow[] = [];
    const range = { gte: KEYS.feed(address, cursor), lt: within('feed', address).lt, limit };
    for await (const [key, value] of this.#ledger.log.iterate(range)) {
      const isNews = equals(value, NEWS_ROW);
      const delivered = [];
      for (let at = 0; !isNews && at < value.length; at += 32) delivered.push(value.slice(at, at + 32));
      rows.push({ sequence: decodeSequence(key), isNews, delivered });
    }
    return rows;
  }

  /** Positions of what a person wrote, newest first, below `before`. */
  async said(address: string, before: number | null, limit: number): Promise<number[]> {
    const range = within('said', address);
    const lt = before === null ? range.lt : KEYS.said(address, before);
    return this.#sequences({ gte: range.gte, lt, reverse: true, limit });
  }

  async #sequences(range: Parameters<Ledger['log']['iterate']>[0]): Promise<number[]> {
    const sequences: number[] = [];
    for await (const [key] of this.#ledger.log.iterate(range)) sequences.push(decodeSequence(key));
    return sequences;
  }

  /** A member's conversations in the order of their ids, from after one. */
  async conversationsOf(address: string, after: Uint8Array | null, limit: number): Promise<Conversation[]> {
    const { gte, lt } = within('membership', address);
    const from = after === null ? { gte } : { gt: KEYS.membership(address, after) };
    const found: Conversation[] = [];
    for await (const [key] of this.#ledger.log.iterate({ ...from, lt, limit })) {
      const conversation = this.conversation(key.slice(-32));
      if (conversation !== undefined) found.push(conversation);
    }
    return found;
  }

  async conversations(): Promise<Conversation[]> {
    const found: Conversation[] = [];
    for await (const [, value] of this.#ledger.log.iterate(within('conversation'))) {
      const decoded = decodeConversation(value);
      if (decoded.ok) found.push(decoded.value);
    }
    return found;
  }

  /** People of partners who have written to us: address and device last used. */
  async people(limit: number): Promise<{ address: string; device: Uint8Array }[]> {
    const people: { address: string; device: Uint8Array }[] = [];
    for await (const [key, value] of this.#ledger.log.iterate({ ...within('person'), limit })) {
      people.push({ address: Buffer.from(key.subarray(1, -1)).toString(), device: value });
    }
    return people;
  }

  /** What a partner has yet to acknowledge, oldest first, from a position on. */
  async outbox(domain: string, from: number, limit: number): Promise<Outgoing[]> {
    const start = Math.max(from, this.outboxCursor(domain));
    const range = { gte: KEYS.outbox(domain, start), lt: within('outbox', domain).lt, limit };
    const outgoing: Outgoing[] = [];
    for await (const [key, value] of this.#ledger.log.iterate(range)) {
      outgoing.push({
        sequence: decodeSequence(key),
        id: value.slice(0, 32),
        device: value.slice(32, 64),
        sender: toString(value.subarray(64)),
      });
    }
    return outgoing;
  }

  /** How many messages a partner has yet to acknowledge; counts to `limit` at most. */
  async backlog(domain: string, limit: number): Promise<number> {
    const range = within('outbox', domain);
    const gte = KEYS.outbox(domain, this.outboxCursor(domain));
    return (await this.#sequences({ gte, lt: range.lt, limit })).length;
  }

  /** Positions below it are acknowledged by the partner. */
  outboxCursor(domain: string): number {
    const value = this.#ledger.log.get(KEYS.outboxCursor(domain));
    return value === undefined ? 0 : decodeSequence(value);
  }

  /**
   * Records a partner's receipt for a bundle: the proof of delivery, what became of each message, and the outbox
   * moved past the bundle. `sent` is the bundle in order; `statement` the receipt as signed.
   */
  async acknowledge(receipt: Receipt, statement: Uint8Array, sent: readonly Outgoing[]): Promise<void> {
    const last = sent.at(-1);
    if (last === undefined) return;
    await this.#ledger.append([
      fact('receipt', { from: receipt.from, statement }, (sequence) => [
        ...sent.map((outgoing) => del(KEYS.outbox(receipt.from, outgoing.sequence))),
        put(KEYS.outboxCursor(receipt.from), encodeSequence(last.sequence + 1)),
        ...this.#deliveryOps(sequence, sent),
      ]),
    ]);
  }

  /** A row in the feed of each sender that lists which of theirs the receipt is about. */
  #deliveryOps(sequence: number, sent: readonly Outgoing[]): Op[] {
    const bySender = Map.groupBy(sent, ({ sender }) => sender);
    return [...bySender].map(([sender, own]) =>
      put(KEYS.feed(sender, sequence), concat(own.map(({ id }) => id))),
    );
  }
}
