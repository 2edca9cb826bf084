/** `chancery archive reconcile`: our archive and a partner's held against each other, by proof. */
import type { Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, time, wholeNumber } from '../arguments.ts';
import { count, fields, table, when } from '../layout.ts';
import type { OpenSession, Session } from '../session.ts';
import type { Paint } from '../voice.ts';

type Input = OperationInput<'archive.reconcile'>;
type Step = OperationOutput<'archive.reconcile'>;
type Outcome = NonNullable<Step['outcome']>;

const LOGS = {
  consistent: 'goes on from what it was',
  fork: 'is another than it signed before',
  unproven: 'does not go on from what it signed before',
  shrunk: 'is shorter than it signed before',
} as const;

export function addReconcile(group: Command, open: OpenSession): void {
  const command = group
    .command('reconcile')
    .summary('compare the archive with a partner’s, by proof')
    .description(
      'Compares what both archives hold of the messages exchanged with a partner. The partner proves each entry under a ' +
        'checkpoint that it signs for this; no content is shown, what both hold is compared by its commitment. Names each ' +
        'message that one side lacks (missing-there, missing-here), has late or has differently, and ends with 1 if there ' +
        'is any. In flight, refused and sealed messages are named too, and are no fault. The partner’s node is asked to ' +
        'compare as well, so that both learn of it; that it was done, and what it came to, is in the log of each.',
    )
    .argument('<partner>', 'the partner’s domain')
    .option('--since <time>', 'not archived before this day or time (UTC)', time)
    .option('--until <time>', 'not archived after this day or time (UTC)', time)
    .option(
      '--late <seconds>',
      'how long a message may take to be archived at its receiver’s',
      wholeNumber,
      300,
    )
    .action(async (partner: string, options: Pick<Input, 'since' | 'until' | 'late'>, self: Command) => {
      const session = open(self);
      const outcome = await compare(session, { partner, ...options });
      session.voice.result(outcome, say);
      if (!outcome.agrees)
        throw new ChanceryError(
          'archive.unreconciled',
          `the archive and that of ${outcome.partner} do not agree; ask its operator over a way that you trust`,
        );
    });
  examples(
    command,
    'chancery archive reconcile partner.example',
    'chancery archive reconcile partner.example --since 2026-05-01 --until 2026-05-31T23:59:59Z',
    'chancery archive reconcile partner.example --late 60 --json',
  );
}

async function compare({ ask, voice }: Session, input: Input): Promise<Outcome> {
  let step = await ask('archive.reconcile', input);
  while (step.outcome === null) {
    voice.note(progress(step, input.partner));
    step = await ask('archive.reconcile', { ...input, run: step.run ?? undefined });
  }
  return step.outcome;
}

function progress({ phase, at, of, compared }: Step, partner: string): string {
  const whose = phase === 'theirs' ? `${partner}’s` : 'this';
  return `${count(compared, 'message')} compared; at entry ${at} of ${of} of ${whose} archive`;
}

function say(
  { partner, agrees, theirs, compared, counts, findings, complete }: Outcome,
  paint: Paint,
): string {
  const verdict = agrees ? paint.green('both agree') : paint.red('they do not agree');
  const found = Object.entries(counts).flatMap(([state, number]) =>
    number === 0 ? [] : [`${number} ${state}`],
  );
  const head = fields([
    ['partner', partner],
    ['its archive', `${count(theirs.size, 'entry', 'entries')}, ${LOGS[theirs.state]}`],
    ['its root', theirs.root],
    ['compared', count(compared, 'message')],
    ['found', found.join(', ') || 'nothing'],
    [
      'result',
      complete ? verdict : `${verdict}; not everything was compared: it shows too much that is not here`,
    ],
  ]);
  if (findings.length === 0) return head;
  const rows = findings.map(({ state, message, direction, conversation, sender, here, there, reason }) => [
    state,
    message ?? 'not known',
    sender ?? 'not known',
    direction,
    conversation ?? 'not known',
    showPlace(here),
    showPlace(there),
    reason,
  ]);
  const named = table(
    ['STATE', 'MESSAGE', 'SENDER', 'DIRECTION', 'CONVERSATION', 'HERE', 'THERE', 'WHY'],
    rows,
    '',
  );
  const all = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const more = all - findings.length;
  return `${head}\n${named}${more === 0 ? '' : `and ${more} more; narrow it with --since and --until\n`}`;
}

function showPlace(place: Outcome['findings'][number]['here']): string {
  if (place === null) return 'none';
  return place.time === null ? `#${place.sequence}` : `#${place.sequence} ${when(place.time)}`;
}
