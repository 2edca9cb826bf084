/** `chancery contact`: who of partners waits to be accepted, and who was accepted or declined. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Listed = OperationOutput<'contact.list'>;

export function declareContact(group: Command, open: OpenSession): void {
  group.description(
    'Where the policy holds first contacts, whoever writes waits until they are accepted: by those they wrote to, or here for ' +
      'everybody or for one member. Whoever is declined is let in no more, until they are accepted.',
  );
  const list = group
    .command('list')
    .summary('list who waits, and who was accepted or declined')
    .description('Lists who waits, never what they wrote; then who was accepted or declined, newest first.')
    .option('--before <sequence>', 'recorded below this entry: the next page of the latter', wholeNumber)
    .option('--limit <number>', 'lines of a page of the latter, at most 500', wholeNumber, 50)
    .action(async ({ before, limit }: { before?: number; limit: number }, self: Command) => {
      const { voice, ask } = open(self);
      const page = await ask('contact.list', { limit, ...(before === undefined ? {} : { before }) });
      voice.result(page, listedText);
      if (page.more) voice.note('more wait than were looked at; decide about these first');
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  examples(list, 'chancery contact list', 'chancery contact list --json');
  answerCommand(group, open, 'accept');
  answerCommand(group, open, 'decline');
  examples(
    group,
    'chancery contact list',
    'chancery contact accept carol@globex.example --by olive@acme.example',
  );
}

interface AnswerOptions {
  readonly for?: string;
  readonly by: string;
  readonly reason: string;
}

const ANSWERS = {
  accept: {
    summary: 'accept somebody: what waited comes now',
    description: 'Accepts somebody; what they wrote and waited for nothing else comes now, in its order.',
  },
  decline: {
    summary: 'decline somebody: nothing of them is let in',
    description: 'Declines somebody: what waits is turned down, and what they write is let in no more.',
  },
} as const;

function answerCommand(group: Command, open: OpenSession, name: keyof typeof ANSWERS): void {
  const { summary, description } = ANSWERS[name];
  const command = group
    .command(name)
    .summary(summary)
    .description(description)
    .argument('<person>', 'the address')
    .option('--for <member>', 'for this member alone; for everybody where nothing is said')
    .option('--by <who>', 'the compliance officer who decides, by address; else the operator', 'operator')
    .option('--reason <text>', 'why, for the record', '')
    .action(async (person: string, { for: member, by, reason }: AnswerOptions, self: Command) => {
      const { voice, ask } = open(self);
      const asked = { person, actor: by, reason, ...(member === undefined ? {} : { member }) };
      if (name === 'accept')
        voice.result(
          await ask('contact.accept', asked),
          ({ person: who, released }) => `${who} is accepted; messages: ${released}\n`,
        );
      else
        voice.result(
          await ask('contact.decline', asked),
          ({ person: who, rejected }) => `${who} is declined; messages turned down: ${rejected}\n`,
        );
    });
  examples(
    command,
    `chancery contact ${name} carol@globex.example --by olive@acme.example --reason "known to us"`,
    `chancery contact ${name} carol@globex.example --for alice@acme.example --json`,
  );
}

function listedText({ waiting, decided }: Listed): string {
  const who = table(
    ['PERSON', 'NAME', 'KNOWN BY', 'MESSAGES', 'SINCE', 'FOR', 'LOOKS LIKE', 'ACCEPTED BY'],
    waiting.map((one) => [
      ...[one.address, one.name, one.level, String(one.messages), when(one.since)],
      ...[one.members.join(' '), one.imitates ?? '', one.receiversAccept ? 'receivers' : 'organisation'],
    ]),
    'nobody waits',
  );
  const answers = table(
    ['ENTRY', 'WHEN', 'PERSON', 'FOR', 'WHAT', 'BY', 'REASON'],
    decided.map((one) => [
      ...[String(one.entry), when(one.time), one.person, one.member ?? 'everybody'],
      ...[one.accepted ? 'accepted' : 'declined', one.actor, one.reason],
    ]),
    'nobody was accepted or declined',
  );
  return `${who}\n${answers}`;
}
