/** `chancery gaps`: controls without evidence that they work, and the command that mends each. */
import { Option, type Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { SEVERITIES, type Severity } from '../../gaps/gap.ts';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples } from '../arguments.ts';
import { count, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import type { Paint } from '../voice.ts';

type Shown = OperationOutput<'gaps'>;

/** Names of those affected that are shown of a gap. */
const AFFECTED_SHOWN = 3;

export function declareGaps(command: Command, open: OpenSession): void {
  command
    .description(
      'Shows every control without evidence that it works on each node, device and partner: since when, who is affected, and the ' +
        'command that mends it. The node looks for gaps by itself every few minutes, and logs what is new and what is gone. ' +
        'Ends with 1 if a gap is critical.',
    )
    .addOption(
      new Option('--severity <severity>', 'only those of this severity and above')
        .choices(SEVERITIES)
        .default('info'),
    )
    .action(async ({ severity }: { severity: Severity }, self: Command) => {
      const { voice, ask } = open(self);
      const shown = await ask('gaps', { severity });
      voice.result(shown, (gaps, paint) => say(gaps, severity, paint));
      const critical = shown.gaps.filter((gap) => gap.severity === 'critical').length;
      if (critical > 0)
        throw new ChanceryError(
          'gaps.critical',
          `${count(critical, 'gap is', 'gaps are')} critical; mend what is named above`,
        );
    });
  canaryCommand(command, open);
  enableCommand(command, open);
  examples(command, 'chancery gaps', 'chancery gaps --severity critical --json', 'chancery gaps canary');
}

function canaryCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('canary')
    .summary('send test messages through the policy, and see whether each rule bites')
    .description(
      'Makes a marked test message for each way in which a rule can be met, and puts it through the policy in force on the node ' +
        'that decides. None of them is archived as a message, or delivered. What came of it is recorded, and counts as evidence ' +
        'that the rule works. Ends with 1 if a rule was missed.',
    )
    .option('--rule <id>', 'only this rule; all that are on if left out')
    .action(async ({ rule }: { rule?: string }, self: Command) => {
      const { voice, ask } = open(self);
      const tried = await ask('gaps.canary', rule === undefined ? {} : { rule });
      voice.result(tried, ({ policy, results }) =>
        [
          `policy ${policy}\n\n`,
          table(
            ['RULE', 'OUTCOME', 'WHAT WAS TRIED'],
            results.map(({ rule: id, outcome, detail }) => [id, OUTCOMES[outcome], detail]),
            'no rule is on',
          ),
        ].join(''),
      );
      const missed = tried.results.filter(({ outcome }) => outcome === 'missed').length;
      if (missed > 0)
        throw new ChanceryError('gaps.critical', `${count(missed, 'rule')} did not bite; see chancery gaps`);
    });
  examples(command, 'chancery gaps canary', 'chancery gaps canary --rule no-cards --json');
}

const OUTCOMES = { bit: 'bit', missed: 'did not bite', unmade: 'cannot be tried' } as const;

function enableCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('enable')
    .summary('turn a rule on that is off')
    .description(
      'Brings the policy in force anew, with this rule on; all else in it stays as it is. With --to it is written to a file, to be ' +
        'read and applied: where the policy says fourEyes, two officers do that on their own devices.',
    )
    .argument('<rule>', 'its id')
    .option('--reason <text>', 'why, for the record')
    .option('--to <folder>', 'write it there, as policy.yaml; nothing that is there is overwritten')
    .action(async (rule: string, { reason, to }: { reason?: string; to?: string }, self: Command) => {
      const { voice, ask } = open(self);
      if ((reason === undefined) === (to === undefined))
        throw new ChanceryError(
          'request.invalid',
          'say why with --reason, or write the policy to a folder with --to',
        );
      if (to === undefined) {
        const shown = await ask('gaps.enable', { rule, reason: reason ?? '' });
        voice.result(
          shown,
          ({ policy }) => `rule ${rule} is on, in policy ${policy}\nNext: ${tryIt(rule)}\n`,
        );
        return;
      }
      const { text, takesTwo } = await ask('gaps.enabled', { rule });
      const { writeNewPolicy } = await import('../../policy/policy-folder.ts');
      const file = await writeNewPolicy(to, text);
      voice.result(
        { rule, file, takesTwo },
        () => `${file} has rule ${rule} on\n${applying(file, takesTwo)}`,
      );
    });
  examples(
    command,
    'chancery gaps enable no-cards --reason "the pilot is over"',
    'chancery gaps enable no-cards --to .',
  );
}

function tryIt(rule: string): string {
  return `chancery gaps canary --rule ${rule}`;
}

function applying(file: string, takesTwo: boolean): string {
  return takesTwo
    ? `Next: chancery-chat oversight apply-policy ${file} --reason …, on an officer’s device; another one approves it there\n`
    : `Next: chancery policy apply ${file} --by … --reason …\n`;
}

function say({ gaps, looked }: Shown, severity: Severity, paint: Paint): string {
  if (gaps.length === 0) {
    const which = severity === 'info' ? 'no gaps' : `no gaps that are ${severity} or worse`;
    return `${paint.green(which)}: every control that was looked at works, ${when(looked)}\n`;
  }
  const head = table(
    ['SEVERITY', 'SINCE', 'GAP', 'AFFECTED'],
    gaps.map((gap) => [
      gap.severity,
      when(gap.since).replace('never', 'unknown'),
      gap.kind,
      affectedText(gap),
    ]),
    '',
  );
  const [headings = '', ...rows] = head.trimEnd().split('\n');
  const told = rows.map((row, at) => {
    const gap = gaps[at];
    return gap === undefined ? row : `${row}\n  ${gap.text}\n  mend: ${paint.bold(gap.mend)}`;
  });
  return `${headings}\n${told.join('\n')}\n`;
}

function affectedText({ affected, affectedCount }: Shown['gaps'][number]): string {
  const named = affected.slice(0, AFFECTED_SHOWN).join(', ');
  const more = affectedCount - Math.min(affected.length, AFFECTED_SHOWN);
  return more > 0 ? `${named} and ${more} more` : named;
}
