/** What a receipt must be to count: an answer for exactly what was sent, within the checkpoint that it shows. */
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_FRAME_BYTES, federationAnswerShape, refusalOf } from '../../protocol/wire/index.ts';
import { byteName } from '../archive/index.ts';
import type { Outgoing } from '../ledger/index.ts';

/** The receipt in a frame. Throws what the partner refuses, or `encoding.*`. */
export function decodeAnswer(frame: Uint8Array): { number: number; receipt: Uint8Array } {
  const answer = decodeCbor(frame, MAX_FRAME_BYTES, federationAnswerShape, 'receipt');
  if (!answer.ok) throw ChanceryError.from(answer.refusal);
  if (answer.value.type === 'refused') throw ChanceryError.from(refusalOf(answer.value).refusal);
  if (answer.value.type !== 'receipt')
    throw new ChanceryError('encoding.malformed', 'the partner answered what was not asked');
  return answer.value;
}

/** A receipt must answer for exactly the messages of its bundle, or some would be lost without a trace. */
export function assertComplete(
  receipt: {
    archived: readonly (readonly [Uint8Array, number])[];
    refused: readonly (readonly [Uint8Array, ...unknown[]])[];
  },
  sent: readonly Outgoing[],
  partner: string,
): void {
  const answered = new Set([...receipt.archived, ...receipt.refused].map(([id]) => byteName(id)));
  if (answered.size !== sent.length || !sent.every(({ id }) => answered.has(byteName(id)))) {
    throw new ChanceryError(
      'encoding.malformed',
      `${partner} sent a receipt that is not about the bundle it got`,
    );
  }
}

/** What a receipt says to be archived must be within the checkpoint that it shows. */
export function assertCovered(
  archived: readonly (readonly [Uint8Array, number])[],
  size: number,
  partner: string,
): void {
  if (archived.some(([, position]) => position >= size))
    throw new ChanceryError(
      'checkpoint.malformed',
      `${partner} sent a receipt whose checkpoint does not cover what it says to have archived`,
    );
}
