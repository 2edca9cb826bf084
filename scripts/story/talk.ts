/** People talking in the group of the story, with the chat open on their devices. */
import type { MessageEvent } from '../../client/index.ts';
import { domainOf } from '../../protocol/conversation/index.ts';
import type { LiveMember } from './live-member.ts';
import { expect } from './narrator.ts';
import { GROUP, PEOPLE, type Line, type Who } from './sample-conversation.ts';
import type { Stage } from './stage.ts';

/** Everyone with the chat open. */
export async function everyoneIn(stage: Stage): Promise<Map<Who, LiveMember>> {
  const all = Object.keys(PEOPLE) as Who[];
  return new Map(await Promise.all(all.map(async (who) => [who, await stage.live(who)] as const)));
}

/** Line by line: said by one, read by all, verified by each; ends when every receipt is in. */
export async function talk(stage: Stage, lines: readonly Line[], signal: AbortSignal): Promise<void> {
  const members = await everyoneIn(stage);
  const said: { who: Who; id: string }[] = [];
  for (const { who, text } of lines) {
    signal.throwIfAborted();
    const id = await (members.get(who) as LiveMember).say(GROUP, text);
    const shown = await Promise.all([...members.values()].map((member) => member.sees(id, signal)));
    for (const event of shown) expectVerified(event, text);
    stage.narrator.line(`${PEOPLE[who].name} (${homeOf(who)})`, text);
    said.push({ who, id });
  }
  for (const { who, id } of said) await (members.get(who) as LiveMember).delivered(id, awayOf(who), signal);
}

/** The words are what was written, and who wrote them is known as well as it can be. */
export function expectVerified({ sender, content }: MessageEvent, text: string): void {
  expect(content.kind === 'text' && content.text === text, 'a message arrived with other words');
  const level = sender.external ? 'dnssec' : 'own';
  expect(sender.level === level, `${sender.address} is known at level ${sender.level}, not ${level}`);
}

/** The organisation of one of the four. */
export function homeOf(who: Who): string {
  return domainOf(PEOPLE[who].address);
}

/** The other organisation. */
export function awayOf(who: Who): string {
  return homeOf(who) === 'acme.test' ? 'partner.test' : 'acme.test';
}
