/** `chancery-chat requests`, `accept`, `decline` and `report`: whom a member lets write to them, and what they report as phishing. */
import type { Command } from 'commander';
import { domainOf } from '../../protocol/conversation/index.ts';
import type { Client, Requesting } from '../index.ts';
import { examples } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { findAnyMessage } from './find-message.ts';
import { printable } from './printable.ts';
import { personLine, shortId, timeOf } from './render.ts';
import { whileConnected, type Session } from './session.ts';
import type { Paint } from './voice.ts';

const INDENT = '    ';

/** Digits of a whole id: with it nothing need be looked for. */
const WHOLE_ID = /^[0-9a-f]{64}$/;

export function addRequests(program: Command, dependencies: Dependencies): void {
  const run = (command: Command, act: (session: Session) => Promise<void>): Promise<void> =>
    whileConnected(command.optsWithGlobals(), dependencies, act);
  const say = (command: Command, act: (client: Client) => Promise<Done>): Promise<void> =>
    run(command, async ({ client, voice }) => {
      const { data, line } = await act(client);
      voice.say(data, line);
    });
  const requests = program
    .command('requests')
    .description(
      'people of partners whose first messages wait until you accept them: who they are, not what they wrote',
    )
    .action((_options: unknown, command: Command) => run(command, listRequests));
  const accept = program
    .command('accept <person>')
    .description(
      'accept somebody who waits, by address: what they wrote comes now, and what they write from then on',
    )
    .action((person: string, _options: unknown, command: Command) =>
      say(command, (client) => acceptPerson(client, person)),
    );
  const decline = program
    .command('decline <person>')
    .description('decline somebody, by address: nothing of them comes until you accept them')
    .action((person: string, _options: unknown, command: Command) =>
      say(command, (client) => declinePerson(client, person)),
    );
  const report = program
    .command('report <message> [reason...]')
    .description(
      'report a message as phishing, by the beginning of its id: nobody of your organisation is shown it, and what goes with ' +
        'it is held, until a compliance officer has decided. The organisation it came from is told.',
    )
    .action((message: string, reason: string[], _options: unknown, command: Command) =>
      say(command, (client) => reportMessage(client, message, reason.join(' '))),
    );
  examples(requests, 'chancery-chat requests', 'chancery-chat requests --json');
  examples(accept, 'chancery-chat accept carol@globex.example');
  examples(decline, 'chancery-chat decline mallory@g1obex.example');
  examples(
    report,
    'chancery-chat history mallory@g1obex.example --ids',
    'chancery-chat report 4f2a91 "asks for my password"',
  );
}

async function listRequests({ client, voice }: Session): Promise<void> {
  const { people, more } = await client.messageRequests.list();
  for (const one of people) {
    const external = one.person.domain !== domainOf(client.address);
    voice.say({ ...one, person: { ...one.person, external } }, requestText(one, client.address, voice.paint));
  }
  if (people.length === 0) voice.note(NOBODY);
  if (more) voice.note('There are more; decide about these first.');
}

/** What is said where nobody waits. */
export const NOBODY = 'Nobody waits.';

/** What was done, for programs, and the line for people. */
export interface Done {
  readonly data: object;
  readonly line: string;
}

export async function acceptPerson(client: Client, person: string): Promise<Done> {
  const released = await client.messageRequests.accept(person);
  return {
    data: { person, accepted: true, released },
    line: `${printable(person)} is accepted; messages: ${released}`,
  };
}

export async function declinePerson(client: Client, person: string): Promise<Done> {
  const rejected = await client.messageRequests.decline(person);
  return {
    data: { person, accepted: false, rejected },
    line: `${printable(person)} is declined; messages turned down: ${rejected}`,
  };
}

export async function reportMessage(client: Client, prefix: string, reason: string): Promise<Done> {
  const id = WHOLE_ID.test(prefix)
    ? prefix
    : (await findAnyMessage(client, prefix, 'message', ({ own }) => !own)).id;
  const { report, told } = await client.messageRequests.report(id, reason);
  const also = told === null ? '' : `; ${printable(told)} is told`;
  const line = `message ${shortId(id)} is hidden until a compliance officer has decided (report ${report})${also}`;
  return { data: { message: id, report, told }, line };
}

/** Who waits: how they are known, whom they imitate, how much. */
export function requestText(
  { person, messages, since, imitates, mayAccept }: Requesting,
  ownAddress: string,
  paint: Paint,
): string {
  const external = person.domain !== domainOf(ownAddress);
  const much = `${messages} ${messages === 1 ? 'message' : 'messages'} since ${timeOf(since)}`;
  return [
    `${personLine({ ...person, external }, paint)} ${paint.dim(much)}`,
    ...(imitates === null
      ? []
      : [`${INDENT}${paint.red(`‼ looks like ${printable(imitates)}, and is somebody else`)}`]),
    ...(mayAccept ? [] : [`${INDENT}${paint.dim('your organisation decides about them')}`]),
  ].join('\n');
}
