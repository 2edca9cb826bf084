/**
 * What a message is found by, as tokens in its header: its words, each two that follow each other (a phrase is looked for
 * by those), who wrote it, with whom, where, and in which direction. They are in no order that says anything.
 */
import { toString } from 'uint8arrays/to-string';
import { domainOf, type Conversation } from '../../protocol/conversation/index.ts';
import type { Content } from '../../protocol/message/index.ts';
import { asciiWordAt, asciiWordEnd, isAscii, wordsOf } from '../../protocol/search/index.ts';
import type { SearchTokens } from '../sealing/index.ts';
import { TokenSet } from './token-set.ts';

/** What every message has: what is only excluded from is found by it. */
export const ANY_MESSAGE = 'message:';

/** The texts whose tokens stand for facts. Never change one: they are in every archive. */
export const FACTS = {
  from: (name: string): string => `from:${name}`,
  with: (name: string): string => `with:${name}`,
  conversation: (id: string): string => `in:${id}`,
  direction: (direction: 'in' | 'out'): string => `direction:${direction}`,
  mark: (mark: 'attachment' | 'edited'): string => `is:${mark}`,
} as const;

/** Tells each token of words, and of each two that follow each other. */
export function tellTokens(
  tokens: SearchTokens,
  words: readonly string[],
  tell: (token: number) => void,
): void {
  let last = -1;
  for (const word of words) {
    const token = tokens.of(word);
    tell(token);
    if (last >= 0) tell(tokens.ofPair(last, token));
    last = token;
  }
}

/** A message as it is archived: its conversation as it was before it, and as it is after it. */
interface FoundMessage {
  readonly sender: string;
  readonly content: Content;
  readonly before: Conversation | undefined;
  readonly after: Conversation;
  readonly direction: 'in' | 'out';
}

/** Ascending, each once, big-endian. */
export function tokensOfMessage(
  tokens: SearchTokens,
  { sender, content, before, after, direction }: FoundMessage,
): Uint8Array {
  const found = new TokenSet();
  for (const fact of factsOf(tokens, sender, before, after)) found.add(fact);
  found.add(tokens.of(FACTS.direction(direction)));
  if ('target' in content) found.add(tokens.of(FACTS.mark('edited')));
  if ('file' in content) found.add(tokens.of(FACTS.mark('attachment')));
  addSaid(found, tokens, saidIn(content));
  return found.encode();
}

/** The tokens of a text. Of ASCII, without a string for each word: they are the same, and most texts have nothing else. */
function addSaid(found: TokenSet, tokens: SearchTokens, text: string): void {
  if (!isAscii(text)) {
    tellTokens(tokens, wordsOf(text), (token) => found.add(token));
    return;
  }
  let last = -1;
  for (let from = asciiWordAt(text, 0); from < text.length;) {
    const to = asciiWordEnd(text, from);
    const token = tokens.ofAscii(text, from, to);
    found.add(token);
    if (last >= 0) found.add(tokens.ofPair(last, token));
    last = token;
    from = asciiWordAt(text, to);
  }
}

/** The text of a message, the name of its file, or the title that it gives its conversation. */
function saidIn(content: Content): string {
  if (content.kind === 'attachment') return `${content.file.name}\n${content.text}`;
  if ('text' in content) return content.text;
  return 'title' in content ? content.title : '';
}

/** Of conversations that a message left as they were, by who wrote it. */
const known = new WeakMap<Conversation, Map<string, readonly number[]>>();

/** What is the same of all messages that one person writes in a conversation. */
function factsOf(
  tokens: SearchTokens,
  sender: string,
  before: Conversation | undefined,
  after: Conversation,
): readonly number[] {
  const bySender = known.get(after) ?? new Map<string, readonly number[]>();
  const cached = before === after ? bySender.get(sender) : undefined;
  if (cached !== undefined) return cached;
  const names = new Set([...(before?.members ?? []), ...after.members].flatMap(namesOf));
  const facts = [
    tokens.of(ANY_MESSAGE),
    tokens.of(FACTS.conversation(toString(after.id, 'hex'))),
    ...namesOf(sender).map((name) => tokens.of(FACTS.from(name))),
    ...[...names].map((name) => tokens.of(FACTS.with(name))),
  ];
  if (before === after) known.set(after, bySender.set(sender, facts));
  return facts;
}

/** What a person is called in a query: by address, by local part, by organisation. */
function namesOf(address: string): string[] {
  const domain = domainOf(address);
  return [address, address.slice(0, -domain.length - 1), domain];
}
