/** What keys are called in the store. */
import { toString } from 'uint8arrays/to-string';

/** The names a role's key may have: the first key of a role has the role's, later ones the beginning of their public key besides. */
export function keyNamesOf(role: string, publicKey: Uint8Array): readonly [string, string] {
  return [`${role}-${toString(publicKey.subarray(0, 4), 'hex')}`, role];
}
