/**
 * Whether what a partner asks us to preserve was exchanged with it. Guarantees: a partner learns nothing of conversations
 * that it has no part in: those, and such as there are not, are refused alike.
 */
import { toString } from 'uint8arrays/to-string';
import { domainsOf } from '../../protocol/conversation/index.ts';
import { refuse, type Result } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import type { Letter } from '../../protocol/statement/index.ts';
import type { Exchanges, Messages } from '../ledger/index.ts';

/** Messages of a conversation looked at for one that was exchanged, where the partner is in it no more. */
const MAX_LOOKED_AT = 1_024;

/** Conversations of a person looked at. */
const MAX_CONVERSATIONS = 1_024;

export interface ScopeOptions {
  readonly messages: Messages;
  readonly exchanges: Exchanges;
}

/** Refuses with `request.invalid`, `name.bad-address` or `preservation.out-of-scope`; undefined where there is nothing against it. */
export async function refuseScope(
  options: ScopeOptions,
  partner: string,
  request: Letter<'preservation'>,
): Promise<ReturnType<typeof refuse> | undefined> {
  const { people, conversations, since, until } = request;
  if (people.length + conversations.length === 0 && since === null && until === null)
    return refuse('request.invalid', 'the request names nothing; give a person, a conversation or dates');
  if (since !== null && until !== null && since >= until)
    return refuse('request.invalid', 'the request is for a time that ends before it begins');
  if ((await options.exchanges.newest(partner, Infinity, 1)).length === 0)
    return outOfScope(`nothing was ever exchanged with ${partner}`);
  for (const conversation of conversations)
    if (!(await isExchanged(options, partner, conversation)))
      return outOfScope(
        `nothing of conversation ${toString(conversation, 'hex')} was exchanged with ${partner}`,
      );
  for (const person of people) {
    const address = canonical(person);
    if (!address.ok) return address;
    if (!(await talked(options, partner, person)))
      return outOfScope(`${person} took part in nothing that was exchanged with ${partner}`);
  }
  return undefined;
}

/** Refuses with `name.bad-address` what is no address in its canonical form. */
export function canonical(text: string): Result<string> {
  const address = parseAddress(text);
  if (!address.ok) return address;
  return address.value.text === text
    ? { ok: true, value: text }
    : refuse('name.bad-address', `${text} is not in its canonical form, ${address.value.text}`);
}

async function talked(
  { messages, exchanges }: ScopeOptions,
  partner: string,
  person: string,
): Promise<boolean> {
  for (const conversation of await messages.everWith(person, MAX_CONVERSATIONS))
    if (await isExchanged({ messages, exchanges }, partner, conversation)) return true;
  return false;
}

/** Whether somebody of the partner is in a conversation, or some message of it was exchanged with the partner. */
async function isExchanged(
  { messages, exchanges }: ScopeOptions,
  partner: string,
  id: Uint8Array,
): Promise<boolean> {
  const conversation = messages.conversation(id);
  if (conversation === undefined) return false;
  if (domainsOf(conversation).includes(partner)) return true;
  const timeline = await messages.timeline(id, null, MAX_LOOKED_AT);
  return timeline.some((sequence) => exchanges.row(partner, sequence) !== undefined);
}

function outOfScope(why: string): ReturnType<typeof refuse> {
  return refuse('preservation.out-of-scope', `${why}, so there is nothing of it to preserve`);
}
