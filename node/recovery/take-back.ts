/**
 * Takes back into the archive what partners hold of a loss. Guarantees: each message passes the same checks as when it
 * first came, is archived once, and comes in the order that it had; its old position is gone, and its receipts with it.
 */
import { toString } from 'uint8arrays/to-string';
import { ChanceryError, type Code } from '../../protocol/errors/index.ts';
import type { HeldMessage } from '../federation/index.ts';
import type { Intake, Outcome, Source } from '../intake/index.ts';

export interface TakeBackOptions {
  readonly intake: Intake;
  /** By which rules a message is taken: as from its device, or as from the partner that sent it. Throws why it is not. */
  readonly sourceOf: (message: HeldMessage) => Source;
}

export interface TakenBack {
  /** In hex; where it was, and where it is now. */
  readonly id: string;
  readonly partner: string;
  readonly before: number;
  readonly now: number | null;
  /** Why it was not taken; null where it was. */
  readonly refused: { readonly code: Code; readonly message: string } | null;
}

/** One after the other: a message may need the one before it. */
export async function takeBack(
  held: readonly HeldMessage[],
  { intake, sourceOf }: TakeBackOptions,
): Promise<TakenBack[]> {
  const taken: TakenBack[] = [];
  const seen = new Set<string>();
  for (const message of held.toSorted((a, b) => a.position - b.position)) {
    const id = toString(message.id, 'hex');
    if (seen.has(id)) continue; // several partners received it
    seen.add(id);
    const { partner, position: before } = message;
    const outcome = await take(message, intake, sourceOf);
    taken.push(
      outcome.state === 'archived'
        ? { id, partner, before, now: outcome.sequence, refused: null }
        : {
            id,
            partner,
            before,
            now: null,
            refused: { code: outcome.refusal.code, message: outcome.refusal.message },
          },
    );
  }
  return taken;
}

async function take(
  message: HeldMessage,
  intake: Intake,
  sourceOf: TakeBackOptions['sourceOf'],
): Promise<Outcome> {
  const { id, envelope, at, sent } = message;
  try {
    const [outcome] = await intake.take([{ envelope, position: sent ? null : at }], sourceOf(message));
    if (outcome !== undefined) return outcome;
  } catch (error) {
    if (error instanceof ChanceryError) return { state: 'refused', id, refusal: error };
    throw error;
  }
  throw new ChanceryError('internal', 'a message was neither taken nor refused');
}
