/** That this device was revoked by its organisation and has destroyed what it held: the end of it. */
import { ChanceryError } from '../protocol/errors/index.ts';

/** Destroys what this device holds, once its organisation has revoked it. What is gone already is no fault. */
export interface Erasure {
  /** Messages and all else that the store kept; the store is closed. */
  contents(): Promise<void>;
  /** The key and the profile: the last thing the device does. */
  identity(): Promise<void>;
}

/** What everybody is told who still asks something of the device. */
export function wipedError(): ChanceryError {
  return new ChanceryError(
    'device.revoked',
    'this device was revoked by its organisation; its key and everything it held are destroyed',
    { facts: { wiped: true } },
  );
}

/** Whether an error is of this device's own making: what comes over the wire brings no facts. */
export function isWiped(error: unknown): boolean {
  return error instanceof ChanceryError && error.facts['wiped'] === true;
}
