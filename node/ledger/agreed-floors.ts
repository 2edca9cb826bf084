/**
 * For how long two organisations keep what they exchange, as their agreements say: the larger of what either side signed.
 * Guarantees: where neither names a floor there is none; nothing of it shortens what a schedule says.
 */
import { readAgreement } from '../../protocol/statement/index.ts';
import type { RecordOf } from './records.ts';

/** In days; null where a side names none. */
export interface AgreedFloors {
  readonly ours: number | null;
  readonly theirs: number | null;
  /** The larger of the two; 0 where neither names one. */
  readonly days: number;
}

export const NO_FLOORS: AgreedFloors = { ours: null, theirs: null, days: 0 };

/** Every message asks, and an agreement is the same object until it is changed. */
const known = new WeakMap<RecordOf<'agreement'>, AgreedFloors>();

export function agreedFloors(agreement: RecordOf<'agreement'>): AgreedFloors {
  const found = known.get(agreement);
  if (found !== undefined) return found;
  const ours = floorIn(agreement.statement);
  const theirs = agreement.theirs === undefined ? null : floorIn(agreement.theirs.statement);
  const floors = { ours, theirs, days: Math.max(ours ?? 0, theirs ?? 0) };
  known.set(agreement, floors);
  return floors;
}

function floorIn(statement: Uint8Array): number | null {
  const read = readAgreement(statement);
  return read.ok ? (read.value.terms.retentionFloorDays ?? null) : null;
}
