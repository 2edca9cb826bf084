/**
 * Opens a session: reaches a node of the organisation, has it prove itself, shows who we are, opens the device stream
 * and says what the device is.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { HoldNotice, RecordingNotice } from '../../protocol/wire/index.ts';
import type { VerifiedIdentity } from '../../protocol/identity/index.ts';
import type { Link, Platform } from '../platform.ts';
import { MAX_NODES, underRoot, type Profile } from '../profile.ts';
import { isWiped } from '../wipe.ts';
import { proveNode } from './node-identity.ts';
import { Requests } from './requests.ts';
import { isRevoked, mayBeRevoked, reportWiped } from './revocation.ts';

/** What a session needs: nothing that opens the archive. */
type SessionPlatform = Omit<Platform, 'unsealer'>;

export interface Session {
  readonly requests: Requests;
  readonly link: Link;
  /** The profile as this node's roster brings it up to date, the address that answered first. */
  readonly profile: Profile;
  /** Milliseconds without anybody at the device after which it is to lock; null: never. */
  readonly idleLock: number | null;
  /** What whoever uses the device is to be told of recording; null where nothing is. */
  readonly notice: RecordingNotice | null;
  /** Legal holds that they are to be told of. */
  readonly holdNotices: readonly HoldNotice[];
}

/** Looks into a refusal that may mean that this device was revoked; throws when it is so. The link is still open. */
export type Revoked = (link: Link) => Promise<void>;

/** Tries the profile's nodes in order. Throws why the last one did not do, preferring a refusal to silence. */
export function openSession(profile: Profile, platform: SessionPlatform, revoked: Revoked): Promise<Session> {
  return atNodes(profile, (address) => openAt(address, profile, platform, revoked));
}

/** Asks the nodes, without a session, whether this device was revoked: one whose certificate ran out has none. */
export function askStanding(
  profile: Profile,
  { transport }: Pick<Platform, 'transport'>,
  revoked: Revoked,
): Promise<void> {
  return atNodes(profile, async (address) => {
    const link = await transport.dial(address);
    try {
      await revoked(link);
    } finally {
      await link.close();
    }
  });
}

/** Reports, without a session, that this device is wiped, to the first node that it can be said to. */
export function reportWipe(profile: Profile, platform: SessionPlatform): Promise<void> {
  return askStanding(profile, platform, async (link) => {
    if (!(await isRevoked(link, profile, platform))) throw unreachable('', 'the node did not prove itself');
    await reportWiped(link, platform);
  });
}

async function atNodes<T>(profile: Profile, act: (address: string) => Promise<T>): Promise<T> {
  let failure = new ChanceryError('node.unreachable', 'no node of the organisation is known; enrol again');
  for (const address of profile.nodes) {
    try {
      return await act(address);
    } catch (error) {
      const reason = error instanceof ChanceryError ? error : unreachable(address, error);
      if (isWiped(reason)) throw reason;
      if (failure.code === 'node.unreachable') failure = reason;
    }
  }
  throw failure;
}

async function openAt(
  address: string,
  profile: Profile,
  platform: SessionPlatform,
  revoked: Revoked,
): Promise<Session> {
  const link = await platform.transport.dial(address);
  try {
    const proven = await proveNode(link, profile.bundle, profile, platform);
    if (!proven.ok) throw ChanceryError.from(proven.refusal);
    const requests = new Requests(await link.open('device'), platform.after);
    const begun = await requests.ask('begin', { ...(await platform.describe()), holdNotices: true });
    const { idleLock, notice = null, holdNotices = [] } = begun;
    return {
      requests,
      link,
      profile: upToDate(profile, address, proven.value),
      idleLock,
      notice,
      holdNotices,
    };
  } catch (error) {
    try {
      if (error instanceof ChanceryError && mayBeRevoked(error.code)) await revoked(link);
    } finally {
      await link.close();
    }
    throw error;
  }
}

/** The nodes the roster names, and of those known before the ones it still does; the one that answered first. */
function upToDate(profile: Profile, address: string, { rootId, statement }: VerifiedIdentity): Profile {
  if (statement === null) return profile;
  const gateways = statement.roster.nodes.filter(({ roles }) => roles.includes('gateway'));
  const named = gateways.flatMap(({ peer, addresses }) =>
    addresses.map((text) => (text.includes('/p2p/') ? text : `${text}/p2p/${peer}`)),
  );
  const kept = profile.nodes.filter((text) => gateways.some(({ peer }) => text.endsWith(`/p2p/${peer}`)));
  const nodes = [...new Set([address, ...kept, ...named])].slice(0, MAX_NODES);
  return { ...underRoot(profile, rootId), nodes, rosterNumber: statement.roster.number };
}

function unreachable(address: string, cause: unknown): ChanceryError {
  return new ChanceryError('node.unreachable', `the node at ${address} broke off; is it running?`, { cause });
}
