/**
 * Who may decide about an item of the queue. FINRA 3110(b)(6) forbids that anybody supervises their own activity, and asks for
 * procedures against conflicts of interest in supervision; a small firm, where nobody else is there, may deviate from the
 * latter on record. So: nobody ever reviews what they wrote; and who has another part in it (it was for them, they reported
 * or escalated it) decides only while there is no officer without one.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { isOfficer } from '../custody/index.ts';
import type { Members, Messages, Queued } from '../ledger/index.ts';

/** What somebody has to do with an item. */
type Part = 'wrote' | 'party' | 'none';

export class Parties {
  readonly #members: Members;
  readonly #messages: Messages;

  constructor(members: Members, messages: Messages) {
    this.#members = members;
    this.#messages = messages;
  }

  /** Whether an officer may decide about it now. */
  async may(actor: string, item: Queued): Promise<boolean> {
    const part = this.#partOf(actor, item);
    return part === 'none' || (part === 'party' && !(await this.#isAnotherThere(item)));
  }

  /** Throws `review.own` or `review.party` where they may not. */
  async assertMay(actor: string, item: Queued): Promise<void> {
    const part = this.#partOf(actor, item);
    if (part === 'wrote')
      throw new ChanceryError('review.own', `${actor} wrote it; another officer has to review it`);
    if (part === 'party' && (await this.#isAnotherThere(item)))
      throw new ChanceryError(
        'review.party',
        `${actor} has a part in it: it was for them, or they reported or escalated it; have an officer without one review it`,
      );
  }

  /** Whether somebody wrote the message that an item is about. */
  wrote(address: string, item: Queued): boolean {
    return senderOf(item) === address;
  }

  async #isAnotherThere(item: Queued): Promise<boolean> {
    const members = await this.#members.list();
    return members.some((member) => isOfficer(member) && this.#partOf(member.address, item) === 'none');
  }

  #partOf(address: string, item: Queued): Part {
    if (this.wrote(address, item)) return 'wrote';
    if (item.review?.outcome === 'escalated' && item.review.actor === address) return 'party';
    if (item.kind === 'report' && item.report.actor === address) return 'party';
    return this.#received(address, item) ? 'party' : 'none';
  }

  /** Whether somebody was in the conversation when the message came; of one that was not let in, is in it now. */
  #received(address: string, item: Queued): boolean {
    const { message, conversation } = aboutOf(item);
    const position = this.#messages.position(message);
    return position === undefined
      ? this.#messages.conversation(conversation)?.members.includes(address) === true
      : this.#messages.wasIn(address, conversation, position);
  }
}

/** Who wrote the message that an item is about. */
function senderOf(item: Queued): string {
  return aboutOf(item).sender;
}

function aboutOf(item: Queued): { message: Uint8Array; conversation: Uint8Array; sender: string } {
  if (item.kind === 'decision') return item.decision;
  const { message, act } = item.report;
  return { message, conversation: act.conversation, sender: act.sender };
}
