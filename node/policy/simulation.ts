/**
 * One policy tried on what was archived, beside the one in force: what would have been decided differently. Guarantees: it
 * changes nothing, and says nothing of what is in a message; each is looked at as it came: which way, by whom, in what
 * conversation, at what time. Who knew whom is as it was then, as far as the log lets it be known; members' roles, partners' levels, and what
 * their names and domains imitate, are as they are now.
 */
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { ALLOWED, type Policy } from '../../protocol/policy/index.ts';
import { isDisposed, isSealed } from '../archive/index.ts';
import { isContact, type HeaderOf, type Ledger, type Messages, type Signers } from '../ledger/index.ts';
import { MessageTalk, type TalkOccasion, type TalkSources } from './message-talk.ts';
import { PastConversations } from './past-conversations.ts';
import { Tally, type Tallied } from './tally.ts';

export interface SimulationSources {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly sources: TalkSources;
  readonly suite: CryptoSuite;
}

export interface Simulated extends Tallied {
  readonly replayed: number;
  /** Messages of the time that nobody here can open any more, that were disposed of, or are not as they were archived. */
  readonly sealed: number;
  readonly disposed: number;
  readonly damaged: number;
  /** Messages that were blocked then: nothing of them is kept, so they cannot be tried. */
  readonly blocked: number;
}

export class Simulation {
  readonly #options: SimulationSources;
  readonly #before: Policy | null;
  readonly #after: Policy;
  readonly #conversations: PastConversations;
  readonly #tally = new Tally();
  readonly #counts = { replayed: 0, sealed: 0, disposed: 0, damaged: 0, blocked: 0 };

  /** @param before null where none is in force */
  constructor(options: SimulationSources, before: Policy | null, after: Policy) {
    this.#options = options;
    this.#before = before;
    this.#after = after;
    this.#conversations = new PastConversations(options.ledger, options.messages);
  }

  get replayed(): number {
    return this.#counts.replayed;
  }

  get result(): Simulated {
    return { ...this.#counts, ...this.#tally.result };
  }

  /** Tries the next entry. To be called in the order of the log. */
  async take(sequence: number): Promise<void> {
    const counts = this.#counts;
    try {
      const { ledger } = this.#options;
      const entry = ledger.log.entry(sequence);
      if (entry?.kind === 'decision') {
        if (ledger.record('decision', sequence)?.outcome === 'block') counts.blocked += 1;
      } else if (entry?.kind === 'message') await this.#takeMessage(sequence, entry.time);
    } catch (error) {
      if (isSealed(error)) counts.sealed += 1;
      else if (isDisposed(error)) counts.disposed += 1;
      else if (error instanceof ChanceryError && error.code === 'archive.damaged') counts.damaged += 1;
      else throw error;
    }
  }

  async #takeMessage(sequence: number, time: number): Promise<void> {
    const { ledger, suite } = this.#options;
    if (ledger.isDisposed(sequence)) {
      this.#counts.disposed += 1;
      return;
    }
    const header = ledger.header('message', sequence);
    if (header === undefined) return;
    const after = await this.#conversations.after(header, sequence);
    const record = ledger.record('message', sequence);
    const decoded = record === undefined ? undefined : decodeMessage(record.envelope, suite);
    if (after === undefined || decoded?.ok !== true)
      throw new ChanceryError('archive.damaged', `message ${sequence} is not as it was archived`);
    this.#counts.replayed += 1;
    // whoever takes back what they said is not held up by it
    if (decoded.value.content.kind === 'recall') return;
    this.#decide({ message: decoded.value, after, ...this.#cameBy(header) }, sequence, time);
  }

  #cameBy({ device, from }: HeaderOf<'message'>): Pick<TalkOccasion, 'signer' | 'direction'> {
    const signer = this.#options.signers.find(device) ?? { name: '', roles: [] };
    return { signer, direction: from === null ? 'outbound' : 'inbound' };
  }

  #decide(occasion: TalkOccasion, sequence: number, time: number): void {
    const { ledger, sources } = this.#options;
    const talk = new MessageTalk(occasion, {
      ...sources,
      clock: () => time,
      isContact: (member, person) => isContact(ledger, member, person, sequence),
    });
    this.#tally.take(sequence, this.#before?.decide(talk) ?? ALLOWED, this.#after.decide(talk));
  }
}
