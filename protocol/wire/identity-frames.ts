/** The identity exchange: the dialer shows its bundle (or none, to enrol), the listener answers with its own. */
import { z } from 'zod';
import { bytes } from '../encoding/index.ts';
import { MAX_STRANGER_FRAME_BYTES } from './protocols.ts';
import { refusalShape } from './refusal.ts';

export const identityShape = z.strictObject({
  type: z.literal('identity'),
  v: z.literal(1),
  /** The encoded identity bundle, deflated; null from a device or node that has yet to enrol. */
  bundle: bytes(MAX_STRANGER_FRAME_BYTES).nullable(),
  /** Whether the speaker needs the other's handovers, because it knows another root. */
  handovers: z.boolean(),
});

export const identityAnswerShape = z.discriminatedUnion('type', [identityShape, refusalShape]);

export type IdentityFrame = z.infer<typeof identityShape>;
export type IdentityAnswer = z.infer<typeof identityAnswerShape>;
