/** Opens a session: reaches a node of the organisation, has it prove itself, shows who we are, opens the device stream. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { VerifiedIdentity } from '../../protocol/identity/index.ts';
import type { Link, Platform } from '../platform.ts';
import { MAX_NODES, underRoot, type Profile } from '../profile.ts';
import { proveNode } from './node-identity.ts';
import { Requests } from './requests.ts';

export interface Session {
  readonly requests: Requests;
  readonly link: Link;
  /** The profile as this node's roster brings it up to date, the address that answered first. */
  readonly profile: Profile;
}

/** Tries the profile's nodes in order. Throws why the last one did not do, preferring a refusal to silence. */
export async function openSession(profile: Profile, platform: Platform): Promise<Session> {
  let failure = new ChanceryError('node.unreachable', 'no node of the organisation is known; enrol again');
  for (const address of profile.nodes) {
    try {
      return await openAt(address, profile, platform);
    } catch (error) {
      const reason = error instanceof ChanceryError ? error : unreachable(address, error);
      if (failure.code === 'node.unreachable') failure = reason;
    }
  }
  throw failure;
}

async function openAt(address: string, profile: Profile, platform: Platform): Promise<Session> {
  const link = await platform.transport.dial(address);
  try {
    const proven = await proveNode(link, profile.bundle, profile, platform);
    if (!proven.ok) throw ChanceryError.from(proven.refusal);
    const requests = new Requests(await link.open('device'), platform.after);
    return { requests, link, profile: upToDate(profile, address, proven.value) };
  } catch (error) {
    await link.close();
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
