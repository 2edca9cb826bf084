/** `chancery case`: inquiries, with what was searched for, tagged and noted, by whom. */
import type { Command } from 'commander';
import { examples, wholeNumber } from '../arguments.ts';
import { count } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import { caseFields, caseTable, eventTable, foundTable, messageTable } from './case-text.ts';

const BY = 'the compliance officer who acts';

interface Named {
  readonly by: string;
}

export function declareCase(group: Command, open: OpenSession): void {
  group.description(
    'Leads cases, for inquiries and disclosure: who reviews them, what was searched for, and which messages were tagged and noted. ' +
      'Only its reviewers read a case or add to it. Whatever happens in one is an entry of the log. ' +
      'An officer exports a case with chancery-chat archive export --of-case.',
  );
  openCommand(group, open);
  listCommand(group, open);
  showCommand(group, open);
  searchCommand(group, open);
  tagCommands(group, open);
  noteCommand(group, open);
  reviewerCommands(group, open);
  closeCommands(group, open);
  examples(
    group,
    'chancery case open 2026-17 --title "Smith v. Acme" --by olive@acme.example',
    "chancery case search 2026-17 'invoice from:alice' --by olive@acme.example",
    'chancery case tag 2026-17 privileged 1041 1042 --by olive@acme.example',
    'chancery case show 2026-17 --timeline --by olive@acme.example',
  );
}

function openCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('open')
    .summary('open a case')
    .description('Opens a case. Who opens it is its first reviewer. Its name is what --case takes elsewhere.')
    .argument('<name>', 'its name, such as a file number; no other open case may have it')
    .requiredOption('--title <text>', 'the matter')
    .requiredOption('--by <officer>', BY)
    .action(async (name: string, { title, by }: Named & { title: string }, self: Command) => {
      const { voice, ask } = open(self);
      const done = await ask('case.open', { name, title, actor: by });
      voice.result(done, () => `case ${name} is open; ${by} reviews it\n`);
    });
  examples(
    command,
    'chancery case open 2026-17 --title "Smith v. Acme" --by olive@acme.example',
    'chancery case open "Inquiry 7" --title "expenses of 2025" --by olive@acme.example --json',
  );
}

function listCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('list')
    .summary('list cases')
    .description(
      'Lists the cases that the officer may read, newest first; with --all those that are closed as well.',
    )
    .requiredOption('--by <officer>', BY)
    .option('--all', 'closed ones as well')
    .option('--limit <number>', 'cases of a page, at most 500', wholeNumber, 50)
    .option('--cursor <entry>', 'cases opened below this entry: the next page', wholeNumber)
    .action(async ({ by, all = false, limit, cursor }: Named & Paged & { all?: boolean }, self: Command) => {
      const { voice, ask } = open(self);
      const before = cursor === undefined ? {} : { before: cursor };
      const answer = await ask('case.list', { actor: by, all, limit, ...before });
      voice.result(answer, ({ cases }) => caseTable(cases));
      if (answer.next !== null) voice.note(`there is more; add --cursor ${answer.next}`);
    });
  examples(
    command,
    'chancery case list --by olive@acme.example',
    'chancery case list --all --by olive@acme.example --json',
  );
}

interface Paged {
  readonly limit: number;
  readonly cursor?: number;
}

interface ShowOptions extends Named, Paged {
  readonly timeline?: boolean;
  readonly notes?: boolean;
  readonly messages?: boolean;
  readonly tag?: string;
  readonly opened?: number;
}

function showCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('show')
    .summary('show a case, its timeline, notes or messages')
    .description(
      'Shows how a case stands, with its searches; or, in pages, what happened in it, its notes, or the messages that are tagged. ' +
        'What the messages say is read with chancery archive show, or on an officer’s own device.',
    )
    .argument('<name>', 'its name: the newest case of that name')
    .requiredOption('--by <officer>', BY)
    .option('--timeline', 'what happened, oldest first')
    .option('--notes', 'the notes, oldest first')
    .option('--messages', 'the messages that are tagged, in the order of the log')
    .option('--tag <tag>', 'only messages with this tag')
    .option('--opened <entry>', 'an earlier case of that name, by the entry that opened it', wholeNumber)
    .option('--limit <number>', 'rows of a page, at most 500', wholeNumber, 50)
    .option('--cursor <entry>', 'what comes after this entry: the next page', wholeNumber)
    .action(async (name: string, options: ShowOptions, self: Command) => {
      const { voice, ask } = open(self);
      const { by, limit, cursor, tag, opened, timeline, notes, messages } = options;
      const which = { name, actor: by, ...(opened === undefined ? {} : { opened }) };
      const paged = { ...which, limit, ...(cursor === undefined ? {} : { after: cursor }) };
      let next: number | null = null;
      if (messages === true || tag !== undefined) {
        const answer = await ask('case.messages', { ...paged, ...(tag === undefined ? {} : { tag }) });
        voice.result(answer, (page) => messageTable(page.messages));
        ({ next } = answer);
      } else if (timeline === true || notes === true) {
        const answer = await ask('case.events', { ...paged, list: notes === true ? 'notes' : 'timeline' });
        voice.result(answer, ({ events }) => eventTable(events));
        ({ next } = answer);
      } else voice.result(await ask('case.show', which), caseFields);
      if (next !== null) voice.note(`there is more; add --cursor ${next}`);
    });
  examples(
    command,
    'chancery case show 2026-17 --by olive@acme.example',
    'chancery case show 2026-17 --timeline --by olive@acme.example --json',
    'chancery case show 2026-17 --messages --tag privileged --by olive@acme.example',
  );
}

interface SearchOptions extends Named, Paged {
  readonly run?: number;
  readonly purpose?: string;
}

function searchCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('search')
    .summary('save a search in a case and run it, or run a saved one again')
    .description(
      'Searches as chancery archive search does, and keeps the search with what it found: how many, and the newest. What was ' +
        'searched for and found is an entry of the log, with the case, before it is shown. Nothing is tagged by it.',
    )
    .argument('<name>', 'the case')
    .argument('[query...]', 'what to look for; nothing with --run')
    .requiredOption('--by <officer>', BY)
    .option('--run <number>', 'run the saved search of this number again', wholeNumber)
    .option('--limit <number>', 'messages of a page, at most 500', wholeNumber, 50)
    .option('--cursor <sequence>', 'messages below this sequence: the next page', wholeNumber)
    .option('--purpose <text>', 'why you look; on record')
    .action(async (name: string, words: readonly string[], options: SearchOptions, self: Command) => {
      const { voice, ask } = open(self);
      const { by, run, limit, cursor, purpose } = options;
      const answer = await ask('case.search', {
        ...{ name, actor: by, limit },
        ...(words.length === 0 ? {} : { query: words.join(' ') }),
        ...(run === undefined ? {} : { search: run }),
        ...(cursor === undefined ? {} : { before: cursor }),
        ...(purpose === undefined ? {} : { purpose }),
      });
      voice.result(answer, foundTable);
      if (answer.next !== null) voice.note(`there is more; add --cursor ${answer.next}`);
    });
  examples(
    command,
    'chancery case search 2026-17 \'invoice "net 30" from:alice\' --by olive@acme.example --purpose "claim of 4 May"',
    'chancery case search 2026-17 --run 1 --by olive@acme.example --json',
  );
}

function tagCommands(group: Command, open: OpenSession): void {
  const tag = group
    .command('tag')
    .summary('tag messages')
    .description('Puts a tag on messages, all or none. A message may have several.')
    .argument('<name>', 'the case')
    .argument('<tag>', 'the tag, such as relevant or privileged')
    .argument('<entry...>', 'the messages, by sequence number')
    .requiredOption('--by <officer>', BY)
    .action(async (name: string, what: string, entries: string[], { by }: Named, self: Command) => {
      const { voice, ask } = open(self);
      const numbers = entries.map(wholeNumber);
      const done = await ask('case.tag', { name, tag: what, entries: numbers, actor: by });
      voice.result(done, (now) => tagged(now.case, what));
    });
  examples(
    tag,
    'chancery case tag 2026-17 relevant 1041 1042 --by olive@acme.example',
    'chancery case tag 2026-17 privileged 1041 --by olive@acme.example --json',
  );
  const untag = group
    .command('untag')
    .summary('take a tag off messages')
    .description('Takes a tag off messages, all or none. That they had it stays on record.')
    .argument('<name>', 'the case')
    .argument('<tag>', 'the tag')
    .argument('<entry...>', 'the messages, by sequence number')
    .requiredOption('--by <officer>', BY)
    .action(async (name: string, what: string, entries: string[], { by }: Named, self: Command) => {
      const { voice, ask } = open(self);
      const numbers = entries.map(wholeNumber);
      const done = await ask('case.untag', { name, tag: what, entries: numbers, actor: by });
      voice.result(done, (now) => tagged(now.case, what));
    });
  examples(
    untag,
    'chancery case untag 2026-17 privileged 1041 --by olive@acme.example',
    'chancery case untag 2026-17 relevant 1041 1042 --by olive@acme.example --json',
  );
}

function tagged(
  { name, tags }: { readonly name: string; readonly tags: readonly { tag: string; messages: number }[] },
  tag: string,
): string {
  const messages = tags.find((one) => one.tag === tag)?.messages ?? 0;
  return `${count(messages, 'message')} tagged ${tag} in case ${name}\n`;
}

function noteCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('note')
    .summary('note something on a case or a message')
    .description(
      'Notes something on the case, or on one message in it. Notes are sealed like the rest of the log, and stay.',
    )
    .argument('<name>', 'the case')
    .argument('<text...>', 'the note')
    .option('--entry <sequence>', 'the message that it is on', wholeNumber)
    .requiredOption('--by <officer>', BY)
    .action(
      async (name: string, text: string[], { by, entry }: Named & { entry?: number }, self: Command) => {
        const { voice, ask } = open(self);
        const about = entry === undefined ? {} : { about: entry };
        const done = await ask('case.note', { name, text: text.join(' '), actor: by, ...about });
        voice.result(done, (now) => `noted; case ${name} has ${count(now.case.notes, 'note')}\n`);
      },
    );
  examples(
    command,
    'chancery case note 2026-17 "counsel asked for March" --by olive@acme.example',
    'chancery case note 2026-17 --entry 1041 "says the opposite of 1040" --by olive@acme.example --json',
  );
}

function reviewerCommands(group: Command, open: OpenSession): void {
  const reviewer = group
    .command('reviewer')
    .summary('add and remove reviewers')
    .description('Says who reviews a case: they alone read it and add to it.');
  for (const [verb, operation, past] of [
    ['add', 'case.add-reviewer', 'reviews'],
    ['remove', 'case.remove-reviewer', 'no longer reviews'],
  ] as const) {
    const command = reviewer
      .command(verb)
      .summary(`${verb} a reviewer`)
      .description(
        verb === 'add'
          ? 'Makes another compliance officer a reviewer of the case.'
          : 'Ends that somebody reviews the case. The last reviewer stays.',
      )
      .argument('<name>', 'the case')
      .argument('<officer>', 'the compliance officer, by address')
      .requiredOption('--by <officer>', BY)
      .action(async (name: string, officer: string, { by }: Named, self: Command) => {
        const { voice, ask } = open(self);
        const done = await ask(operation, { name, reviewer: officer, actor: by });
        voice.result(done, () => `${officer} ${past} case ${name}\n`);
      });
    const line = `chancery case reviewer ${verb} 2026-17 oscar@acme.example --by olive@acme.example`;
    examples(command, line, `${line} --json`);
  }
  examples(
    reviewer,
    'chancery case reviewer add 2026-17 oscar@acme.example --by olive@acme.example',
    'chancery case reviewer remove 2026-17 oscar@acme.example --by olive@acme.example',
  );
}

function closeCommands(group: Command, open: OpenSession): void {
  for (const [verb, operation, past, description] of [
    ['close', 'case.close', 'closed', 'Closes a case: it takes nothing more until it is opened again.'],
    ['reopen', 'case.reopen', 'open again', 'Opens a closed case again, with all that is in it.'],
  ] as const) {
    const command = group
      .command(verb)
      .summary(`${verb} a case`)
      .description(description)
      .argument('<name>', 'the case')
      .requiredOption('--by <officer>', BY)
      .requiredOption('--reason <text>', 'why, for the record')
      .action(async (name: string, { by, reason }: Named & { reason: string }, self: Command) => {
        const { voice, ask } = open(self);
        const done = await ask(operation, { name, reason, actor: by });
        voice.result(done, () => `case ${name} is ${past}\n`);
      });
    const line = `chancery case ${verb} 2026-17 --by olive@acme.example --reason "${verb === 'close' ? 'settled' : 'appeal'}"`;
    examples(command, line, `${line} --json`);
  }
}
