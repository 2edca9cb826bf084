/**
 * Random samples that anybody with the seed can draw again: whether a message is drawn rests on the seed, the rule and the
 * message's id alone, so neither who writes nor who reviews can choose.
 */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import type { Sha256 } from '../crypto/index.ts';

/** Whether a message, by its id, is in a sample of a share (0 to 1). */
export type Draw = (id: Uint8Array, share: number) => boolean;

const BYTES = 6;

export function drawFor(rule: string, seed: string, sha256: Sha256): Draw {
  const prefix = fromString(`chancery/sample/v1\0${seed}\0${rule}\0`);
  return (id, share) => {
    const drawn = sha256(concat([prefix, id]));
    let number = 0;
    for (const byte of drawn.subarray(0, BYTES)) number = number * 256 + byte;
    return number < share * 256 ** BYTES;
  };
}
