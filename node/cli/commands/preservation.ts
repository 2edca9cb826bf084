/** `chancery preservation`: what organisations ask each other to keep of what they exchanged. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, several, time } from '../arguments.ts';
import { fields, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Preservation = OperationOutput<'preservation.request'>;

const BY = 'the compliance officer who acts';

/** Characters of an id that are shown: enough to name it by. */
const SHORT = 16;

export function declarePreservation(group: Command, open: OpenSession): void {
  group.description(
    'Asks a partner to preserve what was exchanged with it, and answers what partners ask. Both sides have every step in their ' +
      'log, signed by the other. Accepting places a legal hold, which ends as any other: by two officers of who placed it.',
  );
  requestCommand(group, open);
  listCommand(group, open);
  showCommand(group, open);
  answerCommand(group, open, 'accept');
  answerCommand(group, open, 'decline');
  answerCommand(group, open, 'withdraw');
  examples(
    group,
    'chancery preservation request partner.example --matter "Smith v. Acme" --person bob@partner.example --by olive@acme.example --reason "claim of 4 May"',
    'chancery preservation list',
    'chancery preservation accept 5f0a31c2 --by olive@acme.example',
  );
}

interface RequestOptions {
  readonly matter: string;
  readonly person?: string[];
  readonly conversation?: string[];
  readonly from?: string;
  readonly until?: string;
  readonly by: string;
  readonly reason: string;
}

function requestCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('request')
    .summary('ask a partner to preserve what was exchanged with it')
    .description(
      'Signs a request and sends it; it waits until the partner is reached. Only what was exchanged with that partner can be ' +
        'asked for. Of several of one kind one is enough; of what is given each must be met. It holds nothing here: place a ' +
        'hold for that.',
    )
    .argument('<domain>', 'the partner’s domain')
    .requiredOption('--matter <matter>', 'what it is for')
    .option('--person <address>', 'who wrote it or was in the conversation (repeatable)', several)
    .option('--conversation <id>', 'in this conversation (repeatable)', several)
    .option('--from <time>', 'received there on this day or time (UTC) or later', time)
    .option('--until <time>', 'received there before this day or time (UTC)', time)
    .requiredOption('--by <officer>', BY)
    .requiredOption('--reason <text>', 'why, for the partner and for the record')
    .action(async (domain: string, options: RequestOptions, self: Command) => {
      const { voice, ask } = open(self);
      const { matter, person, conversation, from, until, by, reason } = options;
      const asked = await ask('preservation.request', {
        domain,
        matter,
        people: person ?? [],
        conversations: conversation ?? [],
        from: from ?? null,
        until: until ?? null,
        actor: by,
        reason,
      });
      voice.result(
        asked,
        ({ id, partner }) =>
          `request ${id.slice(0, SHORT)} is on its way to ${partner}; see chancery preservation show\n`,
      );
    });
  examples(
    command,
    'chancery preservation request partner.example --matter "Smith v. Acme" --person bob@partner.example --from 2026-01-01 --by olive@acme.example --reason "claim of 4 May"',
    'chancery preservation request partner.example --matter "Inquiry 7" --conversation 7b1f… --by olive@acme.example --reason "letter" --json',
  );
}

function listCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('list')
    .summary('list requests, ours and partners’')
    .description(
      'Lists the requests that are not over; with --all those that were declined or withdrawn as well.',
    )
    .option('--all', 'those that are over as well')
    .action(async ({ all = false }: { all?: boolean }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('preservation.list', { all }), ({ preservations }) =>
        preservationTable(preservations),
      );
    });
  examples(command, 'chancery preservation list', 'chancery preservation list --all --json');
}

function showCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('show')
    .summary('show a request, and all that was said of it')
    .description(
      'Shows a request with its scope, and every step: who did it, who signed it, and the entry of the log.',
    )
    .argument('<id>', 'its id, or how that begins')
    .action(async (id: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('preservation.show', { id }), ({ preservation, history }) => {
        const { problem, hold } = preservation;
        const about = fields([
          ['id', preservation.id],
          ['on', scopeText(preservation)],
          ['asked by', `${preservation.officer}: ${preservation.reason}`],
          ['hold', hold === null ? 'none here' : String(hold)],
          ['waits', problem === null ? waitsText(preservation) : `${problem.message} [${problem.code}]`],
        ]);
        const steps = table(
          ['ENTRY', 'TIME', 'STATE', 'BY', 'SIGNED BY', 'REASON'],
          history.map((step) => [
            String(step.sequence),
            when(step.time),
            step.state,
            step.actor,
            step.signedBy ?? '',
            step.reason,
          ]),
          'nothing was said of it',
        );
        return `${preservationTable([preservation])}\n${about}\n${steps}`;
      });
    });
  examples(command, 'chancery preservation show 5f0a31c2', 'chancery preservation show 5f0a31c2 --json');
}

const ANSWERS = {
  accept: {
    summary: 'accept a partner’s request: place a hold',
    description:
      'Places a legal hold for the request’s matter on what was exchanged with that partner, and tells the partner so.',
    done: ({ hold, matter }: Preservation) =>
      `hold ${String(hold)} for ${matter} is in force; the partner is told\n`,
  },
  decline: {
    summary: 'decline a partner’s request',
    description: 'Declines what a partner asks, and tells it why.',
    done: ({ partner }: Preservation) => `declined; ${partner} is told\n`,
  },
  withdraw: {
    summary: 'withdraw a request of ours',
    description:
      'Tells the partner that the request is withdrawn. A hold that it placed ends only by two of its own officers.',
    done: ({ partner }: Preservation) => `withdrawn; ${partner} is told\n`,
  },
} as const;

function answerCommand(group: Command, open: OpenSession, name: keyof typeof ANSWERS): void {
  const { summary, description, done } = ANSWERS[name];
  const command = group
    .command(name)
    .summary(summary)
    .description(description)
    .argument('<id>', 'the id of the request, or how that begins')
    .requiredOption('--by <officer>', BY);
  const reason = 'why, for the partner and for the record';
  if (name === 'accept') command.option('--reason <text>', reason, '');
  else command.requiredOption('--reason <text>', reason);
  command.action(async (id: string, options: { by: string; reason: string }, self: Command) => {
    const { voice, ask } = open(self);
    voice.result(await ask(`preservation.${name}`, { id, actor: options.by, reason: options.reason }), done);
  });
  examples(
    command,
    `chancery preservation ${name} 5f0a31c2 --by olive@acme.example --reason "as our counsel says"`,
    `chancery preservation ${name} 5f0a31c2 --by olive@acme.example --reason "as our counsel says" --json`,
  );
}

function preservationTable(preservations: readonly Preservation[]): string {
  return table(
    ['REQUEST', 'PARTNER', 'WHOSE', 'STATE', 'MATTER', 'ASKED', 'WAITS FOR'],
    preservations.map((one) => [
      one.id.slice(0, SHORT),
      one.partner,
      one.direction === 'sent' ? 'ours' : 'theirs',
      one.state,
      one.matter,
      when(one.asked),
      waitsText(one),
    ]),
    'no requests',
  );
}

function waitsText({ direction, state, told, partner }: Preservation): string {
  if (direction === 'received' && state === 'requested') return 'an officer here';
  if (!told) return `${partner} to be reached`;
  return direction === 'sent' && state === 'delivered' ? `an officer of ${partner}` : 'nothing';
}

function scopeText({ people, conversations, from, until, partner }: Preservation): string {
  const named = [`exchanged with ${partner}`];
  if (people.length > 0) named.push(`person ${people.join(' or ')}`);
  if (conversations.length > 0) named.push(`conversation ${conversations.join(' or ')}`);
  if (from !== null) named.push(`from ${when(from)}`);
  if (until !== null) named.push(`before ${when(until)}`);
  return named.join('; ');
}
