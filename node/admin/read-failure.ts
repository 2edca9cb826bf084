/** Reads what a node says that failed, back into an error. */
import { z } from 'zod';
import { ChanceryError, isCode } from '../../protocol/errors/index.ts';

const failureShape = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
});

/** What a node answered that failed; `undefined` if it is something else. */
export function fromFailure(body: unknown): ChanceryError | undefined {
  const parsed = failureShape.safeParse(body);
  if (!parsed.success) return undefined;
  const { code, message, facts } = parsed.data.error;
  return new ChanceryError(isCode(code) ? code : 'internal', message, { facts });
}
