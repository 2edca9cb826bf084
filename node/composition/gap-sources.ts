/** What gaps are told from, read of a running node: by itself, in steps, and nothing is changed by it. */
import { join } from 'node:path';
import { decodeConversation, domainOf } from '../../protocol/conversation/index.ts';
import { readAgreement, readRoster } from '../../protocol/statement/index.ts';
import { wordingOf, type GapSources } from '../gaps/index.ts';
import { homeLayout, readBackupRecord } from '../home/index.ts';
import { inspectKeyFile, namesIn } from '../keys/index.ts';
import { Audit, Controls, decodeSequence, type AgreementRecord, type Ledger } from '../ledger/index.ts';
import type { Host } from '../network/index.ts';
import type { Organisation } from './organisation.ts';
import type { PartnerLinks } from './partner-links.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

/** Members looked at before others go first. */
const STEP = 32;

/** Conversations looked through for those with a partner. */
const MAX_CONVERSATIONS = 10_000;

/** Entries looked back through for the newest message. */
const MAX_LOOKED_BACK = 4_096;

/** Messages counted of a backlog. */
const MAX_BACKLOG = 100_000;

type Partner = Awaited<ReturnType<GapSources['partners']>>[number];
type People = Awaited<ReturnType<GapSources['people']>>;

export interface Watched {
  readonly organisation: Organisation;
  readonly settings: Pick<NodeSettings, 'archiveCopies' | 'home' | 'graceSeconds'>;
  readonly host: Pick<Host, 'peerId'>;
  readonly links: Pick<PartnerLinks, 'state'>;
  /** Milliseconds since 1970. */
  readonly started: number;
}

export function gapSources(watched: Watched): GapSources {
  const { organisation, settings, host, started } = watched;
  const { ledger, log, standing, domain, primary, policing } = organisation;
  const controls = new Controls(ledger);
  const audit = new Audit(ledger);
  return {
    certificates: () => ({
      domain,
      certificates: (['root', 'issuer', 'statement'] as const).map((name) => ({ name, ...standing[name] })),
      nextRoot: standing.nextId !== null,
    }),
    people: () => peopleOf(organisation),
    partners: () => partnersOf(watched),
    due: async () => ({
      schedules: await organisation.retaining.behind(),
      disposalsPerHour: organisation.retaining.policy.disposalsPerHour,
    }),
    rules: async () => {
      const { current } = policing.policies;
      const since = (await newestPolicy(ledger))?.time ?? 0;
      const rules = (current?.document.rules ?? []).map((rule) => ({
        ...{ id: rule.id, reason: rule.reason, on: rule.on, since },
        hit: controls.lastHit(rule.id),
        trial: controls.lastTrial(
          rule.id,
          current === null ? new Uint8Array() : wordingOf(rule, current.document, platform.suite.sha256),
        ),
      }));
      return { rules, passed: newestMessage(ledger) };
    },
    copies: () => ({
      copies: settings.archiveCopies,
      size: log.size,
      started,
      replicas: primary.replicas(host.peerId),
    }),
    policy: () => newestPolicy(ledger),
    scanners: () => policing.scanners(),
    backups: async () => {
      const home = homeLayout(settings.home.directory);
      const { last, keys } = await readBackupRecord(home);
      const names = (await namesIn(home.keysDirectory)).filter((name) => !Object.hasOwn(keys, name));
      const uncopied = names.map(async (name) => {
        const { isProtected } = await inspectKeyFile(join(home.keysDirectory, `${name}.key`));
        return { name, isProtected };
      });
      return {
        home: home.directory,
        last: last === null ? null : { ...last, time: Date.parse(last.time) },
        uncopied: await Promise.all(uncopied),
        began: log.entry(0)?.time ?? started,
      };
    },
    audit: async () => {
      const lastRead = controls.lastRead();
      const oldest = await audit.first(lastRead?.until ?? 0);
      return { oldestUnread: oldest?.time ?? null, lastRead };
    },
  };
}

async function peopleOf(organisation: Organisation): Promise<People> {
  const { members, deviceControl, deviceReports } = organisation;
  const now = platform.clock();
  const watched: People['members'][number][] = [];
  const devices: People['devices'][number][] = [];
  for (const [index, member] of (await members.list()).entries()) {
    if (index % STEP === STEP - 1) await new Promise((resolve) => setImmediate(resolve));
    if (member.state !== 'active') continue;
    const current = (await members.devicesOf(member.address)).filter((device) => members.isCurrent(device));
    const inForce = current.filter(({ revoked, expires }) => revoked === null && expires * 1000 > now);
    const over = current.filter((device) => !inForce.includes(device));
    watched.push({
      address: member.address,
      since: member.since,
      ended: over.map(({ revoked, expires }) => revoked?.at ?? expires * 1000),
      devices: inForce.length,
    });
    for (const device of inForce)
      devices.push({
        ...{ serial: device.serial, address: device.address, label: device.label },
        expires: device.expires * 1000,
        seen: deviceReports.seen(device.peer),
        reported: deviceReports.of(device.peer)?.at ?? null,
        breaches: await deviceControl.breaches(device),
      });
  }
  return { members: watched, devices };
}

async function partnersOf({ organisation, settings, links }: Watched): Promise<readonly Partner[]> {
  const { partners, messages, ledger, retaining, trust } = organisation;
  const agreements = await partners.agreements();
  const found: Partner[] = [];
  const keepsLess = (domain: string, ownFloorDays: number): boolean =>
    partners.floors(domain).days < ownFloorDays;
  const conversations = agreements.some(({ domain }) => keepsLess(domain, ownFloor(retaining, domain)))
    ? await conversationsOf(ledger)
    : new Map<string, readonly string[]>();
  for (const agreement of agreements) {
    const { domain } = agreement;
    const { connected = false, lastContact = null, lastError = null } = links.state(domain) ?? {};
    const { issued, due } = rosterOf(organisation, domain);
    found.push({
      ...{ domain, agreedSince: agreement.since, connected, lastError },
      ownFloorDays: ownFloor(retaining, domain),
      agreedFloorDays: partners.floors(domain).days,
      conversations: conversations.get(domain) ?? [],
      lastSign: lastContact ?? (issued === null ? null : Math.min(issued, platform.clock())),
      rosterDue: due,
      graceMs: settings.graceSeconds * 1000,
      ends: endsOf(agreement),
      otherRoot: trust.otherRoot(domain) ?? null,
      backlog: connected ? 0 : await messages.backlog(domain, MAX_BACKLOG),
    });
  }
  return found;
}

/** The longest floor of those of our schedules that can be for what is exchanged with a partner. */
function ownFloor({ policy }: Organisation['retaining'], domain: string): number {
  const days = policy.schedules
    .filter(({ for: { organisation } }) => organisation === undefined || organisation === domain)
    .map(({ floorDays }) => floorDays);
  return Math.max(0, ...days);
}

/** Conversations by the partners who take part: their titles, or who is in them. */
async function conversationsOf(ledger: Ledger): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const range = { ...ledger.keys.within('conversation'), limit: MAX_CONVERSATIONS };
  for await (const [, value] of ledger.iterate(range)) {
    const decoded = decodeConversation(value);
    if (!decoded.ok) continue;
    const { title, members } = decoded.value;
    const others = new Set(members.map(domainOf).filter((domain) => domain !== ledger.domain));
    for (const domain of others) {
      const listed = found.get(domain) ?? [];
      listed.push(title === '' ? members.join(', ') : title);
      found.set(domain, listed);
    }
  }
  return found;
}

/** Milliseconds: when a partner's newest roster was signed, and when the next is due; null for what is not known. */
function rosterOf(
  { partners }: Organisation,
  domain: string,
): { readonly issued: number | null; readonly due: number | null } {
  const record = partners.roster(domain);
  const roster = record === undefined ? undefined : readRoster(record.statement);
  return roster?.ok === true
    ? { issued: roster.value.issued * 1000, due: roster.value.nextUpdate * 1000 }
    : { issued: null, due: null };
}

function endsOf({ statement, theirs }: AgreementRecord): Partner['ends'] {
  const until = (signed: Uint8Array | undefined): number | null => {
    const read = signed === undefined ? undefined : readAgreement(signed);
    return read?.ok === true && read.value.until !== null ? read.value.until * 1000 : null;
  };
  return { ours: until(statement), theirs: until(theirs?.statement) };
}

/** The entry of the policy in force. */
async function newestPolicy(
  ledger: Ledger,
): Promise<{ readonly sequence: number; readonly time: number } | null> {
  const range = { ...ledger.keys.within('policy', 'at'), reverse: true, limit: 1 };
  for await (const [key] of ledger.iterate(range)) {
    const sequence = decodeSequence(key);
    return { sequence, time: ledger.log.entry(sequence)?.time ?? 0 };
  }
  return null;
}

/** When the newest message was archived; null where none of the newest entries is one. */
function newestMessage({ log }: Ledger): number | null {
  const from = Math.max(0, log.size - MAX_LOOKED_BACK);
  for (let sequence = log.size - 1; sequence >= from; sequence -= 1) {
    const entry = log.entry(sequence);
    if (entry?.kind === 'message') return entry.time;
  }
  return null;
}
