/** Who looked at what is in an export, as JSON Lines: what the log records of it, in its order. */
import type { AccessRecord } from '../../protocol/archive/index.ts';
import { iso } from './exported-message.ts';

/** An access with the entry that records it, and when (milliseconds). */
export interface TrailEntry extends AccessRecord {
  readonly sequence: number;
  readonly time: number;
}

export function writeTrail(trail: readonly TrailEntry[]): string {
  return trail.map((one) => `${JSON.stringify(lineOf(one))}\n`).join('');
}

function lineOf({
  sequence,
  time,
  actor,
  device,
  action,
  part,
  purpose,
  case: name,
  query,
  entries,
}: TrailEntry): object {
  return {
    ...{ entry: sequence, time: iso(time), actor, device, action, part, purpose, case: name },
    ...{ query, entries },
  };
}
