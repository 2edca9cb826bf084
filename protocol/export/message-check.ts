/** Messages of an export, checked from their signers' certificates alone. */
import { toString } from 'uint8arrays/to-string';
import { decodeArchivedMessage } from '../archive/index.ts';
import type { CryptoSuite } from '../crypto/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { verifyChain } from '../identity/index.ts';
import { decodeMessage, verifyMessage, type SigningDevice, type VerifiedMessage } from '../message/index.ts';
import { parseSigner } from './signer.ts';

/** Seconds a device's clock may be behind its certificate's beginning, as nodes allow. */
const CLOCK_TOLERANCE_SECONDS = 600;

export interface SigningDeviceOfExport extends SigningDevice {
  readonly domain: string;
  readonly rootId: string;
  /** Seconds. */
  readonly window: { readonly from: number; readonly until: number };
}

/** The device on a line of the signers' file. Refuses with `export.damaged` or `certificate.*`. */
export function readSigner(line: string, suite: CryptoSuite): Result<SigningDeviceOfExport> {
  const signer = parseSigner(line);
  if (!signer.ok) return signer;
  const { chain, address, rootId: named } = signer.value;
  const path = verifyChain(chain, null, suite);
  if (!path.ok) return path;
  const { subject, publicKey, domain, rootId, window } = path.value;
  const [leaf] = chain;
  if (leaf === undefined || subject.kind !== 'device' || subject.address.text !== address || rootId !== named)
    return refuse('certificate.wrong-name', `its certificates are not those of a device of ${address}`);
  return accept({ hash: suite.sha256(leaf), publicKey, address, domain, rootId, window });
}

/**
 * The message in a content of the archive, signed by one of these devices (by the hex of their hashes) while it was
 * certified. `archived` in milliseconds. Refuses with `encoding.*`, `message.*`, `certificate.*` or `signature.invalid`.
 */
export function checkMessage(
  content: Uint8Array,
  archived: number,
  devices: ReadonlyMap<string, SigningDeviceOfExport>,
  suite: CryptoSuite,
): Result<VerifiedMessage> {
  const held = decodeArchivedMessage(content);
  if (!held.ok) return held;
  const message = decodeMessage(held.value.envelope, suite);
  if (!message.ok) return message;
  const device = devices.get(toString(message.value.device, 'hex'));
  if (device === undefined)
    return refuse('certificate.not-yet-known', 'the certificates of the device that signed it are missing');
  const signedAt = Math.floor(message.value.time / 1000);
  if (signedAt > device.window.until || signedAt < device.window.from - CLOCK_TOLERANCE_SECONDS)
    return refuse('certificate.expired', 'its device was not certified when it signed');
  return verifyMessage(message.value, device, archived, suite);
}
