/** A refusal as it crosses the wire. A code of a newer program is kept as text, and counts as `internal` here. */
import { z } from 'zod';
import { isCode, refuse, type Refusal } from '../errors/index.ts';

export const refusalShape = z.strictObject({
  type: z.literal('refused'),
  code: z.string().max(64),
  message: z.string().max(512),
});

export type RefusalFrame = z.infer<typeof refusalShape>;

export function refusalFrame(refusal: Pick<Refusal, 'code' | 'message'>): RefusalFrame {
  return { type: 'refused', code: refusal.code, message: refusal.message.slice(0, 512) };
}

export function refusalOf(frame: Pick<RefusalFrame, 'code' | 'message'>): { ok: false; refusal: Refusal } {
  return isCode(frame.code)
    ? refuse(frame.code, frame.message)
    : refuse('internal', `${frame.message} (${frame.code})`);
}
