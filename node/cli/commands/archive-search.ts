/** `chancery archive search`: finds messages by what they say, by who wrote them, with whom, and when. */
import type { Command } from 'commander';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { count, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

/** Characters of a text in a row. */
const SHOWN_LENGTH = 80;

interface SearchOptions {
  readonly limit: number;
  readonly cursor?: number;
  readonly count?: boolean;
  readonly text?: boolean;
  readonly purpose?: string;
  readonly case?: string;
}

export function addSearch(group: Command, open: OpenSession): void {
  const command = group
    .command('search')
    .summary('find messages, newest first')
    .description(
      'Finds messages, newest first. All of what is asked for is to hold; what has a - before it is not to. ' +
        'Words are whole words in any script and case; "words in quotes" follow each other. Filters:\n' +
        '  from:, with:          who wrote it, who was there: alice,\n' +
        '                        alice@acme.example, acme.example\n' +
        '  in:                   the conversation, by the beginning of its id\n' +
        '  after:, before:, on:  when it was archived (UTC): 2026-05-04,\n' +
        '                        2026-05-04T03:02Z\n' +
        '  direction:in|out, has:attachment, edited:yes|no, held:yes|no\n' +
        'What was searched for and found is an entry of the log before it is shown.',
    )
    .argument('<query...>', 'what to look for')
    .option('--limit <number>', 'messages of a page, at most 500', wholeNumber, 50)
    .option('--cursor <sequence>', 'messages below this sequence: the next page', wholeNumber)
    .option('--count', 'only how many there are')
    .option('--text', 'what they say too, where that is not older than the delivery window')
    .option('--purpose <text>', 'why you look; on record')
    .option('--case <name>', 'the case that it is for; on record')
    .action(async (words: readonly string[], options: SearchOptions, self: Command) => {
      const { voice, ask } = open(self);
      const { limit, cursor, count: isCount, text, purpose, case: name } = options;
      const input: OperationInput<'archive.search'> = {
        query: words.join(' '),
        limit,
        ...(cursor === undefined ? {} : { before: cursor }),
        ...(isCount === true ? { count: true } : {}),
        ...(text === true ? { text: true } : {}),
        ...(purpose === undefined ? {} : { purpose }),
        ...(name === undefined ? {} : { case: name }),
      };
      const answer = await ask('archive.search', input);
      voice.result(answer, (shown) =>
        shown.count === null ? rows(shown) : `${count(shown.count, 'message')}\n`,
      );
      if (answer.next !== null) voice.note(`there is more; add --cursor ${answer.next}`);
    });
  examples(
    command,
    'chancery archive search \'invoice "net 30" from:alice with:partner.example after:2026-01-01\'',
    "chancery archive search 'offer -draft direction:out' --count",
    "chancery archive search 'from:bob@partner.example in:7c1e' --text --json",
    'chancery archive search 請求書 --limit 20 --cursor 1041',
  );
}

function rows({ found }: OperationOutput<'archive.search'>): string {
  const hasText = found.some(({ message }) => message !== null && message.text !== null);
  return table(
    ['SEQUENCE', 'ARCHIVED', 'DIRECTION', 'FROM', 'CONVERSATION', hasText ? 'TEXT' : 'PEOPLE'],
    found.map(({ sequence, time, direction, message, people }) => [
      String(sequence),
      time === null ? 'not known' : when(time),
      direction ?? 'damaged',
      message?.sender ?? 'not known',
      message?.conversation.slice(0, 8) ?? '',
      hasText ? oneLine(message?.text ?? '') : people.join(' '),
    ]),
    'nothing found',
  );
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH - 1)}…` : line;
}
