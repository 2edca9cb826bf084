/**
 * Checkpoints of our own that were signed over a log which somebody had tampered with, and that an operator has disowned:
 * an admission, in the log for good, so that they stop it no more.
 */
import { concat } from 'uint8arrays/concat';
import { readCheckpoint, type Checkpoint } from '../../protocol/checkpoint/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { PRESENT, fact, put, type Fact } from './fact.ts';
import { encodeSequence } from './view-key.ts';
import type { RecordOf } from './records.ts';
import type { View, Views } from './view.ts';

type Head = Pick<Checkpoint, 'size' | 'root'>;

export function disownedFact(record: RecordOf<'disowned'>): Fact {
  return fact('disowned', record);
}

export const disownedView: View<'disowned'> = ({ said }, views) => [
  put(keyOf(views, valueOf(readCheckpoint(said.note))), PRESENT),
];

export function isDisowned(views: Views, head: Head): boolean {
  return views.get(keyOf(views, head)) !== undefined;
}

function keyOf({ keys }: Pick<Views, 'keys'>, { size, root }: Head): Uint8Array {
  return keys.disowned(concat([encodeSequence(size), root]));
}
