/** How people, messages and conversations look as lines. Everything that comes from elsewhere is made printable here. */
import { domainOf } from '../../protocol/conversation/index.ts';
import type {
  Contacts,
  ConversationInfo,
  DeliveryEvent,
  FeedEvent,
  IdentityEvent,
  MessageEvent,
  Outcome,
  ReportEvent,
  Revision,
  Sender,
  ShownMessage,
} from '../index.ts';
import { printable, printableLines } from './printable.ts';
import type { Paint } from './voice.ts';

type Partner = Contacts['partners'][number];

const INDENT = '    ';

/** Digits of an id that are shown: enough to tell a member's conversations apart. */
const SHORT_ID = 8;

/** How an organisation was verified, in words. */
const LEVELS: Readonly<Record<Sender['level'], string>> = {
  own: 'your organisation',
  dnssec: 'verified through DNSSEC',
  pinned: 'verified by fingerprint',
  dns: 'plain DNS only',
  none: 'NOT VERIFIED',
};

/** Who someone is and how that is known: `Carol <carol@globex.example> (external, verified through DNSSEC since …)`. */
export function personLine(
  person: Pick<Sender, 'address' | 'name' | 'level' | 'since' | 'external'>,
  paint: Paint,
): string {
  const name = `${paint.bold(printable(person.name))} <${printable(person.address)}>`;
  return `${name} ${standingMark(person, paint)}`.trimEnd();
}

/** How an organisation other than the own is known: `(external, verified through DNSSEC since 2026-05-04)`. */
function standingMark(
  { external, level, since }: Pick<Sender, 'external' | 'level' | 'since'>,
  paint: Paint,
): string {
  if (!external) return '';
  const mark = `(external, ${LEVELS[level]}${since > 0 ? ` since ${dayOf(since)}` : ''})`;
  return level === 'none' || level === 'dns' ? paint.red(mark) : paint.yellow(mark);
}

/** A partner organisation: how it is known, and how old what it shows of its people is. */
export function partnerLine({ domain, level, since, directory }: Partner, paint: Paint): string {
  const mark = standingMark({ external: true, level, since }, paint);
  const shown =
    directory === null
      ? 'directory not had yet'
      : directory.shared === 'none'
        ? 'shows no directory'
        : `directory as of ${timeOf(directory.at)}`;
  return `${printable(domain)} ${mark} ${paint.dim(`partner, ${shown}`)}`;
}

/** Everything that is known of how a person was verified. */
export function whoLines(
  person: Omit<Sender, 'external'> & { readonly external: boolean },
  paint: Paint,
): string {
  const since = person.since > 0 ? `, since ${dayOf(person.since)}` : '';
  return [
    personLine(person, paint),
    `${INDENT}organisation  ${printable(person.domain)}`,
    `${INDENT}how known     ${LEVELS[person.level]}${since}`,
    `${INDENT}roles         ${printable(person.roles.join(', '))}`,
  ].join('\n');
}

export function conversationLine(conversation: ConversationInfo, ownAddress: string, paint: Paint): string {
  const others = conversation.members.filter((address) => address !== ownAddress);
  const own = domainOf(ownAddress);
  const external = others.some((address) => domainOf(address) !== own);
  const mark = external ? ` ${paint.yellow('(with external people)')}` : '';
  const { length } = conversation.members;
  const size = conversation.type === 'group' ? paint.dim(` ${length} members`) : '';
  const id = paint.dim(shortId(conversation.id));
  return `${id}  ${titleOf(conversation, ownAddress)}${size}${mark}`;
}

/** A conversation's title, or who else is in it. Printable. */
export function titleOf(conversation: ConversationInfo, ownAddress: string): string {
  if (conversation.title !== '') return printable(conversation.title);
  const others = conversation.members.filter((address) => address !== ownAddress);
  return printable(others.join(', ') || ownAddress);
}

/** An event of the feed; `title` where the conversation is not clear from where it is shown. */
export function eventLine(event: FeedEvent | ShownMessage, paint: Paint, title?: string): string {
  const at = paint.dim(timeOf(event.time));
  switch (event.type) {
    case 'message':
      return `${at} ${title === undefined ? '' : `${paint.dim(`[${title}]`)} `}${messageLine(event, paint)}`;
    case 'delivery':
      return `${at} ${deliveryMark(event, paint)}`;
    case 'identity':
      return `${at} ${newsLine(event, paint)}`;
    case 'reviewed': {
      const said =
        event.outcome === 'release' ? 'was released, and goes out' : 'was turned down, and goes nowhere';
      const why = event.text === '' ? '' : `: ${printable(event.text)}`;
      return `${at} ${paint.yellow(`your message ${shortId(event.message)} ${said}${why}`)}`;
    }
    case 'report':
      return `${at} ${reportLine(event, paint)}`;
    case 'unverified':
      return `${at} ${paint.red('a message could not be verified and is not shown:')} ${printable(event.text)} [${printable(event.code)}]`;
  }
}

/** What stands in the place of a message that was reported. */
const REPORTED = {
  reported: 'reported as phishing, under review',
  confirmed: 'reported as phishing, and confirmed: it is not shown',
} as const;

function reportLine({ message, state }: ReportEvent, paint: Paint): string {
  const said = {
    reported: 'was reported as phishing, under review; beware of what it asked for',
    confirmed: 'was phishing, as your organisation confirmed; it is not shown any more',
    dismissed: 'is shown again: what was reported of it was dismissed',
  }[state];
  const mark = state === 'dismissed' ? paint.dim('ℹ') : paint.red('‼');
  return `${mark} message ${shortId(message)} ${said}`;
}

/** What the policy says of a message, after it. */
function ruledMarks({ ruled }: MessageEvent | ShownMessage, paint: Paint): string {
  if (ruled === undefined) return '';
  const marks = [
    ...(ruled.reported === undefined ? [] : [REPORTED[ruled.reported]]),
    ...(ruled.held === true ? ['waits for a review by your organisation'] : []),
    ...(ruled.redacted
      ? ['your organisation took something out; what is left is not under its writer’s signature']
      : []),
    ...ruled.warnings.map((warning) => printable(warning)),
  ];
  return marks.map((mark) => `\n${INDENT}${paint.yellow(`⚠ ${mark}`)}`).join('');
}

function messageLine(message: MessageEvent | ShownMessage, paint: Paint): string {
  return `${messageText(message, paint)}${ruledMarks(message, paint)}`;
}

function messageText(message: MessageEvent | ShownMessage, paint: Paint): string {
  const { sender, content, own } = message;
  const who = own ? paint.cyan('you') : personLine(sender, paint);
  if (message.ruled?.reported !== undefined && content.kind !== 'recall') return `${who}:`;
  switch (content.kind) {
    case 'text':
      return `${who}: ${textNow(content.text, 'revision' in message ? message.revision : null, paint)}`;
    case 'attachment':
      return `${who}: ${fileNow(message.id, content, 'revision' in message ? message.revision : null, paint)}`;
    case 'edit':
      return `${who} edited ${shortId(content.target)}: ${printableLines(content.text, INDENT)}`;
    case 'recall':
      return `${who} recalled ${shortId(content.target)}`;
    case 'create':
      return `${who} started a conversation with ${printable(content.members.join(', '))}`;
    case 'membership':
      return `${who} changed the members: ${printable(content.members.join(', '))}`;
  }
}

/** A file by name, type and size, by what it is saved, and what was said with it. */
function fileNow(
  id: string,
  { file, text }: Extract<MessageEvent['content'], { kind: 'attachment' }>,
  revision: Revision | null,
  paint: Paint,
): string {
  if (revision !== null) return textNow('', revision, paint);
  const mark = `${paint.bold(printable(file.name))} ${paint.dim(`(${printable(file.type)}, ${sizeOf(file.size)}; save ${shortId(id)})`)}`;
  return text === '' ? mark : `${mark} ${printableLines(text, INDENT)}`;
}

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A text as it is to be read now. */
function textNow(written: string, revision: Revision | null, paint: Paint): string {
  if (revision === null) return printableLines(written, INDENT);
  if (revision.state === 'recalled') return paint.dim(`(recalled ${timeOf(revision.time)})`);
  return `${printableLines(revision.text, INDENT)} ${paint.dim(`(edited ${timeOf(revision.time)})`)}`;
}

/** The beginning of an id, as people tell messages and conversations apart. */
export function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}

/** What changed of who somebody is: the graver, the louder. */
function newsLine(event: IdentityEvent, paint: Paint): string {
  const { person, domain, external, level, since, what, severity, before, after } = event;
  const who =
    person === null
      ? `${paint.bold(printable(domain))} ${standingMark({ external, level, since }, paint)}`
      : personLine({ ...person, external, level, since }, paint);
  const [was, is] = [printable(before), printable(after)];
  const said = {
    device: `has a new device, key ${is}`,
    name: `has another name; before: ${was}`,
    roles: `has other roles: ${is} (before: ${was})`,
    level: `is now ${LEVELS[level]} (before: ${was})`,
    root:
      severity === 'alarm'
        ? `shows ANOTHER ROOT: ${is}, not ${was}; ask your operator before you trust it`
        : `has a new root, handed over by the one before: ${is} (before: ${was})`,
  }[what];
  const marks = { information: paint.dim('ℹ'), warning: paint.yellow('⚠'), alarm: paint.red('‼') };
  return `${marks[severity]} ${who} ${severity === 'alarm' ? paint.red(said) : said}`;
}

/** What became of a message at our own organisation. */
export function outcomeMark(outcome: Outcome, paint: Paint): string {
  switch (outcome.state) {
    case 'archived': {
      const { held, redacted } = outcome;
      const taken =
        redacted === undefined
          ? ''
          : ` ${paint.yellow(`without what may not go: ${printable(redacted.text)}`)}`;
      return held === true
        ? paint.yellow(`… waits for a review by your organisation${taken}`)
        : `${paint.green('✓ archived')}${taken}`;
    }
    case 'refused':
      return `${paint.red('✗ refused:')} ${printable(outcome.text)} [${printable(outcome.code)}]`;
    case 'queued':
      return paint.dim('· waiting');
  }
}

/** What became of a message at a partner. */
export function deliveryMark({ domain, outcome }: DeliveryEvent, paint: Paint): string {
  return outcome.state === 'archived'
    ? paint.green(`✓✓ delivered to ${printable(domain)}`)
    : `${paint.red(`✗ refused by ${printable(domain)}:`)} ${printable(outcome.text)} [${printable(outcome.code)}]`;
}

/** Local date and time, to the minute. */
export function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return `${dayOf(milliseconds)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function dayOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
