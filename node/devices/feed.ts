/**
 * What a member's devices are shown: rows of the feed turned into items, with the chain and the verified identity
 * of everyone who signed one of them. Nothing is shown that the archive does not hold; what it can no longer show as it
 * was is named in its place.
 */
import { equals } from 'uint8arrays/equals';
import { inOrder, targetOf } from '../../protocol/conversation/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { decodeProvenMessage, type DecodedMessage } from '../../protocol/message/index.ts';
import { MAX_PAGE, type FeedItem, type MessageSigner, type Person } from '../../protocol/wire/index.ts';
import { byteName } from '../archive/index.ts';
import { reportAt } from '../ledger/index.ts';
import type {
  Decisions,
  FeedRow,
  KnownSigner,
  Ledger,
  Members,
  Messages,
  Partners,
  Signers,
} from '../ledger/index.ts';
import { deliveriesIn } from './deliveries.ts';
import { redacted } from './redacted.ts';
import { reportedState, withoutContent } from './reported.ts';
import { ruledOf } from './ruled.ts';
import { withheld } from './withheld.ts';

/** Bytes of envelopes in one answer: a frame holds it with the chains of everyone in it. */
const MAX_FEED_BYTES = 524_288;

/** And of what edited or recalled them, beside them. */
const MAX_VERSION_BYTES = 262_144;

export interface FeedOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly members: Members;
  readonly partners: Partners;
  readonly decisions: Decisions;
  /** What a rule of the policy has for the person whom it is about. */
  readonly warningOf: (rule: string) => string;
  readonly suite: CryptoSuite;
}

export interface Page {
  readonly items: FeedItem[];
  readonly signers: MessageSigner[];
  readonly cursor: number | null;
  /** Of a page of history: the newest version of each message in it that was edited or recalled. */
  readonly versions?: FeedItem[];
}

export class Feed {
  readonly #options: FeedOptions;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** A member's feed from a cursor on; the cursor to read on from is in the page. */
  async read(address: string, cursor: number, limit: number): Promise<Page> {
    const rows = await this.#options.messages.feed(address, cursor, limit);
    const items: FeedItem[] = [];
    const signers = new Map<string, MessageSigner>();
    let next = cursor;
    let bytes = 0;
    for (const row of rows) {
      const found = await this.#itemsOf(row, address, signers);
      const length = bytesOf(found);
      const isFull = bytes + length > MAX_FEED_BYTES || items.length + found.length > limit;
      if (items.length > 0 && isFull) break;
      bytes += length;
      items.push(...found);
      next = row.sequence + 1;
    }
    return { items, signers: [...signers.values()], cursor: next };
  }

  /** What a row of a member's feed stands for. */
  #itemsOf(
    { sequence, isNews, delivered, placed }: FeedRow,
    address: string,
    signers: Map<string, MessageSigner>,
  ): FeedItem[] | Promise<FeedItem[]> {
    if (isNews) return this.#shown(sequence, () => this.#news(sequence));
    if (delivered.length > 0)
      return this.#shown(sequence, () => this.#deliveries(sequence, address, delivered));
    if (placed?.what === 'reviewed') return this.#shown(sequence, () => this.#review(sequence, address));
    if (placed?.what === 'reported') return this.#report(sequence, placed.message, address, signers);
    // one that was released comes now: in the order of the feed
    const position = placed?.message ?? sequence;
    const isOfMember: IsMeant = ({ conversationId }) =>
      this.#options.messages.wasIn(address, conversationId, position);
    return this.#shown(sequence, () => [{ ...this.#message(position, isOfMember, signers).item, sequence }]);
  }

  /** A conversation's messages before a position, newest page first, each page in the order everyone shows it in. */
  async history(
    conversation: Uint8Array,
    address: string,
    before: number | null,
    limit: number,
  ): Promise<Page> {
    const sequences = await this.#options.messages.timeline(conversation, before, limit);
    const signers = new Map<string, MessageSigner>();
    const items: FeedItem[] = [];
    const shown: ShownMessage[] = [];
    const isOfConversation: IsMeant = (message) => equals(message.conversationId, conversation);
    let bytes = 0;
    let oldest = 0;
    let looked = 0;
    for (const sequence of sequences) {
      const found = this.#shown(sequence, () => {
        const message = this.#visible(address, sequence, isOfConversation, signers);
        if (message === undefined) return [];
        shown.push(message);
        return [message.item];
      });
      const length = bytesOf(found);
      if (bytes > 0 && bytes + length > MAX_FEED_BYTES) {
        shown.pop();
        break;
      }
      bytes += length;
      items.push(...found);
      oldest = sequence;
      looked += 1;
    }
    const more = looked > 0 && (looked < sequences.length || looked === limit);
    // messages as everyone shows them, after what is withheld
    const ordered = inOrder(shown).map(({ item }) => item);
    const withheld = items.filter(({ type }) => type === 'withheld');
    const versions = await this.#newestOf(shown, address, isOfConversation, signers);
    return {
      items: [...withheld, ...ordered],
      signers: [...signers.values()],
      cursor: more ? oldest : null,
      versions,
    };
  }

  /**
   * Every version of a message, the first one first; as much as one answer holds. Throws `message.unknown-target` where the
   * member was not in its conversation.
   */
  async versions(id: Uint8Array, address: string): Promise<Page> {
    const { messages } = this.#options;
    const target = messages.target(id);
    const first = messages.position(id);
    if (target === undefined || first === undefined || !messages.mayRead(address, id, first, target))
      throw new ChanceryError('message.unknown-target', 'no message of that id was for you');
    const isMeant: IsMeant = (message) => equals(message.conversationId, target.conversation);
    const signers = new Map<string, MessageSigner>();
    const later = (await messages.versions(id, null, MAX_PAGE - 1)).reverse();
    const items: FeedItem[] = [];
    let bytes = 0;
    for (const sequence of [first, ...later]) {
      const found = this.#versionFor(address, sequence, isMeant, signers);
      bytes += bytesOf(found);
      if (items.length > 0 && bytes > MAX_FEED_BYTES) break;
      items.push(...found);
    }
    return { items, signers: [...signers.values()], cursor: null };
  }

  async #newestOf(
    shown: readonly ShownMessage[],
    address: string,
    isMeant: IsMeant,
    signers: Map<string, MessageSigner>,
  ): Promise<FeedItem[]> {
    const { messages } = this.#options;
    const versions: FeedItem[] = [];
    let bytes = 0;
    for (const { id, content } of shown) {
      if (content.kind !== 'text' && content.kind !== 'attachment') continue;
      const sequence = messages.revised(id)?.sequence;
      if (sequence === undefined) continue;
      let found = this.#versionFor(address, sequence, isMeant, signers);
      if (found.length === 0)
        // the newest is kept back from this reader: the one before it that is not counts for them
        for (const earlier of await messages.versions(id, sequence, MAX_PAGE)) {
          found = this.#versionFor(address, earlier, isMeant, signers);
          if (found.length > 0) break;
        }
      bytes += bytesOf(found);
      if (bytes > MAX_VERSION_BYTES) break;
      versions.push(...found);
    }
    return versions;
  }

  /** A version of a message; nothing where it is kept back from the reader. */
  #versionFor(
    address: string,
    sequence: number,
    isMeant: IsMeant,
    signers: Map<string, MessageSigner>,
  ): FeedItem[] {
    return this.#shown(sequence, () => {
      const message = this.#visible(address, sequence, isMeant, signers);
      const { messages } = this.#options;
      const isFor = message !== undefined && messages.wasIn(address, message.conversationId, sequence);
      return isFor ? [message.item] : [];
    });
  }

  /** Who someone is and how that was verified. */
  person(signer: KnownSigner): Person {
    const { domain, partners, members } = this.#options;
    const { address, name, roles } = signer;
    const base = { address, name, roles: [...roles], domain: signer.domain };
    if (signer.domain === domain) return { ...base, level: 'own', since: members.find(address)?.joined ?? 0 };
    const organisation = partners.organisation(signer.domain);
    const { rootId } = signer;
    return organisation?.rootId === rootId || organisation?.formerRoots.includes(rootId) === true
      ? { ...base, level: organisation.level, since: organisation.since }
      : { ...base, level: 'none', since: 0 };
  }

  /** Who signed with a device, and the certificates that say so; undefined for one that is not known. */
  signer(device: Uint8Array): MessageSigner | undefined {
    const signer = this.#options.signers.find(device);
    if (signer === undefined) return undefined;
    const { hash, rootId, chain } = signer;
    return { device: hash, person: this.person(signer), rootId, chain: [...chain] };
  }

  /** What a row stands for, or that it cannot be shown. */
  #shown(sequence: number, items: () => FeedItem[]): FeedItem[] {
    try {
      return items();
    } catch (error) {
      const why = withheld(error, sequence);
      if (why === undefined) throw error;
      return [{ type: 'withheld', sequence, time: this.#timeOf(sequence), ...why }];
    }
  }

  /** 0 where the entry itself is damaged. */
  #timeOf(sequence: number): number {
    try {
      return this.#options.ledger.log.entry(sequence)?.time ?? 0;
    } catch {
      return 0;
    }
  }

  /** The message that a row stands for, if it is the one: a row whose key was changed points elsewhere. */
  #message(sequence: number, isMeant: IsMeant, signers: Map<string, MessageSigner>): ShownMessage {
    const { ledger, messages, suite } = this.#options;
    const envelope = ledger.message(sequence)?.envelope;
    if (envelope === undefined) throw misplaced(sequence);
    const message = decodeProvenMessage(envelope, suite);
    if (!isMeant(message)) throw misplaced(sequence);
    const name = byteName(message.device);
    const signer = signers.has(name) ? undefined : this.signer(message.device);
    if (signer !== undefined) signers.set(name, signer);
    const time = ledger.log.entry(sequence)?.time ?? 0;
    const state = messages.reported(targetOf(message) ?? message.id);
    if (state !== undefined)
      return { ...message, item: { type: 'redacted', sequence, time, ...withoutContent(message, state) } };
    const ruled = ruledOf(message.id, this.#options);
    if (ruled === undefined) return { ...message, item: { type: 'message', sequence, time, envelope } };
    if (ruled.redactions.length === 0)
      return { ...message, item: { type: 'message', sequence, time, envelope, ruled } };
    return { ...message, item: { type: 'redacted', sequence, time, ...redacted(message, ruled), ruled } };
  }

  /**
   * The same for a reader; undefined where it waits for a review, or was turned down, and is not their own: then nothing tells
   * them of it, neither who wrote it nor that it can no longer be opened.
   */
  #visible(
    address: string,
    sequence: number,
    isMeant: IsMeant,
    signers: Map<string, MessageSigner>,
  ): ShownMessage | undefined {
    const { ledger, messages } = this.#options;
    const header = ledger.messageHeader(sequence);
    if (header !== undefined && header.sender !== address && messages.isHeld(header.id)) return undefined;
    return this.#message(sequence, isMeant, signers);
  }

  /** What was decided about a message of the reader's that had been held. */
  #review(sequence: number, address: string): FeedItem[] {
    const { ledger, decisions } = this.#options;
    const review = ledger.record('review', sequence);
    const decision = review && decisions.at(review.decision)?.decision;
    if (review === undefined || decision?.sender !== address) throw misplaced(sequence);
    const { message, outcome, reason: text } = review;
    if (outcome !== 'release' && outcome !== 'reject') throw misplaced(sequence);
    const time = ledger.log.entry(sequence)?.time ?? 0;
    return [{ type: 'reviewed', sequence, time, message, outcome, text }];
  }

  /** That a message was reported, or what was decided about that; once it is shown again, the message with its versions. */
  async #report(
    sequence: number,
    position: number,
    address: string,
    signers: Map<string, MessageSigner>,
  ): Promise<FeedItem[]> {
    const { ledger, messages } = this.#options;
    const [told] = this.#shown(sequence, () => {
      const report = reportedState(ledger, sequence);
      if (report?.position !== position || !messages.wasIn(address, report.conversation, position))
        throw misplaced(sequence);
      const { state, message, conversation } = report;
      const time = ledger.log.entry(sequence)?.time ?? 0;
      return [{ type: 'reported', sequence, time, message, conversation, state, again: [] }];
    });
    if (told?.type !== 'reported') return told === undefined ? [] : [told];
    const { message, conversation, state } = told;
    if (state !== 'dismissed' || messages.reported(message) !== undefined) return [told];
    const isMeant: IsMeant = ({ conversationId }) => equals(conversationId, conversation);
    const again: ShownMessage['item'][] = [];
    let bytes = 0;
    for (const at of [position, ...(await messages.versions(message, null, MAX_PAGE - 1)).reverse()]) {
      if (!messages.wasIn(address, conversation, at)) break; // whoever left is shown what they had
      const found = this.#versionFor(address, at, isMeant, signers);
      bytes += bytesOf(found);
      if (bytes > MAX_VERSION_BYTES) break;
      again.push(...found.flatMap((item) => (isMessage(item) ? [item] : [])));
    }
    return [{ ...told, again }];
  }

  #news(sequence: number): FeedItem[] {
    const report = reportAt(this.#options.ledger, sequence);
    if (report === undefined) throw misplaced(sequence);
    const { time } = report;
    return report.news.map((news) => ({ type: 'identity', sequence, time, news }));
  }

  #deliveries(sequence: number, address: string, delivered: readonly Uint8Array[]): FeedItem[] {
    const { ledger } = this.#options;
    const receipt = ledger.record('receipt', sequence);
    const header = ledger.header('receipt', sequence);
    const time = ledger.log.entry(sequence)?.time ?? 0;
    const own = header?.settled.filter(([, sender]) => sender === address) ?? [];
    if (receipt === undefined || own.length !== delivered.length) throw misplaced(sequence);
    const outcomes = deliveriesIn(receipt.statement);
    return delivered.flatMap((message) => {
      const outcome = outcomes.get(byteName(message));
      if (!own.some(([, , id]) => equals(id, message))) throw misplaced(sequence);
      return outcome === undefined
        ? []
        : [{ type: 'delivery', sequence, time, message, domain: receipt.from, outcome }];
    });
  }
}

type IsMeant = (message: DecodedMessage) => boolean;

/** A message and how it is shown. */
type ShownMessage = DecodedMessage & { readonly item: FeedItem & { type: 'message' | 'redacted' } };

function isMessage(item: FeedItem): item is ShownMessage['item'] {
  return item.type === 'message' || item.type === 'redacted';
}

/** Of what messages say, which is most of a page. */
function bytesOf(items: readonly FeedItem[]): number {
  return items.reduce((sum, item) => {
    if (item.type === 'message') return sum + item.envelope.length;
    if (item.type === 'redacted') return sum + encodeCbor(item.content).length;
    return item.type === 'reported' ? sum + bytesOf(item.again) : sum;
  }, 0);
}

function misplaced(sequence: number): ChanceryError {
  return new ChanceryError(
    'archive.damaged',
    `a row of a feed points to entry ${sequence}, which does not belong there; run chancery archive verify`,
    { facts: { sequence } },
  );
}
