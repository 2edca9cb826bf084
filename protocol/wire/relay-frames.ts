/**
 * A gateway and its archive. The gateway opens a relay stream with one frame that says what it is for; after the
 * answer, the stream carries the frames of the relayed protocol unchanged. The gateway keeps nothing.
 */
import { z } from 'zod';
import { bytes } from '../encoding/index.ts';
import { MAX_STRANGER_FRAME_BYTES } from './protocols.ts';
import { refusalShape } from './refusal.ts';

const bundle = bytes(MAX_STRANGER_FRAME_BYTES);

export const relayRequestShape = z.discriminatedUnion('type', [
  /** Gateway to archive: may this peer, proven by Noise at the gateway, come in with this bundle? */
  z.strictObject({ type: z.literal('admit'), peer: z.string().max(64), bundle }),
  /** Gateway to archive: a stream of this peer's; its frames follow. A null bundle is a stranger that enrols. */
  z.strictObject({
    type: z.literal('open'),
    protocol: z.enum(['device', 'federation', 'witness', 'reconcile', 'enrolment']),
    peer: z.string().max(64),
    bundle: bundle.nullable(),
  }),
  /** Gateway to archive: the bundle to show for this gateway now. */
  z.strictObject({ type: z.literal('bundle') }),
  /** Archive to gateway: open a stream to one of these nodes of a partner; its frames follow. */
  z.strictObject({
    type: z.literal('dial'),
    protocol: z.enum(['federation', 'witness', 'reconcile']),
    domain: z.string().max(253),
    peers: z.array(z.string().max(64)).max(64),
    addresses: z.array(z.string().max(256)).max(64),
  }),
]);

export const relayAnswerShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('admitted') }),
  z.strictObject({ type: z.literal('opened'), peer: z.string().max(64), bundle: bundle.nullable() }),
  z.strictObject({ type: z.literal('bundle'), bundle }),
  refusalShape,
]);

export type RelayRequest = z.infer<typeof relayRequestShape>;
export type RelayAnswer = z.infer<typeof relayAnswerShape>;
