/**
 * Takes back into the archive what partners hold of a loss. Guarantees: each message passes the same checks as when it
 * first came, with the file that it brought along, is archived once, and comes in the order that it had; its old position is
 * gone, and its receipts with it.
 */
import { toString } from 'uint8arrays/to-string';
import { ChanceryError, type Code, type Result } from '../../protocol/errors/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import type { HeldFileWanted, HeldMessage } from '../federation/index.ts';
import { fileSourceOf, type Intake, type Outcome, type Source } from '../intake/index.ts';

export interface TakeBackOptions {
  readonly intake: Intake;
  /** By which rules a message is taken: as from its device, or as from the partner that sent it. Throws why it is not. */
  readonly sourceOf: (message: HeldMessage) => Source;
  readonly suite: CryptoSuite;
  /** Has the file of a message from the partner that holds it, to where files wait in the name of a source. */
  readonly askFile: (wanted: HeldFileWanted) => Promise<Result<void>>;
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
export async function takeBack(held: readonly HeldMessage[], options: TakeBackOptions): Promise<TakenBack[]> {
  const taken: TakenBack[] = [];
  const seen = new Set<string>();
  for (const message of held.toSorted((a, b) => a.position - b.position)) {
    const id = toString(message.id, 'hex');
    if (seen.has(id)) continue; // several partners received it
    const { partner, position: before } = message;
    const outcome = await take(message, options);
    if (outcome.state === 'archived') seen.add(id);
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

async function take(message: HeldMessage, options: TakeBackOptions): Promise<Outcome> {
  const { id, envelope, at, sent } = message;
  try {
    const source = options.sourceOf(message);
    const asked = await fetchFile(message, source, options);
    if (asked?.ok === false) return { state: 'refused', id, refusal: asked.refusal };
    const [outcome] = await options.intake.take([{ envelope, position: sent ? null : at }], source);
    if (outcome !== undefined) return outcome;
  } catch (error) {
    if (error instanceof ChanceryError) return { state: 'refused', id, refusal: error };
    throw error;
  }
  throw new ChanceryError('internal', 'a message was neither taken nor refused');
}

/** Undefined where the message brought none along. */
async function fetchFile(
  { id, envelope, partner }: HeldMessage,
  source: Source,
  { suite, askFile }: TakeBackOptions,
): Promise<Result<void> | undefined> {
  const decoded = decodeMessage(envelope, suite);
  if (!decoded.ok || decoded.value.content.kind !== 'attachment') return undefined;
  const { file } = decoded.value.content;
  return askFile({ partner, message: id, file, source: fileSourceOf(source) });
}
