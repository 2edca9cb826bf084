/** Partners who keep for less time than we do, say nothing any more, show another root, or whose terms end. */
import { affecting, bounded, DAY_MS, dayOf, shellWord, type Gap, type Severity } from './gap.ts';

/** Milliseconds without contact after which a partner is a gap, and a critical one where messages wait for it. */
const SILENT_MS = 7 * DAY_MS;

/** Milliseconds before an agreement ends at which that is a gap. */
const ENDING_MS = 30 * DAY_MS;

/** Milliseconds for which a comparison with a partner's archive tells that it keeps what it was sent. */
const COMPARED_MS = 30 * DAY_MS;

/** What a comparison may find that is in order. */
const IN_ORDER = new Set(['in-flight', 'refused', 'sealed']);

/** A partner with an agreement. Times in milliseconds since 1970. */
export interface WatchedPartner {
  readonly domain: string;
  readonly agreedSince: number;
  /** Days for which our schedules keep what is exchanged with it, and days that both agreements come to; 0 for none. */
  readonly ownFloorDays: number;
  readonly agreedFloorDays: number;
  /** Conversations with somebody of it: titles or members of the first, and how many. */
  readonly conversations: readonly string[];
  /** When our archive was last compared with its, to the end, and what was found; null for never. */
  readonly compared: {
    readonly time: number;
    readonly whole: boolean;
    readonly counts: Readonly<Record<string, number>>;
  } | null;
  readonly connected: boolean;
  /** The last sign of it that is known: a contact since the start, or its newest roster. */
  readonly lastSign: number | null;
  /** When the next roster was due; null where none was ever taken. */
  readonly rosterDue: number | null;
  /** For how long an overdue one is still believed. */
  readonly graceMs: number;
  /** When the one or the other side's terms end by themselves; null where they do not. */
  readonly ends: { readonly ours: number | null; readonly theirs: number | null };
  readonly backlog: number;
  /** The root that its domain names instead of the one agreed on, as its node showed it; null where there is none. */
  readonly otherRoot: { readonly rootId: string; readonly since: number } | null;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** @param now milliseconds since 1970 */
export function partnerGaps(now: number, partners: readonly WatchedPartner[]): readonly Gap[] {
  const of = (find: (partner: WatchedPartner) => Gap | undefined): readonly Gap[] =>
    bounded(partners.map(find).filter((gap) => gap !== undefined));
  return [
    ...of(keepsLess),
    ...of((partner) => isNotCompared(now, partner)),
    ...of(differs),
    ...of((partner) => isSilent(now, partner)),
    ...of((partner) => isOverdue(now, partner)),
    ...of(hasOtherRoot),
    ...of((partner) => isEnding(now, partner)),
  ];
}

function keepsLess(partner: WatchedPartner): Gap | undefined {
  const { domain, ownFloorDays, agreedFloorDays, conversations, agreedSince } = partner;
  if (agreedFloorDays >= ownFloorDays) return undefined;
  const agreed = agreedFloorDays === 0 ? 'no floor is agreed on' : `the agreed floor is ${agreedFloorDays}`;
  return {
    ...about('partner-weaker-retention', 'warning', partner),
    since: agreedSince,
    ...affecting(conversations),
    text: `what is exchanged with ${domain} is kept for ${ownFloorDays} days here; there, ${agreed}`,
    mend: `chancery partner update ${shellWord(domain)} --retention-floor ${ownFloorDays}`,
    evidence: 'what both sides signed',
  };
}

function isNotCompared(now: number, partner: WatchedPartner): Gap | undefined {
  const { domain, agreedSince, compared } = partner;
  const since = Math.max(agreedSince, compared?.time ?? 0);
  if (now - since < COMPARED_MS) return undefined;
  return {
    ...about('partner-not-compared', 'info', partner),
    since,
    text: `whether ${domain} has all that was exchanged in its archive, nobody saw since ${dayOf(since)}`,
    mend: compareWith(domain),
    evidence:
      compared === null ? 'the archives were never compared' : `they were compared ${dayOf(compared.time)}`,
  };
}

function differs(partner: WatchedPartner): Gap | undefined {
  const { domain, compared } = partner;
  const wrong = Object.entries(compared?.counts ?? {}).filter(
    ([state, number]) => number > 0 && !IN_ORDER.has(state),
  );
  if (compared === null || (compared.whole && wrong.length === 0)) return undefined;
  const found = wrong.map(([state, number]) => `${number} ${state}`);
  return {
    ...about('partner-archive-differs', 'critical', partner),
    since: compared.time,
    text: `the archive of ${domain} is not as ours: ${found.join(', ') || 'its log does not go on from what was cosigned, or not all was compared'}; ask its operator, then compare them again`,
    mend: compareWith(domain),
    evidence: `they were compared ${dayOf(compared.time)}`,
  };
}

function compareWith(domain: string): string {
  return `chancery archive reconcile ${shellWord(domain)}`;
}

function isSilent(now: number, partner: WatchedPartner): Gap | undefined {
  const { domain, connected, agreedSince, lastSign, backlog, lastError } = partner;
  const since = Math.max(agreedSince, lastSign ?? 0);
  if (connected || now - since < SILENT_MS) return undefined;
  return {
    ...about('partner-silent', backlog > 0 ? 'critical' : 'warning', partner),
    since,
    text: `nothing was heard of ${domain} since ${dayOf(since)}, and ${backlog} messages wait for it; ask its operator, and if it is gone, end the agreement`,
    mend: `chancery partner remove ${shellWord(domain)}`,
    evidence: lastError === null ? 'no stream to it' : `${lastError.message} [${lastError.code}]`,
  };
}

function isOverdue(now: number, partner: WatchedPartner): Gap | undefined {
  const { domain, rosterDue, graceMs } = partner;
  if (rosterDue === null || now < rosterDue) return undefined;
  const isOver = now >= rosterDue + graceMs;
  return {
    ...about('partner-roster-overdue', isOver ? 'critical' : 'warning', partner),
    since: rosterDue,
    text: `the roster of ${domain} was to be renewed by ${dayOf(rosterDue)}${isOver ? ', and nothing of it is believed any more' : ''}: ask its operator to start its node; if it is gone, end the agreement`,
    mend: `chancery partner remove ${shellWord(domain)}`,
    evidence: `its newest roster was to hold until ${dayOf(rosterDue)}`,
  };
}

function hasOtherRoot(partner: WatchedPartner): Gap | undefined {
  const { domain, otherRoot } = partner;
  if (otherRoot === null) return undefined;
  return {
    ...about('partner-changed-root', 'critical', partner),
    since: otherRoot.since,
    text: `${domain} has another root, which nothing handed over to: it may have changed hands; compare the root with its operator, then approve it`,
    mend: `chancery partner approve ${shellWord(domain)} --yes`,
    evidence: `its domain names root ${otherRoot.rootId}`,
  };
}

function isEnding(now: number, partner: WatchedPartner): Gap | undefined {
  const { domain, ends } = partner;
  const until = Math.min(ends.ours ?? Infinity, ends.theirs ?? Infinity);
  if (until - now >= ENDING_MS) return undefined;
  const whose = until === ends.ours ? 'our' : 'its';
  return {
    ...about('agreement-ending', until <= now ? 'critical' : 'warning', partner),
    since: until - ENDING_MS,
    text: `${whose} side of the agreement with ${domain} ends ${dayOf(until)}; have it signed anew, or end it`,
    mend: `chancery partner remove ${shellWord(domain)}`,
    evidence: `signed to hold until ${dayOf(until)}`,
  };
}

function about(
  kind: Gap['kind'],
  severity: Severity,
  { domain }: WatchedPartner,
): Pick<Gap, 'kind' | 'subject' | 'severity' | 'affected' | 'affectedCount'> {
  return { kind, subject: domain, severity, ...affecting([domain]) };
}
