/**
 * What a message is found by, as tokens in its header: its words, each two that follow each other (a phrase is looked for
 * by those), who wrote it, with whom, where, and in which direction. They are in no order that says anything.
 */
import { toString } from 'uint8arrays/to-string';
import { domainOf, type Conversation } from '../../protocol/conversation/index.ts';
import { MAX_TEXT_BYTES, type Content } from '../../protocol/message/index.ts';
import { wordsOf } from '../../protocol/search/index.ts';
import { TOKEN_BYTES, type SearchTokens } from '../sealing/index.ts';

/** Of one message: the longest text in Chinese has a word and a pair for every three bytes, and nearly all are told apart. */
export const MAX_TOKENS: number = 0.75 * MAX_TEXT_BYTES;

/** What every message has: what is only excluded from is found by it. */
export const ANY_MESSAGE = 'message:';

/** The texts whose tokens stand for facts. Never change one: they are in every archive. */
export const FACTS = {
  from: (name: string): string => `from:${name}`,
  with: (name: string): string => `with:${name}`,
  conversation: (id: string): string => `in:${id}`,
  direction: (direction: 'in' | 'out'): string => `direction:${direction}`,
  mark: (mark: 'attachment' | 'edited' | 'held'): string => `is:${mark}`,
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
  const words = wordsOf(saidIn(content));
  tellTokens(tokens, words, (token) => found.add(token));
  return found.encode();
}

/** The text of a message, or the title that it gives its conversation. */
function saidIn(content: Content): string {
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

/** Collects the tokens of one message at a time, in the same memory: to have some of its own costs more than all else. */
class TokenSet {
  static readonly #place = new Float64Array(MAX_TOKENS);
  #count = 0;

  /** More than {@link MAX_TOKENS} are left out. */
  add(token: number): void {
    TokenSet.#place[this.#count] = token;
    if (this.#count < MAX_TOKENS) this.#count += 1;
  }

  encode(): Uint8Array {
    const sorted = TokenSet.#place.subarray(0, this.#count).sort();
    const bytes = Buffer.allocUnsafe(this.#count * TOKEN_BYTES);
    let at = 0;
    let last = -1;
    for (let index = 0; index < this.#count; index += 1) {
      const token = sorted[index] ?? 0;
      if (token === last) continue;
      last = token;
      const low = token | 0;
      bytes[at] = token / 2 ** 32;
      bytes[at + 1] = low >> 24;
      bytes[at + 2] = low >> 16;
      bytes[at + 3] = low >> 8;
      bytes[at + 4] = low;
      at += TOKEN_BYTES;
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, at);
  }
}
