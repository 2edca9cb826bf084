/** How to take part by hand in what the story leaves running: the exact commands. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Narrator } from './narrator.ts';
import { GROUP, PEOPLE } from './sample-conversation.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The commands for the homes in this folder. */
export function sayHowTo(narrator: Narrator, folder: string): void {
  const member = (name: string): string => `npm run --silent chat -- --home ${join(folder, name)}`;
  const operator = (domain: string): string => `npm run --silent chancery -- --home ${join(folder, domain)}`;
  narrator.say('As members, each in a terminal of its own; the chat itself says how it is used:');
  narrator.output(`cd ${ROOT}\n${member('alice')}\n${member('bob')}`);
  narrator.say('As members, in one line each:');
  narrator.output(
    [
      `${member('adam')} send "${GROUP}" "hello from acme" --wait-delivered`,
      `${member('bella')} read`,
      `${member('bella')} who ${PEOPLE.alice.address}`,
    ].join('\n'),
  );
  narrator.say('As operators:');
  narrator.output(
    [
      `${operator('acme.test')} status`,
      `${operator('partner.test')} archive list --person ${PEOPLE.bob.address}`,
      `${operator('acme.test')} archive verify`,
      `${operator('acme.test')} member invite ${PEOPLE.alice.address}`,
    ].join('\n'),
  );
}
