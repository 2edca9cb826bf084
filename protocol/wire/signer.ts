/** Who wrote what a device is shown: the person as their organisation certified them, and the device that signed. */
import { z } from 'zod';
import { bytes, hash32, milliseconds } from '../encoding/index.ts';
import { LEVELS } from './identity-news.ts';

/** Who someone is and how that was verified: what is shown wherever a person is named. */
export const personShape = z.strictObject({
  address: z.string(),
  /** Display name as certified by the person's organisation. */
  name: z.string(),
  roles: z.array(z.string()),
  domain: z.string(),
  level: z.enum(LEVELS),
  /** When this organisation was first verified with this root, in milliseconds. */
  since: milliseconds,
});

/** A device that signed something in the same answer: its chain lets the receiver check the signature itself. */
export const signerShape = z.strictObject({
  device: hash32,
  person: personShape,
  rootId: z.string(),
  /** Device, issuer and root certificate (DER). */
  chain: z.array(bytes(2_048)).length(3),
});

export type Person = z.infer<typeof personShape>;
export type MessageSigner = z.infer<typeof signerShape>;
