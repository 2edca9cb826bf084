/**
 * Our private extension: what the organisation says of the node or member beside the name.
 * Canonical CBOR, so that it is signed in its one encoding.
 */
import { z } from 'zod';
import { decodeCbor, encodeCbor } from '../encoding/index.ts';
import { Rejected } from './rejected.ts';

export interface Details {
  /** The member's display name as the organisation verified it; null for a node. */
  readonly name: string | null;
  readonly roles: readonly string[];
}

const MAX_DETAILS_BYTES = 768;
const MAX_NAME_CHARACTERS = 128;
const MAX_ROLES = 16;

/** Control characters, line ends, and marks that turn the direction of what is shown beside the name. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

const shape = z.strictObject({
  v: z.literal(1),
  name: z
    .string()
    .refine(isShowableName, 'a name is empty, too long, or holds characters that cannot be shown')
    .nullable(),
  roles: z
    .array(z.string().refine(isRole, 'a role is not of 1 to 32 lower-case letters, digits and hyphens'))
    .max(MAX_ROLES)
    .refine((roles) => new Set(roles).size === roles.length, 'a role is there twice'),
});

/** Whether a certificate can carry a role: lower-case letters, digits and hyphens, at most 32, with a letter first. */
export function isRole(role: string): boolean {
  return /^[a-z][a-z0-9-]{0,31}$/.test(role);
}

/** Whether a certificate can carry a display name: 1 to 128 characters, none that would garble what is beside it. */
export function isShowableName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_NAME_CHARACTERS && !UNSHOWABLE.test(name);
}

export function encodeDetails({ name, roles }: Details): Uint8Array {
  return encodeCbor({ v: 1, name, roles });
}

export function decodeDetails(content: Uint8Array): Details {
  const decoded = decodeCbor(content, MAX_DETAILS_BYTES, shape, 'the certificate’s private extension');
  if (!decoded.ok) throw new Rejected('certificate.malformed', decoded.refusal.message);
  const { name, roles } = decoded.value;
  return { name, roles };
}
