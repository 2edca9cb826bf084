/** Who this device is: what enrolment left behind and every session starts from. Its text form is JSON. */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { z } from 'zod';
import { accept, refuse, type Result } from '../protocol/errors/index.ts';

/** Addresses of nodes that are kept. */
export const MAX_NODES = 64;

/** Roots of the organisation before the present one that are kept. */
const MAX_FORMER_ROOTS = 64;

const shape = z.strictObject({
  v: z.literal(1),
  address: z.string(),
  domain: z.string(),
  rootId: z.string(),
  formerRoots: z.array(z.string()).max(MAX_FORMER_ROOTS),
  nodes: z.array(z.string()).min(1).max(MAX_NODES),
  bundle: z.string(),
  rosterNumber: z.number().int().nonnegative(),
});

export interface Profile {
  /** The member's canonical address. */
  readonly address: string;
  readonly domain: string;
  /** The organisation's root, pinned at enrolment and followed since: a node under another one is not believed. */
  readonly rootId: string;
  /** The roots before it, oldest first, each of which handed over to the next: what was signed under them is shown. */
  readonly formerRoots: readonly string[];
  /** Multiaddrs with peer id. */
  readonly nodes: readonly string[];
  /** The identity bundle this device shows. */
  readonly bundle: Uint8Array;
  /** The highest roster seen: an older one is refused. */
  readonly rosterNumber: number;
}

export function formatProfile(profile: Profile): string {
  return `${JSON.stringify({ v: 1, ...profile, bundle: toString(profile.bundle, 'base64url') }, null, 2)}\n`;
}

/** Refuses with `config.invalid`. */
export function parseProfile(text: string): Result<Profile> {
  try {
    const { v: _version, bundle, ...profile } = shape.parse(JSON.parse(text));
    return accept({ ...profile, bundle: fromString(bundle, 'base64url') });
  } catch {
    return refuse('config.invalid', 'the profile of this device is damaged; enrol again in a new home');
  }
}

/** The profile under the root that took over from the one it has. */
export function underRoot(profile: Profile, rootId: string): Profile {
  if (rootId === profile.rootId) return profile;
  const formerRoots = [...profile.formerRoots, profile.rootId].slice(-MAX_FORMER_ROOTS);
  return { ...profile, rootId, formerRoots };
}
