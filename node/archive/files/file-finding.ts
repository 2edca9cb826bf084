/** What is wrong with a file of the database, and whose keys lie there. */
import { partsBetween } from '../keys.ts';

/** From a key on, or after it, to a key, both as they are in the database. */
export interface KeySpan {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export interface FileFinding {
  readonly file: string;
  readonly problem: string;
  /** The keys that may be lost or changed. */
  readonly span: KeySpan;
}

/** What lies in a span, for a person: sequence numbers of the log, tiles, views. */
export function spanText({ from, to }: KeySpan): string {
  return partsBetween(from, to)
    .map(({ what, first, last }) => {
      if (first === undefined) return what;
      return last === undefined ? `${what} from ${first} on` : `${what} ${first} to ${last}`;
    })
    .join(', ');
}
