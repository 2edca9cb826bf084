/** `chancery review`: what waits for officers and what they decided, counted and listed, without what was said. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, time, wholeNumber } from '../arguments.ts';
import { csv } from '../csv.ts';
import { count, fields, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Page = OperationOutput<'review.list'>;
type Item = Page['items'][number];
type Report = OperationOutput<'review.report'>;

export function declareReview(group: Command, open: OpenSession): void {
  group.description(
    'Lists and counts messages that the policy held or flagged, and reports of phishing: when, who, which rule, what was found ' +
      'by type and place, who decided what. What was said is not shown here: officers review on their own devices, with ' +
      'chancery-chat review.',
  );
  listCommand(group, open);
  reportCommand(group, open);
  examples(group, 'chancery review list', 'chancery review report --since 2026-05-01 --csv');
}

interface ListOptions {
  readonly all?: boolean;
  readonly from?: number;
  readonly limit: number;
  readonly csv?: boolean;
}

function listCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('list')
    .summary('list what waits, the oldest first')
    .description('Lists what waits, the oldest first; with --all what was decided as well, the newest first.')
    .option('--all', 'what was decided as well')
    .option(
      '--from <sequence>',
      'from after this entry, or with --all from before it: the next page',
      wholeNumber,
    )
    .option('--limit <number>', 'items of a page, at most 500', wholeNumber, 50)
    .option('--csv', 'as comma-separated values')
    .action(async ({ all = false, from, limit, csv: isCsv }: ListOptions, self: Command) => {
      const { voice, ask } = open(self);
      const page = await ask('review.list', { all, limit, ...(from === undefined ? {} : { from }) });
      voice.result(page, isCsv === true ? itemCsv : itemTable);
      if (page.next !== null) voice.note(`there is more; add --from ${page.next}`);
    });
  examples(
    command,
    'chancery review list',
    'chancery review list --all --limit 500 --csv > reviews.csv',
    'chancery review list --json',
  );
}

function reportCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('report')
    .summary('count what came and what was decided, by rule, reviewer and decision')
    .description(
      'Counts what came into the queue by rule, and what was decided by reviewer and decision, with how long that had waited; ' +
        'and says how much waits now, and since when the oldest does.',
    )
    .option('--since <time>', 'not before this day or time (UTC)', time)
    .option('--until <time>', 'not after this day or time (UTC)', time)
    .option('--csv', 'as comma-separated values')
    .action(
      async ({ csv: isCsv, ...times }: { since?: string; until?: string; csv?: boolean }, self: Command) => {
        const { voice, ask } = open(self);
        voice.result(await ask('review.report', times), isCsv === true ? reportCsv : reportText);
      },
    );
  examples(
    command,
    'chancery review report',
    'chancery review report --since 2026-05-01 --until 2026-05-31 --csv > may.csv',
    'chancery review report --json',
  );
}

function itemTable({ items, waiting, oldest }: Page): string {
  const listed = table(
    ['ENTRY', 'WHEN', 'WHAT', 'SENDER', 'RULES', 'FOUND', 'REVIEW'],
    items.map((item) => [
      String(item.entry),
      when(item.time),
      item.outcome,
      item.sender,
      rulesText(item),
      foundText(item),
      item.review === null ? '' : `${item.review.outcome} by ${item.review.actor}`,
    ]),
    'nothing waits',
  );
  return `${listed}\n${waitingText(waiting, oldest)}\n`;
}

function itemCsv({ items }: Page): string {
  return csv(
    [
      'entry',
      'time',
      'what',
      'outcome',
      'sender',
      'direction',
      'message',
      'position',
      'policy',
      'rules',
      'found',
      'reviewer',
      'decision',
      'reviewed',
      'reason',
    ],
    items.map((item) => [
      ...[item.entry, item.time, item.what, item.outcome, item.sender, item.direction],
      ...[item.message, item.position, item.policy, rulesText(item), foundText(item)],
      ...[item.review?.actor ?? null, item.review?.outcome ?? null],
      ...[item.review?.time ?? null, item.review?.reason ?? null],
    ]),
  );
}

function reportText(report: Report): string {
  const { came, decided, rules, reviewers } = report;
  const about = fields([
    ['waiting', waitingText(report.waiting, report.oldest)],
    ['came', String(came)],
    ['decided', String(decided)],
  ]);
  const byRule = table(
    ['RULE', 'CONTROL', 'CAME', 'WAITING'],
    rules.map((one) => [one.rule, one.control, String(one.came), String(one.waiting)]),
    'nothing came',
  );
  const byReviewer = table(
    ['REVIEWER', 'DECISION', 'DECIDED', 'HAD WAITED'],
    reviewers.map((one) => [one.reviewer, one.outcome, String(one.decided), `${one.waited} s`]),
    'nothing was decided',
  );
  return `${about}\n${byRule}\n${byReviewer}`;
}

function reportCsv({ waiting, oldest, oldestAge, came, decided, rules, reviewers }: Report): string {
  return csv(
    ['kind', 'name', 'detail', 'count', 'waiting', 'seconds'],
    [
      ['queue', 'waiting', oldest, waiting, waiting, oldestAge],
      ['queue', 'came', null, came, null, null],
      ['queue', 'decided', null, decided, null, null],
      ...rules.map((one) => ['rule', one.rule, one.control, one.came, one.waiting, null]),
      ...reviewers.map((one) => ['reviewer', one.reviewer, one.outcome, one.decided, null, one.waited]),
    ],
  );
}

function rulesText({ reasons, reporter, verdict }: Item): string {
  return reporter === null
    ? reasons.map(({ rule }) => rule).join(' ')
    : `${verdict ?? 'reported'} by ${reporter}`;
}

/** What was found, by type and how often. */
function foundText({ reasons }: Item): string {
  const counts = new Map<string, number>();
  for (const { findings } of reasons)
    for (const { type, kind } of findings) {
      const what = kind === null ? type : `${type} ${kind}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  return [...counts].map(([what, times]) => `${what} × ${times}`).join(', ');
}

function waitingText(waiting: number, oldest: string | null): string {
  return `${count(waiting, 'item')} waiting${oldest === null ? '' : `, the oldest since ${when(oldest)}`}`;
}
