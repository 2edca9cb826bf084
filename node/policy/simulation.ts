/**
 * One policy tried on what was archived, beside the one in force: what would have been decided differently. Guarantees: it
 * changes nothing, and says nothing of what is in a message; each is looked at as it came: which way, by whom, in what
 * conversation, at what time. Who knew whom is as it was then, as far as the log lets it be known; members' roles, partners' levels, and what
 * their names and domains imitate, are as they are now.
 */
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { ALLOWED, type Policy, type TalkFile } from '../../protocol/policy/index.ts';
import type { LogRecord } from '../archive/index.ts';
import {
  decodeRecord,
  inspectionOf,
  isContact,
  type Ledger,
  type Messages,
  type Signers,
} from '../ledger/index.ts';
import type { AttachmentContent, OnRecord, PastFiles, Sight } from './past-files.ts';
import { MessageTalk, type TalkOccasion, type TalkSources } from './message-talk.ts';
import { PastConversations } from './past-conversations.ts';
import { Tally, type Tallied } from './tally.ts';

/** Milliseconds for one file that is looked into again, and for all of a simulation: it is to be done while somebody waits. */
const FILE_WITHIN_MS = 5_000;
const FILES_WITHIN_MS = 10_000;

export interface SimulationSources {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly sources: TalkSources;
  readonly files: PastFiles;
  readonly suite: CryptoSuite;
  /** Milliseconds since some time: nobody can set it. */
  readonly steady: () => number;
}

export interface Simulated extends Tallied {
  readonly replayed: number;
  /** Messages of the time that nobody here can open any more, that were disposed of, or are not as they were archived. */
  readonly sealed: number;
  readonly disposed: number;
  readonly damaged: number;
  /** Messages that were blocked then: nothing of them is kept, so they cannot be tried. */
  readonly blocked: number;
  /** Messages that were tried without all that is in their file: it is not there as it was, or there was no time to look into it. */
  readonly unread: number;
}

export class Simulation {
  readonly #options: SimulationSources;
  readonly #before: Policy | null;
  readonly #after: Policy;
  readonly #conversations: PastConversations;
  readonly #tally = new Tally();
  readonly #counts = { replayed: 0, sealed: 0, disposed: 0, damaged: 0, blocked: 0, unread: 0 };
  readonly #policies: readonly Policy[];
  readonly #sight: Sight;
  /** Milliseconds that are left for files. */
  #left = FILES_WITHIN_MS;

  /** @param before null where none is in force */
  constructor(options: SimulationSources, before: Policy | null, after: Policy) {
    this.#options = options;
    this.#before = before;
    this.#after = after;
    this.#policies = before === null ? [after] : [before, after];
    this.#sight = sightOf(this.#policies);
    this.#conversations = new PastConversations(options.ledger, options.messages);
  }

  get replayed(): number {
    return this.#counts.replayed;
  }

  get result(): Simulated {
    return { ...this.#counts, ...this.#tally.result };
  }

  /** Tries the next record. To be called in the order of the log. */
  async take({ sequence, kind, time, content, disposed }: LogRecord): Promise<void> {
    if (kind === 'decision' && content !== null) {
      const decision = decodeRecord('decision', content);
      if (decision.ok && decision.value.outcome === 'block') this.#counts.blocked += 1;
    }
    if (kind !== 'message') return;
    if (disposed === true) this.#counts.disposed += 1;
    else if (content === null) this.#counts.sealed += 1;
    else if (await this.#takeMessage(sequence, time, content)) this.#counts.replayed += 1;
    else this.takeDamaged();
  }

  /** An entry that is not as it was archived. */
  takeDamaged(): void {
    this.#counts.damaged += 1;
  }

  /** Whether it could be tried. */
  async #takeMessage(sequence: number, time: number, bytes: Uint8Array): Promise<boolean> {
    const record = decodeRecord('message', bytes);
    const decoded = record.ok ? decodeMessage(record.value.envelope, this.#options.suite) : record;
    if (!record.ok || !decoded.ok) return false;
    const { conversationId, device, content } = decoded.value;
    const changes = content.kind === 'create' || content.kind === 'membership';
    const after = await this.#conversations.after(conversationId, sequence, changes).catch(unlessDamaged);
    if (after === undefined) return false;
    // whoever takes back what they said is not held up by it
    if (content.kind === 'recall') return true;
    const signer = this.#options.signers.find(device) ?? { name: '', roles: [] };
    const direction = record.value.via === null ? 'outbound' : 'inbound';
    const file =
      content.kind === 'attachment'
        ? await this.#fileOf(content, {
            key: record.value.file,
            inspected: inspectionOf(this.#options.ledger, decoded.value.id),
          })
        : undefined;
    this.#decide({ message: decoded.value, after, signer, direction }, file, sequence, time);
    return true;
  }

  /** Undefined where neither policy asks for what is in files. */
  async #fileOf(content: AttachmentContent, record: OnRecord): Promise<TalkFile | undefined> {
    if (this.#sight === 'nothing') return undefined;
    const { files, steady } = this.#options;
    const began = steady();
    const documents = this.#policies.map(({ document }) => document);
    const withinMs = Math.min(this.#left, FILE_WITHIN_MS);
    const { file, whole } = await files.of(content, record, { sight: this.#sight, documents, withinMs });
    this.#left -= steady() - began;
    if (!whole) this.#counts.unread += 1;
    return file;
  }

  #decide(occasion: TalkOccasion, file: TalkFile | undefined, sequence: number, time: number): void {
    const { ledger, sources } = this.#options;
    const talk = new MessageTalk(occasion, {
      ...sources,
      clock: () => time,
      fileOf: () => file,
      isContact: (member, person) => isContact(ledger, member, person, sequence),
    });
    this.#tally.take(sequence, this.#before?.decide(talk) ?? ALLOWED, this.#after.decide(talk));
  }
}

/** What of files the rules of policies ask for. */
function sightOf(policies: readonly Policy[]): Sight {
  const rules = policies.flatMap(({ document }) => document.rules.filter(({ on }) => on));
  const conditions = rules.flatMap(({ when, unless }) => (unless === undefined ? [when] : [when, unless]));
  if (conditions.some(({ contains }) => contains !== undefined)) return 'texts';
  return conditions.some(({ attachment }) => attachment !== undefined) ? 'states' : 'nothing';
}

function unlessDamaged(error: unknown): undefined {
  if (error instanceof ChanceryError && error.code === 'archive.damaged') return undefined;
  throw error;
}
