/**
 * From decoded to verified: the signature is the named device's, and the device is the named sender's.
 * The certificate must already have been verified along its path and checked for revocation.
 */
import { equals } from 'uint8arrays/equals';
import type { CryptoSuite } from '../crypto/suite.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { MAX_CLOCK_AHEAD_MS } from './limits.ts';
import type { DecodedMessage } from './message.ts';

/** What of a verified device certificate a message is held against. */
export interface SigningDevice {
  /** SHA-256 of the certificate's DER. */
  readonly hash: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly address: string;
}

declare const verified: unique symbol;

/** A message whose signature and sender were checked. Only `verifyMessage` makes one. */
export type VerifiedMessage = DecodedMessage & { readonly [verified]: true };

/**
 * Checks sender, claimed time and signature, cheap before expensive. `now` is the checker's clock in milliseconds.
 * Refuses with `message.sender-mismatch`, `message.clock-skew`, `message.bad-parents` or `signature.invalid`.
 */
export function verifyMessage(
  message: DecodedMessage,
  device: SigningDevice,
  now: number,
  suite: CryptoSuite,
): Result<VerifiedMessage> {
  if (!equals(message.device, device.hash) || message.sender !== device.address) {
    return refuse(
      'message.sender-mismatch',
      `message names ${message.sender}, but its device belongs to ${device.address}`,
    );
  }
  if (message.time > now + MAX_CLOCK_AHEAD_MS) {
    return refuse(
      'message.clock-skew',
      'message is dated in the future; set the clock of the sending device',
    );
  }
  const hasDuplicate = message.parents.some((parent, index) =>
    message.parents.slice(index + 1).some((other) => equals(parent, other)),
  );
  if (hasDuplicate) return refuse('message.bad-parents', 'message names a parent twice');
  if (!suite.verifyEd25519(device.publicKey, message.signed, message.signature)) {
    return refuse(
      'signature.invalid',
      `message is not signed by the device of ${device.address} that it names`,
    );
  }
  return accept(message as VerifiedMessage);
}
