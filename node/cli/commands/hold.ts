/** `chancery hold`: legal holds, which keep messages whatever their schedule says. */
import type { Command } from 'commander';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, several, time, wholeNumber } from '../arguments.ts';
import { count, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Hold = OperationOutput<'hold.place'>;

type Custodian = OperationOutput<'hold.show'>['custodians'][number];

const BY = 'the compliance officer who acts';

export function declareHold(group: Command, open: OpenSession): void {
  group.description(
    'Places, shows and releases legal holds: what is under one stays, whatever its schedule or a request for erasure says.',
  );
  placeCommand(group, open);
  listCommand(group, open);
  showCommand(group, open);
  releaseCommand(group, open);
  examples(
    group,
    'chancery hold place "Smith v. Acme" --person alice@acme.example --by olive@acme.example --reason "claim of 4 May"',
    'chancery hold list',
    'chancery hold release "Smith v. Acme" --by olive@acme.example --reason "settled"',
    'chancery hold release "Smith v. Acme" --approve --by oscar@acme.example',
  );
}

interface PlaceOptions {
  readonly person?: string[];
  readonly conversation?: string[];
  readonly organisation?: string[];
  readonly word?: string[];
  readonly from?: string;
  readonly until?: string;
  readonly by: string;
  readonly reason: string;
  readonly notify?: string;
}

function placeCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('place')
    .summary('place a hold for a matter')
    .description(
      'Holds what is there and what comes. Of several of one kind one is enough; of what is given each must be met. Holds add up: ' +
        'a message under two stays until both are released. Words are sought in any case and width; what this node cannot ' +
        'open any more is held as if it had them. With --notify every member whom --person names is told of the hold, and why, on their ' +
        'devices until they acknowledge it; without it nobody is.',
    )
    .argument('<matter>', 'what it is for')
    .option('--person <address>', 'who wrote it or was in the conversation (repeatable)', several)
    .option('--conversation <id>', 'in this conversation (repeatable)', several)
    .option('--organisation <domain>', 'with somebody of this organisation (repeatable)', several)
    .option('--word <text>', 'with this in it (repeatable)', several)
    .option('--from <time>', 'received on this day or time (UTC) or later', time)
    .option('--until <time>', 'received before this day or time (UTC)', time)
    .requiredOption('--by <officer>', BY)
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--notify <text>', 'what the members it names are told; without it nobody is told')
    .action(async (matter: string, options: PlaceOptions, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('hold.place', inputOf(matter, options)),
        ({ sequence }) => `hold ${sequence} for ${matter} is in force\n`,
      );
    });
  examples(
    command,
    'chancery hold place "Smith v. Acme" --person alice@acme.example --from 2025-01-01 --by olive@acme.example --reason "claim"',
    'chancery hold place "Smith v. Acme" --person alice@acme.example --by olive@acme.example --reason "claim" --notify "Delete nothing about Mr Smith."',
    'chancery hold place "Inquiry 7" --word plover --organisation bank.example --by olive@acme.example --reason "letter of 4 May" --json',
  );
}

function inputOf(matter: string, options: PlaceOptions): OperationInput<'hold.place'> {
  const { person, conversation, organisation, word, from, until, by, reason, notify } = options;
  return {
    matter,
    people: person ?? [],
    conversations: conversation ?? [],
    organisations: organisation ?? [],
    words: word ?? [],
    from: from ?? null,
    until: until ?? null,
    actor: by,
    reason,
    ...(notify === undefined ? {} : { notice: notify }),
  };
}

function listCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('list')
    .summary('list holds')
    .description('Lists the holds in force; with --all those that were released as well.')
    .option('--all', 'released ones as well')
    .action(async ({ all = false }: { all?: boolean }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('hold.list', { all }), ({ holds }) => holdTable(holds));
    });
  examples(command, 'chancery hold list', 'chancery hold list --all --json');
}

function showCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('show')
    .summary('show a matter’s holds, who was told, and who asks to release them')
    .description(
      'Shows every hold of a matter, when each custodian who is told acknowledged it, and the request to release them that waits for a second officer.',
    )
    .argument('<matter>', 'what they are for')
    .action(async (matter: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('hold.show', { matter }), ({ holds, custodians, request }) => {
        const shown =
          custodians.length === 0 ? holdTable(holds) : `${holdTable(holds)}\n${custodianTable(custodians)}`;
        if (request === null) return shown;
        const asked = `${request.actor} asks to release ${request.holds.join(', ')}: ${request.reason}`;
        return `${shown}\n${asked}; request ${request.request}, until ${when(request.expires)}\n`;
      });
    });
  examples(command, 'chancery hold show "Smith v. Acme"', 'chancery hold show "Smith v. Acme" --json');
}

interface ReleaseOptions {
  readonly by: string;
  readonly reason?: string;
  readonly approve?: boolean;
  readonly request?: number;
}

function releaseCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('release')
    .summary('ask to release a matter’s holds, or approve that')
    .description(
      'For where oversight.signed is false; elsewhere officers do this on their own devices: chancery-chat oversight release. ' +
        'Asks that the holds of a matter end. Nothing ends before another officer approves it with --approve, within 15 minutes. ' +
        'An approval is for that one request, and for the holds there were when it was made. Releasing deletes nothing by itself: ' +
        'what has outlived its schedule goes with the next look.',
    )
    .argument('<matter>', 'what they are for')
    .requiredOption('--by <officer>', BY)
    .option('--reason <text>', 'why, for the record; needed to ask')
    .option('--approve', 'approve what another officer asked')
    .option('--request <sequence>', 'only this request, as hold show names it', wholeNumber)
    .action(async (matter: string, { by, reason, approve, request }: ReleaseOptions, self: Command) => {
      const { voice, ask } = open(self);
      if (approve !== true) {
        voice.result(
          await ask('hold.release', { matter, actor: by, reason: reason ?? '' }),
          (asked) =>
            `request ${asked.request} waits for another officer until ${when(asked.expires)}; ` +
            `they run chancery hold release "${matter}" --approve\n`,
        );
        return;
      }
      voice.result(
        await ask('hold.approve', { matter, actor: by, request: request ?? null }),
        ({ holds }) => `${count(holds.length, 'hold')} for ${matter} released; nothing was deleted\n`,
      );
    });
  examples(
    command,
    'chancery hold release "Smith v. Acme" --by olive@acme.example --reason "settled"',
    'chancery hold release "Smith v. Acme" --approve --by oscar@acme.example --json',
  );
}

function holdTable(holds: readonly Hold[]): string {
  return table(
    ['HOLD', 'MATTER', 'STATE', 'ON', 'PLACED', 'BY', 'REASON'],
    holds.map((hold) => [
      String(hold.sequence),
      hold.matter,
      hold.released === null ? 'in force' : `released by ${hold.released}`,
      scopeText(hold),
      when(hold.placed),
      hold.actor,
      hold.reason,
    ]),
    'no holds',
  );
}

function custodianTable(custodians: readonly Custodian[]): string {
  return table(
    ['HOLD', 'CUSTODIAN', 'ACKNOWLEDGED'],
    custodians.map(({ hold, person, acknowledged }) => [
      String(hold),
      person,
      acknowledged === null ? 'not yet' : when(acknowledged),
    ]),
    'nobody is told',
  );
}

function scopeText(hold: Hold): string {
  const { people, conversations, organisations, words, exchangedWith, from, until } = hold;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['person', people],
    ['conversation', conversations],
    ['organisation', organisations],
    ['words', words],
  ];
  const named = parts.filter(([, of]) => of.length > 0).map(([what, of]) => `${what} ${of.join(' or ')}`);
  if (exchangedWith !== null) named.push(`exchanged with ${exchangedWith}`);
  if (from !== null) named.push(`from ${when(from)}`);
  if (until !== null) named.push(`before ${when(until)}`);
  return named.join('; ');
}
