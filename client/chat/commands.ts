/** The commands that do one thing and end: each prints lines for people, or one JSON object a line. */
import { domainOf } from '../../protocol/conversation/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { MAX_PAGE } from '../../protocol/wire/index.ts';
import type { Client, FeedEvent, Sender, Sending, ShownMessage, Waiting } from '../index.ts';
import { archived, awaitDelivered } from './await-delivery.ts';
import type { Dependencies } from './dependencies.ts';
import { findConversation } from './find-conversation.ts';
import { shownEvents } from './history.ts';
import { printable } from './printable.ts';
import {
  conversationLine,
  deliveryMark,
  eventLine,
  outcomeMark,
  partnerLine,
  personLine,
  shortId,
  titleOf,
  whoLines,
} from './render.ts';
import { homeOf, voiceOf, type GlobalOptions, type Session } from './session.ts';

/** Characters of a name that are searched for. */
const MAX_SEARCH = 128;

export async function enrolDevice(
  invitation: string,
  options: GlobalOptions & { readonly label?: string },
  dependencies: Dependencies,
): Promise<void> {
  const home = homeOf(options, dependencies);
  const label = (options.label ?? dependencies.hostname).slice(0, 64);
  const voice = voiceOf(options, dependencies);
  const onWaiting = (waiting: Waiting): void => {
    voice.say(
      { state: 'pending', ...waiting },
      `An operator has to approve this device. Read this out to them, and leave this running:\n\n` +
        `    ${voice.paint.bold(waiting.fingerprint)}\n`,
    );
  };
  const { address, domain } = await dependencies.enrol({ home, invitation, label, onWaiting });
  voice.say(
    { address, domain, home, label },
    `This is now a device of ${printable(address)}. Run chancery-chat to begin.`,
  );
}

export async function showContacts({ client, voice }: Session, search: string): Promise<void> {
  const { people, partners, complete } = await client.contacts({ search });
  const own = domainOf(client.address);
  for (const person of people) {
    const external = person.domain !== own;
    voice.say({ type: 'person', ...person, external }, personLine({ ...person, external }, voice.paint));
  }
  for (const partner of partners) {
    voice.say({ type: 'partner', ...partner }, partnerLine(partner, voice.paint));
  }
  if (!complete) voice.note('There are more; narrow it down with --search WORD');
}

export async function showConversations({ client, voice }: Session): Promise<void> {
  const conversations = await client.conversations();
  const { people } = await client.contacts();
  const known = new Map(people.map((person) => [person.address, person]));
  for (const conversation of conversations) {
    const others = conversation.members.filter((address) => address !== client.address);
    const members = others.flatMap((address) => known.get(address) ?? []);
    const [other] = members;
    const direct = conversation.type === 'direct' && other !== undefined;
    const external = other?.domain !== domainOf(client.address);
    const who = direct ? `\n    ${personLine({ ...other, external }, voice.paint)}` : '';
    const line = conversationLine(conversation, client.address, voice.paint);
    voice.say({ ...conversation, people: members }, `${line}${who}`);
  }
  if (conversations.length === 0) {
    voice.note('No conversations yet; start one with chancery-chat send ADDRESS TEXT');
  }
}

export async function showHistory(
  { client, voice }: Session,
  name: string,
  { limit, ids }: { readonly limit: number; readonly ids: boolean },
): Promise<void> {
  const { id } = await findConversation(client, name);
  const pages: (readonly (FeedEvent | ShownMessage)[])[] = [];
  let before: number | null = null;
  for (let left = limit; left > 0;) {
    const page = await client.history(id, { before, limit: Math.min(left, MAX_PAGE) });
    pages.unshift(shownEvents(page));
    left -= page.messages.length + page.unverified.length;
    before = page.before;
    if (before === null) break;
  }
  for (const event of pages.flat()) {
    const deliveries = event.type === 'message' && event.own ? await client.deliveries(event.id) : [];
    const marks = deliveries.map((delivery) => `\n    ${deliveryMark(delivery, voice.paint)}`).join('');
    const id = ids && event.type === 'message' ? `${voice.paint.dim(shortId(event.id))} ` : '';
    voice.say({ ...event, deliveries }, `${id}${eventLine(event, voice.paint)}${marks}`);
  }
}

export async function startConversation(
  { client, voice }: Session,
  members: readonly string[],
  title: string | undefined,
): Promise<void> {
  const direct = members.length === 1 && title === undefined;
  let id = '';
  await archived(client, async () => {
    const sending = direct
      ? (await client.direct(members[0] ?? '')).sending
      : await client.createConversation({ type: 'group', title: title ?? '', members });
    if (sending === null) {
      throw new ChanceryError('request.invalid', `there is a conversation with ${members.join()} already`);
    }
    id = sending.id;
    return [sending];
  });
  const conversation = await client.conversation(id);
  voice.say(
    { id, members: conversation?.members ?? members, title: title ?? '' },
    `Started ${id.slice(0, 8)}.`,
  );
}

export async function sendText(
  { client, voice }: Session,
  to: string,
  text: string,
  options: { readonly waitDelivered: boolean; readonly confirm?: string },
): Promise<void> {
  let conversation = '';
  let message = '';
  const outcome = await archived(client, async () => {
    const { id, started } = await conversationTo(client, to);
    const { confirm } = options;
    const sending = await client.send(id, text, confirm === undefined ? {} : { confirm });
    conversation = id;
    message = sending.id;
    return started === null ? [sending] : [started, sending];
  });
  message = outcome.redacted?.id ?? message;
  const members = (await client.conversation(conversation))?.members ?? [];
  const goesOut = options.waitDelivered && outcome.held !== true;
  const deliveries = goesOut ? await awaitDelivered(client, message, members) : [];
  const marks = [
    outcomeMark(outcome, voice.paint),
    ...deliveries.map((delivery) => deliveryMark(delivery, voice.paint)),
  ];
  voice.say({ id: message, conversation, outcome, deliveries }, marks.join('  '));
}

/** A conversation that is named, or the direct one with an address, started where there is none. */
export async function conversationTo(
  client: Client,
  to: string,
): Promise<{ readonly id: string; readonly started: Sending | null }> {
  if (!parseAddress(to).ok) return { id: (await findConversation(client, to)).id, started: null };
  const { id, sending } = await client.direct(to);
  return { id, started: sending };
}

/** Shows what is new since the last time, and goes on with what comes when told to follow. */
export async function readFeed(
  { client, voice }: Session,
  { follow }: { readonly follow: boolean },
  { terminal }: Dependencies,
): Promise<void> {
  const show = async (event: FeedEvent): Promise<void> => {
    const conversation = event.type === 'message' ? await client.conversation(event.conversation) : undefined;
    const title = conversation === undefined ? undefined : titleOf(conversation, client.address);
    voice.say(event, eventLine(event, voice.paint, title));
    await client.setSeen(event.position);
  };
  const seen = await client.seen();
  if (!follow) {
    for await (const event of client.stored(seen)) await show(event);
    return;
  }
  const stop = terminal.onInterrupt(() => void client.close());
  try {
    for await (const event of client.messages(seen)) await show(event);
  } finally {
    stop();
  }
}

export async function showWho({ client, voice }: Session, name: string): Promise<void> {
  const person = await findPerson(client, name);
  voice.say(person, whoLines(person, voice.paint));
}

/** A person by address, or by a name that only one has. Throws `member.unknown` or `request.invalid`. */
export async function findPerson(client: Client, name: string): Promise<Sender> {
  const address = parseAddress(name);
  const search = (address.ok ? address.value.text : name).slice(0, MAX_SEARCH);
  const { people } = await client.contacts({ search });
  const wanted = name.toLowerCase();
  const found = people.filter((person) =>
    address.ok ? person.address === address.value.text : person.name.toLowerCase() === wanted,
  );
  const [person, ...more] = found;
  if (person === undefined) {
    throw new ChanceryError(
      'member.unknown',
      `nobody called ${JSON.stringify(name)} is known here; see chancery-chat contacts`,
    );
  }
  if (more.length > 0) {
    throw new ChanceryError(
      'request.invalid',
      `${JSON.stringify(name)} is the name of several; use an address`,
    );
  }
  return { ...person, external: person.domain !== domainOf(client.address) };
}
