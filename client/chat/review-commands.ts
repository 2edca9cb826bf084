/** `chancery-chat review`: the queue of what waits for a compliance officer, worked through on their own device. */
import { InvalidArgumentError, type Command } from 'commander';
import { REPORT_TRAITS, type ReportTrait, type ReviewOutcome } from '../../protocol/wire/index.ts';
import type { Opened, ShownReview } from '../index.ts';
import { openedLine } from './archive-commands.ts';
import { countAboveZero, examples, wholeNumber } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { printable } from './printable.ts';
import { timeOf } from './render.ts';
import { whileConnected, type Session } from './session.ts';
import type { Paint } from './voice.ts';

/** Items shown of the queue unless more are asked for. */
const USUAL_LIMIT = 50;

const INDENT = '    ';

interface ListOptions {
  readonly all?: boolean;
  readonly from?: number;
  readonly limit: number;
}

interface ShowOptions {
  readonly purpose?: string;
  readonly case?: string;
  readonly approval?: number;
}

interface DecideOptions {
  readonly reason: string;
  readonly matching?: readonly ReportTrait[];
}

const DECISIONS: readonly (readonly [name: string, outcome: ReviewOutcome, text: string])[] = [
  ['release', 'release', 'deliver what was held, now'],
  ['reject', 'reject', 'never deliver what was held; the archive keeps it'],
  ['seen', 'seen', 'say that you looked at what was flagged, or at what a partner reported'],
  ['confirm', 'confirm', 'a report was right: the message stays hidden, and what goes with it is blocked'],
  [
    'dismiss',
    'dismiss',
    'a report was wrong: the message is shown again, and what was held for it delivered',
  ],
  ['escalate', 'escalated', 'leave it to another officer; it waits on'],
];

export function addReviews(program: Command, dependencies: Dependencies): void {
  const group = program
    .command('review')
    .summary('for compliance officers: what waits for a review')
    .description(
      'For compliance officers: messages that the policy held or flagged, and what was reported as phishing. What was said is ' +
        'shown by show alone, and that you look, and why, is on record before. Nobody reviews what they wrote; what was for you, ' +
        'or what you reported or escalated, another officer reviews as long as there is one without a part in it.',
    );
  const run = (command: Command, act: (session: Session) => Promise<void>): Promise<void> =>
    whileConnected(command.optsWithGlobals(), dependencies, act);
  const list = group
    .command('list')
    .description('what waits, the oldest first: when, who, which rule, what was found by type and place')
    .option('--all', 'what was decided as well, the newest first')
    .option(
      '--from <entry>',
      'from after this entry, or with --all from before it: the next page',
      wholeNumber,
    )
    .option('--limit <count>', 'how many at most', countAboveZero, USUAL_LIMIT)
    .action((options: ListOptions, command: Command) =>
      run(command, (session) => listReviews(session, options)),
    );
  const show = group
    .command('show <entry>')
    .description('an item with what was said; that you look, and why, is on record before it is shown')
    .option('--purpose <text>', 'why you look; that it is reviewed, where nothing else is said')
    .option('--case <name>', 'the case that it is for')
    .option('--approval <request>', 'the request that another officer approved', wholeNumber)
    .action((entry: string, options: ShowOptions, command: Command) =>
      run(command, (session) => showReview(session, wholeNumber(entry), options)),
    );
  for (const [name, outcome, text] of DECISIONS) {
    const decide = group
      .command(`${name} <entry>`)
      .description(text)
      .requiredOption('--reason <text>', 'why, for the record');
    if (outcome === 'confirm')
      decide.option(
        '--matching <traits>',
        `by what other messages are blocked from then on: ${REPORT_TRAITS.join(',')}; by all where nothing is said`,
        traits,
      );
    decide.action((entry: string, options: DecideOptions, command: Command) =>
      run(command, (session) => decideReview(session, wholeNumber(entry), outcome, options)),
    );
    examples(decide, `chancery-chat review ${name} 1041 --reason "as agreed with counsel"`);
  }
  examples(group, 'chancery-chat review list', 'chancery-chat review show 1041');
  examples(list, 'chancery-chat review list', 'chancery-chat review list --all --limit 200 --json');
  examples(show, 'chancery-chat review show 1041', 'chancery-chat review show 1041 --case 2026-17 --json');
}

function traits(text: string): ReportTrait[] {
  return text.split(',').map((word) => {
    const trait = REPORT_TRAITS.find((one) => one === word.trim());
    if (trait === undefined) throw new InvalidArgumentError(`It is none of ${REPORT_TRAITS.join(', ')}.`);
    return trait;
  });
}

async function listReviews(
  { client, voice }: Session,
  { all = false, from: start, limit }: ListOptions,
): Promise<void> {
  let from = start ?? null;
  let left = limit;
  for (;;) {
    const page = await client.reviews.list({ all, from, limit: Math.min(left, PAGE) });
    for (const item of page.items) voice.say(item, itemText(item, voice.paint));
    left -= page.items.length;
    from = page.next;
    if (from !== null && left > 0) continue;
    const since = page.oldest === null ? '' : `, the oldest since ${timeOf(page.oldest)}`;
    voice.note(`${page.waiting} waiting${since}`);
    if (from !== null) voice.note(`there is more; add --from ${from}`);
    return;
  }
}

/** Items asked for at a time. */
const PAGE = 32;

async function showReview({ client, voice }: Session, entry: number, options: ShowOptions): Promise<void> {
  const { item, opened } = await client.reviews.show(entry, options);
  voice.say({ ...item, opened }, `${itemText(item, voice.paint)}\n${openedText(opened, voice.paint)}`);
}

function openedText(opened: Opened | null, paint: Paint): string {
  return `${INDENT}${opened === null ? paint.dim('it was not let in, so nothing of it is kept') : openedLine(opened, paint)}`;
}

async function decideReview(
  { client, voice }: Session,
  entry: number,
  outcome: ReviewOutcome,
  { reason, matching }: DecideOptions,
): Promise<void> {
  const done = await client.reviews.decide(entry, outcome, reason, matching);
  const went = [
    ...(done.released > 0 ? [`messages let go: ${done.released}`] : []),
    ...(done.rejected > 0 ? [`messages turned down: ${done.rejected}`] : []),
  ];
  voice.say(done, [`entry ${entry}: ${outcome}`, ...went].join('; '));
}

/** An item by all that is told of it without opening it. */
function itemText(item: ShownReview, paint: Paint): string {
  const { entry, time, sender, direction, outcome, position, reasons, confirmed, reporter, reason, verdict } =
    item;
  const at = position === null ? '' : paint.dim(` (entry ${position})`);
  const way = direction === 'out' ? 'written by' : 'from';
  const head = `${String(entry)}  ${paint.dim(timeOf(time))} ${paint.yellow(outcome)} ${way} ${printable(sender)}${at}`;
  return [
    head,
    ...(reporter === null
      ? []
      : [`${INDENT}${verdict ?? 'reported'} by ${printable(reporter)}${quoted(reason)}`]),
    ...reasons.map((one) => `${INDENT}${reasonText(one)}`),
    ...(confirmed === null ? [] : [`${INDENT}sent all the same${quoted(confirmed)}`]),
    ...reviewLines(item, paint),
  ].join('\n');
}

function reasonText({ rule, control, outcome, findings, found }: ShownReview['reasons'][number]): string {
  const places = findings.map(({ type, kind, place, start, end }) => {
    const what = kind === null ? type : `${type} ${kind}`;
    return end === 0 ? `${what} in ${place}` : `${what} in ${place} ${start} to ${end}`;
  });
  const more = found > findings.length ? [`${found - findings.length} more`] : [];
  const all = [...places, ...more];
  return printable(`${rule} (${control}, ${outcome})${all.length === 0 ? '' : `: ${all.join('; ')}`}`);
}

function reviewLines({ review, may }: ShownReview, paint: Paint): string[] {
  const decided =
    review === null
      ? []
      : [
          `${INDENT}${paint.dim(`${timeOf(review.time)} ${printable(review.actor)}: ${review.outcome}${quoted(review.reason)}`)}`,
        ];
  const open = review === null || review.outcome === 'escalated';
  return open && may.length === 0
    ? [...decided, `${INDENT}${paint.dim('another officer has to review it')}`]
    : decided;
}

function quoted(text: string): string {
  return text === '' ? '' : `: ${printable(text)}`;
}
