/** `chancery policy`: the organisation's rules as one file: checked, compared, planned, tried, brought into force, and looked up. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ChanceryError, valueOf } from '../../../protocol/errors/index.ts';
import { hasCode } from '../../home/private-file.ts';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { ownProfile, PROFILES, readProfile } from '../../policy/profiles.ts';
import { examples, wholeNumber } from '../arguments.ts';
import type { Dependencies } from '../dependencies.ts';
import { table } from '../layout.ts';
import type { OpenSession, Session } from '../session.ts';
import {
  checkedText,
  differenceText,
  historyText,
  planText,
  simulationText,
  summaryOf,
} from './policy-text.ts';

const FILE = 'the file of the policy';
const PROFILE = `instead of a file one that is shipped: ${Object.keys(PROFILES).join(', ')}`;

export function declarePolicy(
  group: Command,
  open: OpenSession,
  { randomBytes }: Pick<Dependencies, 'randomBytes'>,
): void {
  group.description(
    'The rules for messages as one file, policy.yaml. One that is not valid never comes into force; each that did is in the ' +
      'archive, as it was written, with who brought it and why.',
  );
  checkCommand(group, open);
  diffCommand(group, open);
  planCommand(group, open);
  simulateCommand(group, open);
  applyCommand(group, open);
  historyCommand(group, open);
  showCommand(group, open);
  profilesCommand(group, open, randomBytes);
  examples(
    group,
    'chancery policy profiles finance --to .',
    'chancery policy check policy.yaml',
    'chancery policy plan policy.yaml',
    'chancery policy simulate policy.yaml --days 30 --by olive@acme.example --purpose "before the change of June"',
    'chancery policy apply policy.yaml --by olive@acme.example --reason "decided on 2 June"',
  );
}

interface FromProfile {
  readonly profile?: string;
  readonly past?: number;
}

interface Written {
  readonly text: string;
  readonly name: string;
}

/** Throws `request.invalid` where there is no such file, or not one of file, profile and past policy is named. */
async function written(
  file: string | undefined,
  { profile, past }: FromProfile,
  ask?: Session['ask'],
): Promise<Written> {
  if ([file, profile, past].filter((one) => one !== undefined).length !== 1)
    throw new ChanceryError('request.invalid', 'name the file of a policy, or a profile with --profile');
  if (past !== undefined && ask !== undefined) {
    const { text } = await ask('policy.show', { number: past });
    return { text, name: `policy ${past}` };
  }
  if (file === undefined) return { text: await readProfile(profile ?? ''), name: `${profile ?? ''}.yaml` };
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (!hasCode(cause, 'ENOENT')) throw cause;
    throw new ChanceryError('request.invalid', `there is no file ${file}`, { cause });
  });
  return { text, name: file };
}

/** A command that is about a file or a profile. */
function onFile(group: Command, name: string): Command {
  return group.command(name).argument('[file]', FILE).option('--profile <name>', PROFILE);
}

/** The same for one that asks the node, which has every policy that was in force. */
function onPolicy(group: Command, name: string): Command {
  return onFile(group, name).option(
    '--past <number>',
    'one that was in force before, as history has it',
    wholeNumber,
  );
}

function checkCommand(group: Command, open: OpenSession): void {
  const command = onFile(group, 'check')
    .summary('tell whether a file is valid, or its first fault')
    .description(
      'Tells whether a file could come into force; if not, its first fault by line and column, with what would be right, and ' +
        'ends with 1. Warns of what is allowed and hardly meant. Needs no node.',
    )
    .action(async (file: string | undefined, options: FromProfile, self: Command) => {
      const { voice } = open(self);
      const { text, name } = await written(file, options);
      const { sodiumSuite } = await import('../../crypto/index.ts');
      const { compilePolicyFile } = await import('../../policy/index.ts');
      const { policy, warnings } = valueOf(compilePolicyFile(text, name, sodiumSuite.sha256));
      voice.result({ file: name, ...summaryOf(policy.document), warnings }, checkedText);
    });
  examples(command, 'chancery policy check policy.yaml', 'chancery policy check policy.yaml --json');
}

function diffCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('diff')
    .summary('show how two policies differ')
    .description(
      'Shows how two policies differ by what they mean: rules, their settings, groups, lexicons, patterns and lists. With one ' +
        'argument, the one in force and a file, or one of the history (a number) and the one in force.',
    )
    .argument('[first]', 'a file, or the number of a policy in the history')
    .argument('[second]', 'the same, for what it is compared with')
    .option('--profile <name>', PROFILE)
    .action(
      async (first: string | undefined, second: string | undefined, options: FromProfile, self: Command) => {
        const { voice, ask } = open(self);
        voice.result(await ask('policy.diff', await comparison(first, second, options)), differenceText);
      },
    );
  examples(
    command,
    'chancery policy diff policy.yaml',
    'chancery policy diff 3 4',
    'chancery policy diff 3 --json',
  );
}

async function comparison(
  first: string | undefined,
  second: string | undefined,
  { profile }: FromProfile,
): Promise<OperationInput<'policy.diff'>> {
  const before = first !== undefined && isNumber(first) ? wholeNumber(first) : undefined;
  const newer = before === undefined ? first : second;
  if (before === undefined && second !== undefined)
    throw new ChanceryError(
      'request.invalid',
      'a file is compared with the policy in force, or with a number before it',
    );
  const older = before === undefined ? {} : { before };
  if (newer === undefined && profile === undefined) {
    if (before !== undefined) return older;
    throw new ChanceryError('request.invalid', 'name a file, a profile, or numbers of the history');
  }
  if (newer !== undefined && isNumber(newer)) return { ...older, after: wholeNumber(newer) };
  return { ...older, ...(await written(newer, profile === undefined ? {} : { profile })) };
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function planCommand(group: Command, open: OpenSession): void {
  const command = onPolicy(group, 'plan')
    .summary('show what a policy would change, and for whom')
    .description(
      'Shows what would differ from the policy in force, and of each rule that does, which members, partners and conversations ' +
        'it is about now. Changes nothing.',
    )
    .action(async (file: string | undefined, options: FromProfile, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('policy.plan', await written(file, options, ask)), planText);
    });
  examples(command, 'chancery policy plan policy.yaml', 'chancery policy plan --profile finance --json');
}

interface SimulateOptions extends FromProfile {
  readonly days: number;
  readonly by: string;
  readonly purpose: string;
}

function simulateCommand(group: Command, open: OpenSession): void {
  const command = onPolicy(group, 'simulate')
    .summary('try a policy on the messages of the last days')
    .description(
      'Tries a policy on what was archived, beside the one in force, and counts what would have been decided differently. Names ' +
        'entries, never what they say. What this node cannot open any more is counted apart; what was blocked is not there to be ' +
        'tried. For compliance officers: that it is done, and why, is an entry of the archive first.',
    )
    .option('--days <number>', 'how far back', wholeNumber, 30)
    .requiredOption('--by <officer>', 'the compliance officer who looks')
    .requiredOption('--purpose <text>', 'why, for the record')
    .action(async (file: string | undefined, options: SimulateOptions, self: Command) => {
      const session = open(self);
      const { days, by: actor, purpose } = options;
      const tried = await simulated(session, {
        ...(await written(file, options, session.ask)),
        ...{ days, actor, purpose },
      });
      session.voice.result(tried, simulationText);
    });
  examples(
    command,
    'chancery policy simulate policy.yaml --days 30 --by olive@acme.example --purpose "before the change of June"',
    'chancery policy simulate --profile finance --by olive@acme.example --purpose "what it would hold" --json',
  );
}

async function simulated(
  { ask, voice }: Session,
  input: OperationInput<'policy.simulate'>,
): Promise<OperationOutput<'policy.simulate'>> {
  let step = await ask('policy.simulate', input);
  for (let said = 0; step.outcome === null;) {
    const tenth = Math.floor((step.at / Math.max(1, step.of)) * 10);
    if (tenth > said)
      voice.note(`${step.at} of ${step.of} entries looked at, ${step.replayed} messages tried`);
    said = tenth;
    step = await ask('policy.simulate', { ...input, run: step.run ?? undefined });
  }
  return step;
}

interface ApplyOptions extends FromProfile {
  readonly by: string;
  readonly reason: string;
  readonly yes?: boolean;
}

function applyCommand(group: Command, open: OpenSession): void {
  const command = onPolicy(group, 'apply')
    .summary('bring a policy into force')
    .description(
      'Shows the plan, asks, and brings the policy into force: at once, on every node, and as an entry of the archive. Refused ' +
        'where it is not valid, or where another one came into force since the plan. Where the policy in force or the new one ' +
        'says fourEyes, two officers bring it, on their own devices; one who wants it signed does so as well: chancery-chat ' +
        'oversight apply-policy.',
    )
    .requiredOption('--by <who>', 'who brings it: the address of a member, or operator')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--yes', 'without being asked')
    .action(async (file: string | undefined, options: ApplyOptions, self: Command) => {
      const { voice, ask } = open(self);
      const brought = await written(file, options, ask);
      const plan = await ask('policy.plan', brought);
      if (!voice.json) voice.result(plan, planText);
      // where two officers are needed the node says so, and nobody is asked for nothing
      const isSure =
        options.yes === true ||
        plan.takesTwo ||
        (await voice.confirm('Bring this policy into force?', '--yes'));
      if (!isSure) {
        voice.note('nothing was changed');
        return;
      }
      const { by: actor, reason } = options;
      const applied = await ask('policy.apply', { ...brought, actor, reason, replaces: plan.replaces });
      voice.result(applied, ({ number, sequence }) => `policy ${number} is in force, entry ${sequence}\n`);
    });
  examples(
    command,
    'chancery policy apply policy.yaml --by olive@acme.example --reason "decided on 2 June"',
    'chancery policy apply --profile finance --by operator --reason "first policy" --yes --json',
    'chancery policy apply --past 3 --by olive@acme.example --reason "policy 4 stopped too much"',
  );
}

function historyCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('history')
    .summary('list the policies that were in force')
    .description('Lists every policy that was in force, the newest first: who brought it, when, and why.')
    .option('--before <sequence>', 'recorded below this entry: the next page', wholeNumber)
    .option('--limit <number>', 'policies of a page, at most 500', wholeNumber, 50)
    .action(async ({ before, limit }: { before?: number; limit: number }, self: Command) => {
      const { voice, ask } = open(self);
      const page = await ask('policy.history', { limit, ...(before === undefined ? {} : { before }) });
      voice.result(page, historyText);
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  examples(command, 'chancery policy history', 'chancery policy history --limit 5 --json');
}

function showCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('show')
    .summary('show a policy as it was written')
    .description('Shows the policy in force, or one of the history, as it was written, comments and all.')
    .argument('[number]', 'its number, as history has it', wholeNumber)
    .option('--to <folder>', 'write it there, as policy.yaml; nothing that is there is overwritten')
    .action(async (number: number | undefined, { to }: { to?: string }, self: Command) => {
      const { voice, ask } = open(self);
      const shown = await ask('policy.show', number === undefined ? {} : { number });
      if (to !== undefined)
        voice.result({ number: shown.number, file: await writeTo(to, shown.text) }, fileText);
      else if (voice.json) voice.result(shown, () => '');
      else voice.text(shown.text);
    });
  examples(command, 'chancery policy show > policy.yaml', 'chancery policy show 3 --json');
}

function profilesCommand(group: Command, open: OpenSession, randomBytes: Dependencies['randomBytes']): void {
  const command = group
    .command('profiles')
    .summary('list the policies that are shipped, or take one')
    .description(
      'Lists the policies that are shipped to begin with. With a name, shows that one; with --to, writes it to policy.yaml in a ' +
        'folder, with a seed of its own, and policy.schema.json beside it, by which editors complete and check. Needs no node.',
    )
    .argument('[name]', 'the name of one')
    .option('--to <folder>', 'write it there; nothing that is there is overwritten')
    .action(async (name: string | undefined, { to }: { to?: string }, self: Command) => {
      const { voice } = open(self);
      if (name === undefined) {
        const listed = Object.entries(PROFILES).map(([profile, purpose]) => ({ profile, purpose }));
        voice.result(listed, (shown) =>
          table(
            ['PROFILE', 'FOR'],
            shown.map(({ profile, purpose }) => [profile, purpose]),
            '',
          ),
        );
        return;
      }
      if (to === undefined) {
        const text = await readProfile(name);
        if (voice.json) voice.result({ profile: name, text }, () => '');
        else voice.text(text);
        return;
      }
      const file = await writeTo(to, await ownProfile(name, randomBytes));
      voice.result({ profile: name, file }, fileText);
    });
  examples(
    command,
    'chancery policy profiles',
    'chancery policy profiles health',
    'chancery policy profiles finance --to .',
  );
}

/** As it is written there, by what else is not loaded for this command. */
async function writeTo(folder: string, text: string): Promise<string> {
  const { writeNewPolicy } = await import('../../policy/policy-folder.ts');
  return writeNewPolicy(folder, text);
}

function fileText({ file }: { readonly file: string }): string {
  return `${file} is written; read it before you apply it\n`;
}
