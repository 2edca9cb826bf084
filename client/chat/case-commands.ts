/** `chancery-chat case`: what a compliance officer reads of the cases they review, and adds to them. */
import type { Command } from 'commander';
import { caseEventText, caseOf, type PlacedCaseEvent } from '../../protocol/archive/index.ts';
import type { CaseInfo } from '../index.ts';
import { examples, wholeNumber } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { printable, printableLines } from './printable.ts';
import { timeOf } from './render.ts';
import { whileConnected, type Session } from './session.ts';
import type { Paint } from './voice.ts';

type Act = (session: Session) => Promise<void>;

interface ShowOptions {
  readonly timeline?: boolean;
  readonly notes?: boolean;
  readonly messages?: boolean;
}

export function addCases(program: Command, dependencies: Dependencies): void {
  const group = program
    .command('case')
    .summary('for compliance officers: read cases, tag messages, note')
    .description(
      'For compliance officers: the cases that you review. What you add is an entry of the log, in your name and with this ' +
        'device. Export a case with chancery-chat archive export --of-case.',
    );
  const run = (command: Command, act: Act): Promise<void> =>
    whileConnected(command.optsWithGlobals(), dependencies, act);
  const list = group
    .command('list')
    .description('the cases that you review, newest first')
    .option('--all', 'closed ones as well')
    .action(({ all = false }: { all?: boolean }, command: Command) =>
      run(command, (session) => listCases(session, all)),
    );
  const show = group
    .command('show <name>')
    .description('how a case stands; or what happened in it, its notes, or the messages that are tagged')
    .option('--timeline', 'what happened, oldest first')
    .option('--notes', 'the notes, oldest first')
    .option('--messages', 'the messages that are tagged, with their tags')
    .action((name: string, options: ShowOptions, command: Command) =>
      run(command, (session) => showCase(session, name, options)),
    );
  const tag = group
    .command('tag <name> <tag> <entry...>')
    .description('put a tag on messages, by their entries, all or none')
    .option('--off', 'take it off instead')
    .action(
      (name: string, what: string, given: string[], { off = false }: { off?: boolean }, command: Command) =>
        run(command, async ({ client: { cases }, voice }) => {
          const entries = given.map(wholeNumber);
          const now = await (off ? cases.untag(name, what, entries) : cases.tag(name, what, entries));
          const messages = now.tags.find((one) => one.tag === what)?.messages ?? 0;
          voice.say(now, `messages tagged ${printable(what)} in case ${printable(name)}: ${messages}`);
        }),
    );
  const note = group
    .command('note <name> <text...>')
    .description('note something on a case, or on one message in it')
    .option('--entry <entry>', 'the message that it is on', wholeNumber)
    .action((name: string, text: string[], { entry: about }: { entry?: number }, command: Command) =>
      run(command, async ({ client: { cases }, voice }) => {
        const now = await cases.note(name, text.join(' '), about ?? null);
        voice.say(now, `noted; notes in case ${printable(name)}: ${now.notes}`);
      }),
    );
  examples(group, 'chancery-chat case list', 'chancery-chat case show 2026-17 --timeline');
  examples(list, 'chancery-chat case list', 'chancery-chat case list --all --json');
  examples(show, 'chancery-chat case show 2026-17', 'chancery-chat case show 2026-17 --messages --json');
  examples(
    tag,
    'chancery-chat case tag 2026-17 privileged 1041 1042',
    'chancery-chat case tag 2026-17 relevant 1041 --off',
  );
  examples(
    note,
    'chancery-chat case note 2026-17 "counsel asked for March"',
    'chancery-chat case note 2026-17 --entry 1041 "see 1040" --json',
  );
}

async function listCases({ client, voice }: Session, all: boolean): Promise<void> {
  let before: number | null = null;
  do {
    const page = await client.cases.list({ all, before });
    for (const one of page.cases) voice.say(one, caseLine(one, voice.paint));
    before = page.next;
  } while (before !== null);
}

async function showCase({ client, voice }: Session, name: string, options: ShowOptions): Promise<void> {
  const found = await client.cases.show(name);
  const { timeline, notes, messages } = options;
  if (timeline !== true && notes !== true && messages !== true) {
    voice.say(found, caseText(found, voice.paint));
    return;
  }
  const events: PlacedCaseEvent[] = [];
  for await (const { event } of client.cases.events(found)) {
    if (timeline === true)
      voice.say(
        { ...event, text: caseEventText(event) },
        `${event.sequence}  ${voice.paint.dim(timeOf(event.time))} ${printable(event.actor)} ${printable(caseEventText(event))}`,
      );
    events.push(event);
  }
  const state = caseOf(events);
  if (notes === true)
    for (const one of state?.notes ?? []) {
      const on = one.about === null ? '' : ` on entry ${one.about}`;
      const head = `${one.sequence}  ${voice.paint.dim(timeOf(one.time))} ${printable(one.actor)}${on}:`;
      voice.say(one, `${head} ${printableLines(one.text, '    ')}`);
    }
  if (messages === true)
    for (const one of state?.messages ?? [])
      voice.say(one, `${one.entry}  ${printable(one.tags.map(({ tag }) => tag).join(', '))}`);
}

function caseLine({ name, title, state, messages, newestTime }: CaseInfo, paint: Paint): string {
  const mark = state === 'open' ? paint.green('open') : paint.dim('closed');
  const much = paint.dim(`${messages} tagged, ${timeOf(newestTime)}`);
  return `${paint.bold(printable(name))}  ${mark}  ${printable(title)}  ${much}`;
}

function caseText(found: CaseInfo, paint: Paint): string {
  const { actor, opened, reviewers, searches, notes, events, tags } = found;
  return [
    caseLine(found, paint),
    `  opened ${timeOf(opened)} by ${printable(actor)}; reviewed by ${printable(reviewers.join(', '))}`,
    `  tags: ${printable(tags.map((one) => `${one.tag} (${one.messages})`).join(', ') || 'none')}`,
    `  ${searches} searches, ${notes} notes, ${events} events`,
  ].join('\n');
}
