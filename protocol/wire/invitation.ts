/**
 * An invitation: everything a new device or node needs, in one string a person can paste.
 * It carries the root's id, so that the newcomer knows it reached the right organisation before it shows the code.
 */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { z } from 'zod';
import { decodeCbor, encodeCbor } from '../encoding/index.ts';
import { refuse, type Result } from '../errors/index.ts';

const PREFIX = 'chancery-invitation:';
const MAX_INVITATION_BYTES = 4_096;

const shape = z.strictObject({
  v: z.literal(1),
  domain: z.string().max(253),
  rootId: z.string().max(64),
  /** The member's address; null for a node. */
  address: z.string().max(320).nullable(),
  code: z.string().max(64),
  /** Multiaddrs with peer id. */
  nodes: z.array(z.string().max(256)).max(16),
});

export type Invitation = Omit<z.infer<typeof shape>, 'v'>;

export function formatInvitation(invitation: Invitation): string {
  return PREFIX + toString(encodeCbor({ v: 1, ...invitation }), 'base64url');
}

/** Refuses with `request.invalid` or an `encoding.*` code. */
export function parseInvitation(text: string): Result<Invitation> {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX) || trimmed.length > 2 * MAX_INVITATION_BYTES) {
    return refuse('request.invalid', `not an invitation; it starts with ${PREFIX}`);
  }
  let bytes: Uint8Array;
  try {
    bytes = fromString(trimmed.slice(PREFIX.length), 'base64url');
  } catch {
    return refuse('request.invalid', 'the invitation is damaged; copy it again whole');
  }
  return decodeCbor(bytes, MAX_INVITATION_BYTES, shape, 'invitation');
}
