/** Who this device is: what enrolment left behind and every session starts from. Its text form is JSON. */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { z } from 'zod';
import { accept, refuse, type Result } from '../protocol/errors/index.ts';

/** Addresses of nodes that are kept. */
export const MAX_NODES = 64;

const shape = z.strictObject({
  v: z.literal(1),
  address: z.string(),
  domain: z.string(),
  rootId: z.string(),
  nodes: z.array(z.string()).min(1).max(MAX_NODES),
  bundle: z.string(),
  rosterNumber: z.number().int().nonnegative(),
});

export interface Profile {
  /** The member's canonical address. */
  readonly address: string;
  readonly domain: string;
  /** The organisation's root, pinned at enrolment: a node under another one is not believed. */
  readonly rootId: string;
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
    const { address, domain, rootId, nodes, bundle, rosterNumber } = shape.parse(JSON.parse(text));
    return accept({ address, domain, rootId, nodes, rosterNumber, bundle: fromString(bundle, 'base64url') });
  } catch {
    return refuse('config.invalid', 'the profile of this device is damaged; enrol again in a new home');
  }
}
