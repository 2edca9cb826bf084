/**
 * Our own log held against what partners show of it: a checkpoint that we signed, and that the log does not contain, means
 * that it was set back or forked. Guarantees: a partner's word alone stops nothing, our own signature is needed; once
 * stopped nothing is appended, over restarts as well, until the log contains again what was signed, or an operator has
 * disowned it: said, for the record, that it was signed over a log that somebody had tampered with. What a partner has
 * cosigned cannot be disowned.
 */
import { equals } from 'uint8arrays/equals';
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  openCheckpoint,
  parseNote,
  readCheckpoint,
  type Checkpoint,
} from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, refuse, valueOf, type Refusal } from '../../protocol/errors/index.ts';
import type { ArchiveLog } from '../archive/index.ts';

/** That an operator accepted that the entries are lost: from the next start on the log goes on without them. */
const acceptedShape = z.strictObject({
  /** How many entries were left, and how many there had been as far as anybody can show. */
  size: z.number(),
  until: z.number(),
  shown: z.array(z.strictObject({ partner: z.string(), note: z.string() })),
  actor: z.string(),
  reason: z.string(),
});

export type AcceptedLoss = z.infer<typeof acceptedShape>;

const haltShape = z.strictObject({
  v: z.literal(1),
  code: z.enum(['archive.rolled-back', 'archive.forked']),
  /** When it was found, in milliseconds, and by what: the partner, and our own checkpoint that it showed. */
  time: z.number(),
  partner: z.string(),
  checkpoint: z.string(),
  /** How many entries the log had then. */
  size: z.number(),
  accepted: acceptedShape.nullable(),
  /** Who declared that the checkpoint was signed over a log that was tampered with, and why; null while nobody did. */
  disowned: z.strictObject({ actor: z.string(), reason: z.string(), time: z.number() }).nullable(),
});

/** Why the log is stopped, and what proves it. */
export type Halt = z.infer<typeof haltShape>;

/** What is kept outside the log while the log cannot be written. */
export interface HaltStore {
  read(): Promise<string | undefined>;
  /** Durable when it resolves. */
  write(text: string): Promise<void>;
  clear(): Promise<void>;
}

/** `unproven`: it is not signed by us. */
export type Verdict = 'contained' | 'unproven' | Halt['code'];

export interface OwnLogOptions {
  readonly log: ArchiveLog;
  readonly origin: string;
  /** Our statement key: raw Ed25519. It is the same in every certificate that it ever had. */
  readonly publicKey: () => Uint8Array;
  /** Losses that were accepted and recorded before. */
  readonly losses: readonly Pick<AcceptedLoss, 'size' | 'until'>[];
  readonly store: HaltStore;
  /** Whether a checkpoint of ours was disowned, as the log has it. */
  readonly isDisowned: (checkpoint: Pick<Checkpoint, 'size' | 'root'>) => boolean;
  readonly suite: CryptoSuite;
  readonly clock: () => number;
  readonly logger: Logger;
}

export class OwnLog {
  readonly #options: OwnLogOptions;
  /** What had stopped the log before it was restored; to be recorded in it. */
  readonly restored: Halt | undefined;

  private constructor(options: OwnLogOptions, restored: Halt | undefined) {
    this.#options = options;
    this.restored = restored;
  }

  /** Looks whether the log was stopped before, and whether it contains again what it lacked then. Throws `archive.damaged`. */
  static async open(options: OwnLogOptions): Promise<OwnLog> {
    const kept = await options.store.read();
    if (kept === undefined) return new OwnLog(options, undefined);
    const halt = readHalt(kept);
    const own = new OwnLog(options, undefined);
    const verdict = own.#held(valueOf(readCheckpoint(halt.checkpoint)));
    // an acceptance is of the log as it was then: one that was restored since is judged anew
    const sizes = [options.log.size, ...options.losses.map(({ size }) => size)];
    const isSettled = sizes.includes(halt.accepted?.size ?? -1) || halt.disowned !== null;
    if (verdict === 'contained' || isSettled) return new OwnLog(options, halt);
    own.#stop({ ...halt, code: verdict, size: options.log.size });
    return own;
  }

  /**
   * Declares that the checkpoint which stopped the log was signed over one that was tampered with: from the next start on
   * it stops nothing. Throws `request.invalid` where nothing is stopped, or a partner has cosigned it.
   */
  async disown(actor: string, reason: string): Promise<Halt> {
    const { store, clock } = this.#options;
    const kept = await store.read();
    if (kept === undefined) throw new ChanceryError('request.invalid', 'no checkpoint of ours stops the log');
    const halt: Halt = { ...readHalt(kept), disowned: { actor, reason, time: clock() } };
    const { signatures } = valueOf(parseNote(halt.checkpoint));
    if (signatures.length > 1) {
      const message = `${halt.partner} has cosigned that checkpoint: restore the log that it is of, from a replica or a backup`;
      throw new ChanceryError('request.invalid', message);
    }
    await store.write(`${JSON.stringify(halt, null, 2)}\n`);
    return halt;
  }

  /** Forgets what had stopped the log, once that is recorded in it. */
  async settle(): Promise<void> {
    await this.#options.store.clear();
  }

  /** Judges what a partner shows as a checkpoint of ours, and stops the log where it does not contain it. */
  async confront(partner: string, note: string): Promise<Verdict> {
    const { log, origin, publicKey, suite, store, clock, logger } = this.#options;
    const opened = openCheckpoint(note, origin, publicKey(), suite);
    if (!opened.ok) {
      const { code, message } = opened.refusal;
      logger.warn({ partner, code }, `${partner} shows what is no checkpoint of ours: ${message}`);
      return 'unproven';
    }
    const verdict = this.#held(opened.value);
    if (verdict === 'contained' || log.stopped !== undefined) return verdict;
    const { note: checkpoint } = opened.value;
    const halt: Halt = {
      v: 1,
      code: verdict,
      time: clock(),
      partner,
      checkpoint,
      size: log.size,
      accepted: null,
      disowned: null,
    };
    this.#stop(halt);
    await store.write(`${JSON.stringify(halt, null, 2)}\n`);
    return verdict;
  }

  /**
   * Notes that an operator accepts the loss for which the log is stopped: from the next start on it goes on. Returns up to
   * which size that counts, which is at least that of the checkpoint that stopped it.
   */
  async accept(accepted: AcceptedLoss): Promise<number> {
    const { store } = this.#options;
    const kept = await store.read();
    if (kept === undefined)
      throw new ChanceryError('request.invalid', 'the archive is not stopped for a loss');
    const halt = readHalt(kept);
    const until = Math.max(accepted.until, valueOf(readCheckpoint(halt.checkpoint)).size);
    const known = accepted.shown.some(({ partner }) => partner === halt.partner);
    const shown = known
      ? accepted.shown
      : [{ partner: halt.partner, note: halt.checkpoint }, ...accepted.shown];
    await store.write(`${JSON.stringify({ ...halt, accepted: { ...accepted, until, shown } }, null, 2)}\n`);
    return until;
  }

  #held({ size, root }: Checkpoint): Exclude<Verdict, 'unproven'> {
    const { log, losses, isDisowned } = this.#options;
    if (this.#disowns({ size, root }) || isDisowned({ size, root })) return 'contained';
    const accepted = [...losses, ...(this.restored?.accepted ? [this.restored.accepted] : [])];
    if (accepted.some((loss) => size > loss.size && size <= loss.until)) return 'contained';
    if (size > log.size) return 'archive.rolled-back';
    return equals(log.rootAt(size), root) ? 'contained' : 'archive.forked';
  }

  /** What was disowned before this start, and is still to be recorded. */
  #disowns({ size, root }: Pick<Checkpoint, 'size' | 'root'>): boolean {
    if (this.restored === undefined || this.restored.disowned === null) return false;
    const disowned = valueOf(readCheckpoint(this.restored.checkpoint));
    return disowned.size === size && equals(disowned.root, root);
  }

  #stop(halt: Halt): void {
    const { log, logger } = this.#options;
    const reason = reasonOf(halt);
    log.stopAppending(reason);
    logger.error({ alarm: true, code: reason.code, ...reason.facts }, reason.message);
  }
}

function reasonOf({ code, partner, checkpoint, size }: Halt): Refusal {
  const shown = valueOf(readCheckpoint(checkpoint)).size;
  const what =
    code === 'archive.rolled-back'
      ? `the archive has ${size} entries, but ${partner} holds its checkpoint of ${shown}: it was set back`
      : `the archive is another than the one whose checkpoint of ${shown} entries ${partner} holds: it was forked`;
  const next = 'nothing is appended; restore it from a replica or a backup, then start the node again';
  return refuse(code, `${what}. ${next}`, { partner, size, shown }).refusal;
}

function readHalt(text: string): Halt {
  try {
    return haltShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new ChanceryError(
      'archive.damaged',
      'the note beside the archive of why it was stopped cannot be read; move it away to judge the archive anew',
      { cause },
    );
  }
}
