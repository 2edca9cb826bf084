/**
 * Where policy decides: the last check before the archive, the same for both directions. What is here is the floor
 * that no policy file can lower: an agreement with every organisation that takes part, known people, agreed sizes.
 */
import { domainOf, domainsOf, type Conversation } from '../../protocol/conversation/index.ts';
import type { VerifiedMessage } from '../../protocol/message/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { Fact, KnownSigner, Members, Partners } from '../ledger/index.ts';
import { refuseFile, type FileRules } from './file-rules.ts';

/** What a decision is about: a verified message, who signed it, the conversation before and after it, and which way it goes. */
export interface Occasion {
  readonly direction: 'outbound' | 'inbound';
  readonly message: VerifiedMessage;
  readonly signer: KnownSigner;
  /** Why the sender sends it although they were warned; null where they said nothing. */
  readonly confirmed: string | null;
  /** It was let in before, and is had back. */
  readonly hadBack: boolean;
  readonly before: Conversation | undefined;
  readonly after: Conversation;
}

/** How a message is let in: what is recorded of that before it, and whether it is kept back until somebody looked at it. */
export interface Ruling {
  readonly held: boolean;
  readonly facts: readonly Fact[];
}

/** Of a message that nothing is said of. */
export const ADMITTED: Ruling = { held: false, facts: [] };

/** Lets in, or refuses with the code and text that the sender gets. */
export type Decide = (occasion: Occasion) => Result<Ruling>;

export interface FloorOptions {
  readonly domain: string;
  readonly members: Members;
  readonly partners: Partners;
  /** Bytes of the largest message the organisation accepts. */
  readonly messageBytes: number;
  readonly files: FileRules;
}

/** Refuses with `message.too-large`, `attachment.*`, `agreement.missing` or `message.unknown-receiver`. */
export function floorPolicy({ domain, members, partners, messageBytes, files }: FloorOptions): Decide {
  // asked for every message, and a conversation that does not change is the same object each time
  const partnersIn = new WeakMap<Conversation, readonly string[]>();
  const partnersOf = (conversation: Conversation): readonly string[] => {
    const known = partnersIn.get(conversation);
    if (known !== undefined) return known;
    const others = domainsOf(conversation).filter((other) => other !== domain);
    partnersIn.set(conversation, others);
    return others;
  };
  return ({ message, before, after }) => {
    const size = message.envelope.length;
    if (size > messageBytes) {
      return refuse('message.too-large', `message has ${size} bytes; ${domain} accepts ${messageBytes}`);
    }
    const { content } = message;
    const refused = content.kind === 'attachment' ? refuseFile(domain, files, content.file) : undefined;
    if (refused !== undefined) return refused;
    const added =
      before === after ? [] : after.members.filter((address) => before?.members.includes(address) !== true);
    for (const other of partnersOf(after)) {
      const agreement = partners.agreement(other);
      if (agreement === undefined) {
        return refuse(
          'agreement.missing',
          `${domain} has no agreement with ${other}; ask an operator to add it`,
        );
      }
    }
    for (const address of added) {
      if (domainOf(address) !== domain) continue;
      const member = members.active(address);
      if (!member.ok) return refuse('message.unknown-receiver', `${address} is not a member of ${domain}`);
    }
    const here = after.members.some((address) => domainOf(address) === domain && members.active(address).ok);
    const leaving = before?.members.some((address) => domainOf(address) === domain) === true;
    return here || leaving
      ? accept(ADMITTED)
      : refuse('message.unknown-receiver', `nobody of ${domain} takes part in this conversation`);
  };
}
