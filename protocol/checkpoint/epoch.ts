/**
 * The epoch of a checkpoint: an extension line `epoch N` that counts the primaries of a log. The specification gives
 * extension lines no meaning; between partners this one has: a checkpoint of a lower epoch than was seen is of a primary
 * that was deposed, and is not taken.
 */
import type { Checkpoint } from './checkpoint.ts';

const EPOCH_LINE = /^epoch ([1-9][0-9]{0,14})$/;

/** What a checkpoint says of the epoch: nothing while there was but one primary. */
export function epochLines(epoch: number): string[] {
  return epoch === 0 ? [] : [`epoch ${epoch}`];
}

/** The epoch that a checkpoint names; 0 where it names none. */
export function epochOf({ extensions }: Pick<Checkpoint, 'extensions'>): number {
  const [named] = extensions.flatMap((line) => EPOCH_LINE.exec(line)?.[1] ?? []);
  return Number(named ?? 0);
}
