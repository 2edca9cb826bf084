/**
 * Identity events, derived at the moment of the change and written in the same batch: what changed of a person or an
 * organisation, and a row in the feed of each of our members who talks with them. Read by position, newest first.
 */
import { equals } from 'uint8arrays/equals';
import { z } from 'zod';
import { keyFingerprint } from '../../protocol/certificate/index.ts';
import { domainOf } from '../../protocol/conversation/index.ts';
import { decodeCbor, encodeCbor, milliseconds } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { identityNewsShape, type IdentityNews } from '../../protocol/wire/index.ts';
import type { Op } from '../archive/index.ts';
import { acquaintance, acquaintanceOp, conversationsIn, talksWith } from './acquaintances.ts';
import { decodeSequence } from './view-key.ts';
import { fact, put, type Fact } from './fact.ts';
import type { Ledger } from './ledger.ts';
import { MAX_NEWS, type RecordOf } from './records.ts';
import { shownConversation } from './shown-conversations.ts';
import type { View, Views } from './view.ts';

type Organisation = RecordOf<'organisation'>;
type Member = RecordOf<'member'>;

/** A device of a partner's person, as its verified certificate has it. */
export interface SeenDevice {
  readonly address: string;
  readonly domain: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly publicKey: Uint8Array;
  /** Seconds. */
  readonly window: { readonly from: number };
}

/** Everything that changed with one entry of the log. */
export interface Report {
  readonly sequence: number;
  /** Milliseconds. */
  readonly time: number;
  readonly news: readonly IdentityNews[];
}

/** Marks a row of the feed as one of these: a receipt's row has whole message ids. */
export const NEWS_ROW: Uint8Array = Uint8Array.of(1);

const MAX_REPORT_BYTES = 16_384;

const reportShape = z.strictObject({
  v: z.literal(1),
  time: milliseconds,
  news: z.array(identityNewsShape).min(1).max(MAX_NEWS),
});

/** From the least to the best. */
const RANK: readonly IdentityNews['level'][] = ['none', 'dns', 'pinned', 'dnssec', 'own'];

/** What is new by a fact, and whom it concerns. */
export interface Told {
  readonly news: readonly IdentityNews[];
  readonly audience: Iterable<string>;
}

export const NOTHING_NEW: Told = { news: [], audience: [] };

/** The fact that makes news known, beside the one that they are of; none where there are none. */
export function newsFacts({ news, audience }: Told): Fact[] {
  return news.length === 0 ? [] : [fact('news', { news: [...news], audience: [...new Set(audience)] })];
}

export const newsView: View<'news'> = ({ said, sequence, time }, views) =>
  newsOps(views, said, sequence, time);

/** Makes news known: to operators, and to these members. */
function newsOps({ keys }: Views, { news, audience }: Told, sequence: number, time: number): Op[] {
  if (news.length === 0) return [];
  const rows = [...new Set(audience)].map((address) => put(keys.feed(address, sequence), NEWS_ROW));
  return [put(keys.news(sequence), encodeCbor({ v: 1, time, news })), ...rows];
}

/** What a certificate of a partner's device, seen for the first time, says that is new of its person. */
export function certificateOps(views: Views, device: SeenDevice, sequence: number, time: number): Op[] {
  const { address, domain, name, roles, publicKey, window } = device;
  if (views.view('member', views.keys.member(address)) !== undefined) return [];
  const known = acquaintance(views, address);
  const newer = known === undefined || window.from >= known.from;
  const fresh = known?.keys.some((key) => equals(key, publicKey)) !== true;
  const now = newer ? { name, roles: [...roles], from: window.from } : known;
  const keys = [...(known?.keys ?? []), ...(fresh ? [publicKey] : [])];
  const op = acquaintanceOp(views, address, { ...now, keys });
  if (known === undefined) return [op];
  const person = { address, name: now.name };
  const about = { person, domain, ...standingOf(views, domain) };
  const news = changesOf(about, known, now);
  if (fresh) news.unshift(newDevice(about, keyFingerprint(publicKey, views.sha256)));
  const audience = talksWith(views, address).flatMap((id) => ownMembersOf(views, id));
  return [op, ...newsOps(views, { news, audience }, sequence, time)];
}

/** What is new of one of our own members, who is told of it too. */
export function memberNews(before: Member, after: Member): IdentityNews[] {
  return changesOf(aboutMember(after), before, after);
}

/** That one of our own members, who had a device before, has another. */
export function deviceNews(member: Member, fingerprint: string): IdentityNews {
  return newDevice(aboutMember(member), fingerprint);
}

/** What is new of an organisation: its level, and its root, which is no alarm where the one before handed over to it. */
export function organisationNews(before: Organisation | undefined, after: Organisation): IdentityNews[] {
  if (before === undefined) return [];
  const { domain, level, since } = after;
  const about = { person: null, domain, level, since };
  const news: IdentityNews[] = [];
  if (before.rootId !== after.rootId) {
    const severity = after.formerRoots.includes(before.rootId) ? 'warning' : 'alarm';
    news.push({ what: 'root', severity, ...about, before: before.rootId, after: after.rootId });
  }
  if (before.level !== level) {
    const severity = RANK.indexOf(level) < RANK.indexOf(before.level) ? 'warning' : 'information';
    news.push({ what: 'level', severity, ...about, before: before.level, after: level });
  }
  return news;
}

/** Our members who share a conversation with one of them, who is told too. */
export async function colleaguesOf(ledger: Ledger, address: string): Promise<Set<string>> {
  const found = new Set([address]);
  for await (const [key] of ledger.iterate(ledger.keys.within('membership', address))) {
    for (const other of ownMembersOf(ledger, key.slice(-32))) found.add(other);
  }
  return found;
}

/** Our members who talk with anyone of a partner. */
export async function contactsWith(ledger: Ledger, domain: string): Promise<Set<string>> {
  const conversations = new Map<string, Uint8Array>();
  for await (const [, value] of ledger.iterate(ledger.keys.within('acquaintance', 'talks', domain))) {
    for (const id of conversationsIn(value)) conversations.set(Buffer.from(id).toString('latin1'), id);
  }
  return new Set([...conversations.values()].flatMap((id) => ownMembersOf(ledger, id)));
}

/** The news of one entry; none where it has none. */
export function reportAt(ledger: Ledger, sequence: number): Report | undefined {
  const value = ledger.get(ledger.keys.news(sequence));
  return value === undefined ? undefined : reportOf(sequence, value);
}

/** Reports, newest first, below `before`. */
export async function reports(ledger: Ledger, before: number | null, limit: number): Promise<Report[]> {
  const range = ledger.keys.within('news');
  const lt = before === null ? range.lt : ledger.keys.news(before);
  const found: Report[] = [];
  for await (const [key, value] of ledger.iterate({ gte: range.gte, lt, reverse: true, limit })) {
    found.push(reportOf(decodeSequence(key), value));
  }
  return found;
}

function reportOf(sequence: number, value: Uint8Array): Report {
  const { time, news } = valueOf(decodeCbor(value, MAX_REPORT_BYTES, reportShape, 'identity event'));
  return { sequence, time, news };
}

type About = Pick<IdentityNews, 'person' | 'domain' | 'level' | 'since'>;

function aboutMember({ address, name, joined }: Member): About {
  return { person: { address, name }, domain: domainOf(address), level: 'own', since: joined };
}

function standingOf(views: Views, domain: string): Pick<IdentityNews, 'level' | 'since'> {
  const { level, since } = views.view('organisation', views.keys.organisation(domain)) ?? {};
  return { level: level ?? 'none', since: since ?? 0 };
}

function newDevice(about: About, fingerprint: string): IdentityNews {
  return { what: 'device', severity: 'information', ...about, before: '', after: fingerprint };
}

function changesOf(
  about: About,
  before: { readonly name: string; readonly roles: readonly string[] },
  after: { readonly name: string; readonly roles: readonly string[] },
): IdentityNews[] {
  const news: IdentityNews[] = [];
  if (before.name !== after.name)
    news.push({ what: 'name', severity: 'warning', ...about, before: before.name, after: after.name });
  const [were, are] = [before, after].map(({ roles }) => roles.toSorted().join(', ')) as [string, string];
  if (were !== are) news.push({ what: 'roles', severity: 'information', ...about, before: were, after: are });
  return news;
}

/** Those in a conversation who are of our own organisation: only they have a row that says so. */
function ownMembersOf(views: Views, conversation: Uint8Array): string[] {
  const found = shownConversation(views, conversation);
  return (found?.members ?? []).filter(
    (address) => views.get(views.keys.membership(address, conversation)) !== undefined,
  );
}
