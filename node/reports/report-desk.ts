/**
 * What members report as phishing. Guarantees: the report is an entry before anything is hidden; a member reports only what they
 * may read; one member's reports a day are bounded, since each keeps others from what it is about.
 */
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import type { Conversation } from '../../protocol/conversation/index.ts';
import { ChanceryError, valueOf, type Result } from '../../protocol/errors/index.ts';
import { decodeProvenMessage, type Content } from '../../protocol/message/index.ts';
import { signLetter } from '../../protocol/statement/index.ts';
import {
  fact,
  MAX_LEFT,
  MAX_REPORTED_HOSTS,
  type Device,
  type Ledger,
  type Members,
  type Messages,
  type Reports,
  type Signers,
  type Turn,
} from '../ledger/index.ts';
import { fileTrait, hostTraits, merged } from './traits.ts';

/** Reports of one member within a day. */
export const MAX_PER_DAY = 20;
const DAY_MS = 86_400_000;

/** Edits of a message that are looked through for links. */
const MAX_VERSIONS = 100;

export interface ReportDeskOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly messages: Messages;
  readonly signers: Pick<Signers, 'find'>;
  readonly reports: Reports;
  /** Whether a member may tell those in a conversation something. */
  readonly mayTell: (sender: string, text: string, conversation: Conversation) => Result<undefined>;
  readonly statementSigner: Signer;
  readonly suite: CryptoSuite;
  readonly turn: Turn;
}

/** The entry of a report, and the partner that is told. */
export interface Reported {
  readonly report: number;
  readonly told: string | null;
}

export class ReportDesk {
  readonly #options: ReportDeskOptions;

  constructor(options: ReportDeskOptions) {
    this.#options = options;
  }

  /**
   * Records that a member reports a message. Throws `message.unknown-target`, `request.invalid`, `report.known`,
   * `report.too-many`, or `policy.blocked` for a reason that may not go to the partner who is told.
   */
  report(by: Pick<Device, 'address' | 'peer'>, id: Uint8Array, reason: string): Promise<Reported> {
    return this.#options.turn.take(async () => {
      const { ledger, messages, signers, reports } = this.#options;
      const { message, position } = this.#meant(by.address, id);
      const header = messages.headerAt(position, () => true);
      if (header.sender === by.address)
        throw new ChanceryError('request.invalid', 'it is your own; take it back with recall');
      if (header.kind !== 'text' && header.kind !== 'attachment')
        throw new ChanceryError('request.invalid', 'a text or a file is reported, and this is neither');
      if (reports.of(message) !== undefined)
        throw new ChanceryError('report.known', 'that message was reported already');
      const signer = signers.find(header.device);
      if (signer === undefined)
        throw new ChanceryError('archive.damaged', 'the device that signed that message is not known');
      if (header.from !== null) this.#assertMayTell(by.address, reason, header.conversation);
      await this.#assertFew(by.address);
      const { hosts, file } = await this.#traits(message, position);
      const { from: partner, conversation, sender } = header;
      const left = await this.#leftSince(conversation, position);
      const { first: report } = await ledger.append([
        fact('report', {
          ...{ message, actor: by.address, reason },
          act: {
            ...{ what: 'made', conversation, position, sender, device: by.peer, partner },
            ...{ key: signer.publicKey, hosts, file },
            ...(left.length === 0 ? {} : { left }),
            statement: partner === null ? new Uint8Array() : await this.#statement(partner, message, reason),
          },
        }),
      ]);
      return { report, told: partner };
    });
  }

  /** The message that is meant: of an edit the one that it is about. */
  #meant(address: string, id: Uint8Array): { message: Uint8Array; position: number } {
    const { messages } = this.#options;
    const position = messages.position(id);
    const target = messages.target(id);
    if (position === undefined || target === undefined || !messages.mayRead(address, id, position, target))
      throw new ChanceryError('message.unknown-target', 'no message of that id was for you');
    const about = messages.headerAt(position, () => true).target;
    const first = about === undefined ? undefined : messages.position(about);
    return about === undefined || first === undefined
      ? { message: id, position }
      : { message: about, position: first };
  }

  /** The partner is told why, in the member's words: a way out like any message. */
  #assertMayTell(address: string, reason: string, id: Uint8Array): void {
    const conversation = reason === '' ? undefined : this.#options.messages.conversation(id);
    if (conversation !== undefined) valueOf(this.#options.mayTell(address, reason, conversation));
  }

  /** Our members who were in the conversation when the message came, or later, and are not any more: they were shown it. */
  async #leftSince(conversation: Uint8Array, position: number): Promise<string[]> {
    const { members, messages } = this.#options;
    const present = new Set(messages.conversation(conversation)?.members);
    return (await members.list())
      .map(({ address }) => address)
      .filter((address) => !present.has(address) && messages.wasIn(address, conversation, position))
      .slice(0, MAX_LEFT);
  }

  /** By what else it is known beside its device; nothing where its content cannot be read here any more. */
  async #traits(
    message: Uint8Array,
    position: number,
  ): Promise<{ hosts: string[]; file: Uint8Array | null }> {
    const { domain, messages } = this.#options;
    const versions = await messages.versions(message, null, MAX_VERSIONS);
    const contents = [position, ...versions].flatMap((sequence) => this.#content(sequence) ?? []);
    const { hosts, file } = merged(
      contents.flatMap((content) => [...hostTraits(content, domain), ...fileTrait(content)]),
    );
    return { hosts: hosts.slice(0, MAX_REPORTED_HOSTS), file };
  }

  #content(sequence: number): Content | undefined {
    const { ledger, suite } = this.#options;
    try {
      const envelope = ledger.message(sequence)?.envelope;
      return envelope && decodeProvenMessage(envelope, suite).content;
    } catch (error) {
      if (error instanceof ChanceryError && UNREADABLE.has(error.code)) return undefined;
      throw error;
    }
  }

  #statement(partner: string, message: Uint8Array, reason: string): Promise<Uint8Array> {
    const { domain, ledger, statementSigner } = this.#options;
    const told = { from: domain, to: partner, time: ledger.log.now, message, reason };
    return signLetter('report', told, statementSigner);
  }

  /** As the archive has them: a restart gives nobody more. */
  async #assertFew(address: string): Promise<void> {
    const { reports, ledger } = this.#options;
    const made = await reports.received(address, MAX_PER_DAY);
    if (made === undefined || ledger.log.now - made > DAY_MS) return;
    throw new ChanceryError(
      'report.too-many',
      `you reported ${MAX_PER_DAY} messages within a day; tell a compliance officer of the others`,
    );
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['archive.sealed', 'archive.damaged', 'archive.disposed']);
