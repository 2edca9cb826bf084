/** `chancery retention`: the schedules, what they would dispose of, and what was. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { count, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Counts = OperationOutput<'retention.preview'>['counts'];
type Schedules = OperationOutput<'retention.show'>['schedules'];

export function declareRetention(group: Command, open: OpenSession): void {
  group.description(
    'Shows how long messages are kept, what would go, and what went. Schedules are written in chancery.yaml under retention.',
  );
  showCommand(group, open);
  previewCommand(group, open);
  runCommand(group, open);
  reportCommand(group, open);
  examples(
    group,
    'chancery retention show',
    'chancery retention preview',
    'chancery retention report --json',
  );
}

function showCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('show')
    .summary('show the schedules')
    .description(
      'Shows the schedules in the order in which they are tried: the first that is for a message counts. The floor is what a ' +
        'message is kept for in any case; it is recorded with the message, and no later schedule shortens it. After the ceiling ' +
        'it is disposed of by itself, unless a hold keeps it.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('retention.show', {}),
        ({ schedules, disposalsPerHour }) =>
          `${scheduleTable(schedules)}\nat most ${count(disposalsPerHour, 'message')} disposed of in an hour\n`,
      );
    });
  examples(command, 'chancery retention show', 'chancery retention show --json');
}

function previewCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('preview')
    .summary('show what would be disposed of now, without doing it')
    .description(
      'A dry run: by schedule, how many messages there are, how many would go now, how many a hold keeps although they should, ' +
        'how many wait for a partner, and when the next must go. Changes nothing.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      let page = await ask('retention.preview', {});
      const counts = new Map<string, Counts[number]>();
      for (;;) {
        for (const one of page.counts) counts.set(one.schedule, together(counts.get(one.schedule), one));
        if (page.next === null) break;
        page = await ask('retention.preview', { from: page.next });
      }
      voice.result({ counts: [...counts.values()], next: null }, countTable);
    });
  examples(command, 'chancery retention preview', 'chancery retention preview --json');
}

function runCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('run')
    .summary('look now for what must go')
    .description(
      'Looks now for what must go, instead of within the minute, and disposes of it as far as retention.disposalsPerHour allows in ' +
        'one look. The node does so by itself every minute: this one look takes the place of the next.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('retention.run', {}), ({ ahead, disposed, kept }) =>
        ahead
          ? `${count(disposed, 'message')} disposed of, ${kept} kept by a hold, a date or a partner\n`
          : 'this was done less than a minute ago; the node goes on by itself\n',
      );
    });
  examples(command, 'chancery retention run', 'chancery retention run --json');
}

function reportCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('report')
    .summary('list what was disposed of, newest first')
    .description(
      'Lists disposal certificates, newest first: when, on what ground, under which schedule, and of how many entries. The ' +
        'certificate itself, with every entry it names, is in the log: chancery archive show.',
    )
    .option('--before <sequence>', 'certificates below this entry: the next page', wholeNumber)
    .option('--limit <number>', 'certificates of a page, at most 500', wholeNumber, 50)
    .action(async ({ before, limit }: { before?: number; limit: number }, self: Command) => {
      const { voice, ask } = open(self);
      const page = await ask('retention.report', { limit, ...(before === undefined ? {} : { before }) });
      voice.result(page, ({ certificates }) =>
        table(
          ['CERTIFICATE', 'TIME', 'GROUND', 'CONTENTS', 'ENTRIES'],
          certificates.map((one) => [
            String(one.sequence),
            when(one.time),
            `${one.ground} ${one.schedule}`.trim(),
            String(one.contents),
            `${one.first} to ${one.last}`,
          ]),
          'nothing was disposed of',
        ),
      );
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  examples(command, 'chancery retention report', 'chancery retention report --before 90210 --json');
}

function scheduleTable(schedules: Schedules): string {
  return table(
    ['SCHEDULE', 'FOR', 'FLOOR', 'CEILING'],
    schedules.map(({ name, for: criteria, floorDays, ceilingDays }) => [
      name,
      Object.entries(criteria)
        .map(([what, value]) => `${what} ${value}`)
        .join(', ') || 'everything else',
      count(floorDays, 'day'),
      ceilingDays === null ? 'none' : count(ceilingDays, 'day'),
    ]),
    '',
  );
}

function countTable({ counts }: { readonly counts: Counts }): string {
  return table(
    ['SCHEDULE', 'MESSAGES', 'WOULD GO', 'HELD', 'WAIT', 'NEXT MUST GO'],
    counts.map(({ schedule, messages, goes, held, waits, next }) => [
      schedule,
      ...[messages, goes, held, waits].map(String),
      when(next),
    ]),
    'there are no messages',
  );
}

function together(one: Counts[number] | undefined, other: Counts[number]): Counts[number] {
  if (one === undefined) return other;
  const nexts = [one.next, other.next].filter((next) => next !== null).toSorted();
  return {
    schedule: one.schedule,
    messages: one.messages + other.messages,
    goes: one.goes + other.goes,
    held: one.held + other.held,
    waits: one.waits + other.waits,
    next: nexts[0] ?? null,
  };
}
