/**
 * Data keys: what the messages of one conversation in one month are sealed under, wrapped in the log for whoever may open
 * them. Both kinds of wrap, under the window key and for an officer's device, are bound to what the key is of.
 */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';

/** The length of a data key's id, in bytes: random. */
export const DATA_KEY_ID_BYTES = 16;

/** What a data key is of. */
export interface DataKeyName {
  readonly id: Uint8Array;
  readonly conversation: Uint8Array;
  /** `YYYY-MM`, UTC. */
  readonly month: string;
}

/** What keys are agreed on for (HPKE's `info`). */
export const DATA_KEY_INFO: Uint8Array = fromString('chancery data key v1');

/** The associated data of a wrapped data key: id, conversation and month, the last alone of no fixed length. */
export function dataKeyContext({ id, conversation, month }: DataKeyName): Uint8Array {
  return concat([id, conversation, fromString(month)]);
}

/** The month in UTC of a time in milliseconds since 1970, as `YYYY-MM`. */
export function monthOf(time: number): string {
  const date = new Date(time); // its own text costs ten times as much, and every message asks
  const month = date.getUTCMonth() + 1;
  return `${date.getUTCFullYear()}-${month < 10 ? '0' : ''}${month}`;
}
