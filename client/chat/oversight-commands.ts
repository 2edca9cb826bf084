/** `chancery-chat oversight`: what compliance officers sign, and approve of each other. */
import { InvalidArgumentError, type Command } from 'commander';
import { MAX_HOLD_NOTICE_LENGTH, type HoldScope } from '../../protocol/archive/index.ts';
import { describeAsked, entriesOf, type Asked } from '../../protocol/oversight/index.ts';
import { MAX_POLICY_BYTES } from '../../protocol/policy/index.ts';
import { readOwnText } from '../adapters/own-files.ts';
import type { Acted, OpenedRequest } from '../index.ts';
import { canonicalAddress } from '../address-list.ts';
import { examples, several, time, wholeNumber } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { printable } from './printable.ts';
import { timeOf } from './render.ts';
import { whileConnected, type Session } from './session.ts';

const REASON = 'why, for the record';

export function addOversight(program: Command, dependencies: Dependencies): void {
  const group = program
    .command('oversight')
    .summary('for compliance officers: holds, erasure, and what takes two of you')
    .description(
      'For compliance officers: what you do here is signed by this device, and is an entry of the archive before it counts. ' +
        'What takes two of you is asked for by one, and approved by another within 15 minutes.',
    );
  const add = (
    usage: string,
    text: string,
    options: (command: Command) => Command,
    act: (session: Session, argument: string, given: never) => Promise<void>,
  ): Command =>
    options(group.command(usage).description(text)).action(
      (...args: readonly [...unknown[], Command]): Promise<void> => {
        const self = args.at(-1) as Command;
        const [argument = ''] = self.args;
        return whileConnected(self.optsWithGlobals(), dependencies, (session) =>
          act(session, argument, self.opts<never>()),
        );
      },
    );
  const plain = (command: Command): Command => command;
  const reasoned = (command: Command): Command => command.requiredOption('--reason <text>', REASON);
  examples(
    add(
      'requests',
      'lists what officers asked of each other, newest first',
      (command) => command.option('--all', 'those that were decided, or have expired, as well'),
      listRequests,
    ),
    'chancery-chat oversight requests',
    'chancery-chat oversight requests --all --json',
  );
  examples(
    add('show <request>', 'shows a request as its officer signed it', plain, showRequest),
    'chancery-chat oversight show 1041',
  );
  examples(
    add(
      'approve <request>',
      'approves what another officer asked: that one thing, for 15 minutes',
      plain,
      approve,
    ),
    'chancery-chat oversight approve 1041',
  );
  examples(
    add('decline <request>', 'turns a request down, or takes your own back', reasoned, decline),
    'chancery-chat oversight decline 1041 --reason "not part of the case"',
  );
  examples(
    add('holds', 'lists the legal holds in force', plain, listHolds),
    'chancery-chat oversight holds --json',
  );
  const place =
    'chancery-chat oversight hold "Smith v. Acme" --person alice@acme.example --from 2026-01-01 --reason "claim of 4 May"';
  examples(
    add('hold <matter>', 'places a legal hold on what is there and what comes', scoped, placeHold),
    place,
  );
  const release = 'chancery-chat oversight release "Smith v. Acme" --reason "settled"';
  examples(
    add(
      'release <matter>',
      'asks that the holds of a matter end; another officer approves it',
      reasoned,
      askRelease,
    ),
    release,
  );
  const erase = 'chancery-chat oversight erase bob@acme.example --ground "GDPR 17(1)(b), letter of 4 May"';
  examples(
    add(
      'erase <person>',
      'asks that what a person wrote be erased, as far as floors and holds let it',
      (command) => command.requiredOption('--ground <text>', 'why it is asked for, for the record'),
      askErasure,
    ),
    erase,
  );
  examples(
    add(
      'dispose',
      'asks that what had to go by a time goes, where that takes two of you',
      (command) =>
        reasoned(command).requiredOption('--until <time>', 'what had to go by this day or time (UTC)', time),
      askDisposal,
    ),
    'chancery-chat oversight dispose --until 2026-11-01 --reason "quarterly disposal"',
  );
  examples(
    add(
      'policy',
      'shows the schedules and oversight in force, and weaker ones that wait for two of you',
      (command) =>
        command
          .option('--ask', 'ask that the one which waits comes into force')
          .option('--reason <text>', REASON),
      policy,
    ),
    'chancery-chat oversight policy',
    'chancery-chat oversight policy --ask --reason "decided by the board on 2 June"',
  );
  const apply = 'chancery-chat oversight apply-policy policy.yaml --reason "decided on 2 June"';
  examples(
    add(
      'apply-policy <file>',
      'brings a policy for messages into force; where it or the one before it says fourEyes, another officer approves it',
      reasoned,
      askApplyPolicy,
    ),
    apply,
  );
  examples(group, place, release, 'chancery-chat oversight requests', 'chancery-chat oversight approve 1041');
}

interface ScopeOptions {
  readonly person?: string[];
  readonly conversation?: string[];
  readonly organisation?: string[];
  readonly word?: string[];
  readonly from?: number;
  readonly until?: number;
  readonly reason: string;
  readonly notify?: string;
}

function scoped(command: Command): Command {
  return command
    .option('--person <address>', 'who wrote it or was in the conversation (repeatable)', several)
    .option('--conversation <id>', 'in this conversation, by its whole id (repeatable)', several)
    .option('--organisation <domain>', 'with somebody of this organisation (repeatable)', several)
    .option('--word <text>', 'with this in it (repeatable)', several)
    .option('--from <time>', 'received on this day or time (UTC) or later', time)
    .option('--until <time>', 'received before this day or time (UTC)', time)
    .requiredOption('--reason <text>', REASON)
    .option('--notify <text>', 'what the members it names are told; without it nobody is told', notice);
}

async function placeHold({ client, voice }: Session, matter: string, options: ScopeOptions): Promise<void> {
  const scope: HoldScope = {
    people: (options.person ?? []).map(canonicalAddress),
    conversations: options.conversation ?? [],
    organisations: options.organisation ?? [],
    words: options.word ?? [],
    from: options.from ?? null,
    until: options.until ?? null,
  };
  const { entry } = await client.oversight.hold(matter, scope, options.reason, options.notify);
  voice.say({ hold: entry, matter }, `hold ${entry} for ${printable(matter)} is in force`);
}

async function listHolds({ client, voice }: Session): Promise<void> {
  for (const hold of await client.oversight.holds())
    voice.say(
      { ...hold },
      `${hold.hold}  ${voice.paint.dim(timeOf(hold.time))} ${printable(hold.matter)}, by ${printable(hold.officer)}: ${printable(hold.reason)}`,
    );
}

async function askRelease(session: Session, matter: string, { reason }: { reason: string }): Promise<void> {
  sayAsked(session, await session.client.oversight.askRelease(matter, reason));
}

async function askErasure(session: Session, person: string, { ground }: { ground: string }): Promise<void> {
  const acted = await session.client.oversight.ask({
    action: 'erasure',
    person: canonicalAddress(person),
    ground,
  });
  const { voice } = session;
  if (acted.expires === null)
    voice.say(
      { request: acted.entry, expires: null },
      `request ${acted.entry}; see chancery erasure show ${acted.entry}`,
    );
  else sayAsked(session, acted);
}

async function askDisposal(
  session: Session,
  _argument: string,
  { until, reason }: { until: number; reason: string },
): Promise<void> {
  sayAsked(session, await session.client.oversight.ask({ action: 'disposal', until, reason }));
}

async function askApplyPolicy(session: Session, path: string, { reason }: { reason: string }): Promise<void> {
  const text = await readOwnText(path, MAX_POLICY_BYTES);
  const acted = await session.client.oversight.ask({ action: 'policy', text, reason });
  if (acted.expires === null)
    session.voice.say(
      { policy: acted.entry, expires: null },
      `the policy is in force, by entry ${acted.entry}`,
    );
  else sayAsked(session, acted);
}

async function policy(
  session: Session,
  _argument: string,
  { ask = false, reason = '' }: { ask?: boolean; reason?: string },
): Promise<void> {
  const { client, voice } = session;
  if (ask) {
    sayAsked(session, await client.oversight.askPolicy(reason));
    return;
  }
  const { inForce, waiting } = await client.oversight.policy();
  const shown = {
    inForce: JSON.parse(inForce) as unknown,
    waiting: waiting === null ? null : (JSON.parse(waiting) as unknown),
  };
  const waits = waiting === null ? 'nothing waits' : `waits for two officers:\n${printableLines(waiting)}`;
  voice.say(shown, `in force:\n${printableLines(inForce)}\n${waits}`);
}

async function listRequests(
  { client, voice }: Session,
  _argument: string,
  { all = false }: { all?: boolean },
): Promise<void> {
  for await (const request of client.oversight.requests()) {
    if (!all && request.state !== 'requested') continue;
    const by = request.by === null ? '' : ` by ${printable(request.by)}`;
    const text = `${request.request}  ${voice.paint.dim(timeOf(request.time))} ${printable(request.action)}, asked by ${printable(request.officer)}: ${request.state}${by}`;
    voice.say({ ...request }, text);
  }
}

async function showRequest({ client, voice }: Session, argument: string): Promise<void> {
  const opened = await client.oversight.request(wholeNumber(argument));
  const { act: _act, asked, ...request } = opened;
  voice.say({ ...request, asked: shownAsked(asked) }, requestText(opened));
}

async function approve({ client, voice }: Session, argument: string): Promise<void> {
  const opened = await client.oversight.request(wholeNumber(argument));
  const { expires } = await client.oversight.approve(opened);
  voice.say(
    { request: opened.request, state: 'approved', expires, asked: shownAsked(opened.asked) },
    `approved: ${printable(opened.officer)} may go on ${printable(describeAsked(opened.asked))}`,
  );
}

async function decline(
  { client, voice }: Session,
  argument: string,
  { reason }: { reason: string },
): Promise<void> {
  const opened = await client.oversight.request(wholeNumber(argument));
  await client.oversight.decline(opened, reason);
  voice.say(
    { request: opened.request, state: 'declined' },
    `declined request ${opened.request} of ${printable(opened.officer)}`,
  );
}

/** Says that a request waits for another officer, and what that one runs. */
export function sayAsked({ voice }: Session, { entry: request, expires }: Acted): void {
  const until = expires === null ? '' : ` until ${timeOf(expires)}`;
  voice.say(
    { request, expires },
    `request ${request} waits for another officer${until}: chancery-chat oversight approve ${request}`,
  );
}

function requestText({ request, time: at, officer, state, expires, by, asked }: OpenedRequest): string {
  const decided = by === null ? `until ${timeOf(expires)}` : `by ${printable(by)}`;
  const line = `${request}  ${timeOf(at)} ${printable(officer)} asks ${printable(describeAsked(asked))}\n    ${state} ${decided}`;
  if (asked.action === 'retention') return `${line}\n${printableLines(asked.policy)}`;
  return asked.action === 'policy' ? `${line}\n${printableLines(asked.text)}` : line;
}

function shownAsked(asked: Asked): object {
  return 'entries' in asked ? { ...asked, entries: entriesOf(asked.entries) } : { ...asked };
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function notice(text: string): string {
  if (text.length > 0 && text.length <= MAX_HOLD_NOTICE_LENGTH) return text;
  throw new InvalidArgumentError(`It has to have 1 to ${MAX_HOLD_NOTICE_LENGTH} characters.`);
}
