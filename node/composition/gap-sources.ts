/** What gaps are told from, read of a running node: by itself, in steps, and nothing is changed by it. */
import { join } from 'node:path';
import { decodeConversation, domainOf } from '../../protocol/conversation/index.ts';
import { readAgreement, readRoster } from '../../protocol/statement/index.ts';
import type { GapSources } from '../gaps/index.ts';
import { homeLayout, readBackupRecord } from '../home/index.ts';
import { inspectKeyFile, namesIn } from '../keys/index.ts';
import { Audit, Controls, shownConversation, type AgreementRecord, type Ledger } from '../ledger/index.ts';
import type { Host } from '../network/index.ts';
import type { ReplicaState } from '../replication/index.ts';
import type { Organisation } from './organisation.ts';
import type { PartnerLinks } from './partner-links.ts';
import { platform } from './platform.ts';
import { policySources, type WatchedPolicy } from './policy-sources.ts';
import type { NodeSettings } from './settings.ts';

/** Members looked at before others go first. */
const STEP = 32;

/** Conversations looked through for those with a partner. */
const MAX_CONVERSATIONS = 10_000;

/** Messages counted of a backlog. */
const MAX_BACKLOG = 100_000;

type Partner = Awaited<ReturnType<GapSources['partners']>>[number];
type Copied = ReturnType<GapSources['copies']>;
type People = Awaited<ReturnType<GapSources['people']>>;

export interface Watched extends WatchedPolicy {
  readonly settings: WatchedPolicy['settings'] &
    Pick<NodeSettings, 'archiveCopies' | 'graceSeconds' | 'roles'>;
  readonly host: WatchedPolicy['host'] & Pick<Host, 'peers'>;
  readonly links: Pick<PartnerLinks, 'state'>;
}

export function gapSources(watched: Watched): GapSources {
  const { organisation, settings, host, started } = watched;
  const { ledger, log, standing, domain, primary } = organisation;
  const controls = new Controls(ledger);
  const audit = new Audit(ledger);
  const gateways = gatewaysOf(watched);
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
    ...policySources(watched),
    copies: () => ({
      copies: settings.archiveCopies,
      size: log.size,
      started,
      replicas: primary.replicas(host.peerId).map((replica) => withLack(log, replica)),
      gateways: gateways(),
      isGateway: settings.roles.includes('gateway'),
    }),
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

/** When the first entry that a replica does not hold was archived. */
function withLack(
  log: Organisation['log'],
  replica: ReplicaState,
): ReplicaState & { readonly lacks: number | null } {
  const { size } = replica;
  return { ...replica, lacks: size === null ? null : (log.entry(size)?.time ?? null) };
}

/** The gateways on the roster, with when each was last seen to be here. */
function gatewaysOf({ organisation, host }: Watched): () => Copied['gateways'] {
  const lastSeen = new Map<string, number>();
  return () => {
    const here = new Set(host.peers.map(({ id }) => id));
    const listed = organisation.authority.roster.nodes.filter(
      ({ peer, roles }) => peer !== host.peerId && !roles.includes('archive'),
    );
    for (const peer of lastSeen.keys()) {
      if (!listed.some((node) => node.peer === peer)) lastSeen.delete(peer);
    }
    return listed.map(({ peer }) => {
      const connected = here.has(peer);
      if (connected) lastSeen.set(peer, platform.clock());
      return { peer, connected, lastContact: lastSeen.get(peer) ?? null };
    });
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
  const controls = new Controls(ledger);
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
      compared: controls.lastCompared(domain),
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
    const { id, members } = decoded.value;
    const title = shownConversation(ledger, id)?.title ?? '';
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
