/**
 * What a signer must be for a message to count: the same when the message comes in, and when the archive is verified
 * as of then.
 */
import { domainOf } from '../../protocol/conversation/index.ts';
import { refuse } from '../../protocol/errors/index.ts';
import type { DecodedMessage } from '../../protocol/message/index.ts';
import type { Revocation } from '../../protocol/statement/index.ts';
import type { KnownSigner } from '../ledger/index.ts';

type Refused = ReturnType<typeof refuse>;

/** What our own records say of the member who hands a message in. */
export interface OwnRules {
  readonly address: string;
  /** Of the device that hands it in. */
  readonly publicKey: Uint8Array;
  /** Why a certificate of ours (serial in hex) was revoked; undefined where it was not. */
  readonly revokedFor: (serial: string) => Revocation['reason'] | undefined;
}

/** What is agreed with the partner that a message comes from. */
export interface PartnerRules {
  readonly domain: string;
  /** The root that the partner's agreement names. */
  readonly rootId: string;
  /** What the partner's roster says of a certificate that it revokes (serial in hex). */
  readonly revocationOf: (serial: string) => Revocation | undefined;
}

/** Seconds a device's clock may be behind its certificate's beginning: it was issued by another clock. */
const CLOCK_TOLERANCE_SECONDS = 600;

/** A certificate signs what was written while it held. Refuses with `certificate.expired` or `certificate.not-yet-valid`. */
export function refuseUntimely(
  { address, window }: KnownSigner,
  { time }: DecodedMessage,
): Refused | undefined {
  const signedAt = Math.floor(time / 1000);
  if (signedAt > window.until) {
    return refuse('certificate.expired', `the certificate of the device of ${address} had expired; renew it`);
  }
  if (signedAt < window.from - CLOCK_TOLERANCE_SECONDS) {
    return refuse(
      'certificate.not-yet-valid',
      'the message is older than its device’s certificate; check its clock',
    );
  }
  return undefined;
}

/** A device may hand in its own messages only; under an earlier certificate of the same key, too. */
export function refuseForeign(
  signer: KnownSigner,
  { address, publicKey, revokedFor }: OwnRules,
  message: DecodedMessage,
): Refused | undefined {
  const own = signer.address === address && Buffer.compare(signer.publicKey, publicKey) === 0;
  if (!own || message.sender !== address) {
    return refuse(
      'message.sender-mismatch',
      `a device of ${address} may not hand in messages of ${message.sender}`,
    );
  }
  for (const reason of signer.serials.map(revokedFor)) {
    if (reason === 'superseded') {
      return refuse('certificate.superseded', 'signed under a certificate that was replaced; write it again');
    }
    if (reason !== undefined) {
      return refuse('device.revoked', `signed under a certificate of ${address} that was revoked`);
    }
  }
  return undefined;
}

/** A partner may hand in messages of its own people only, under the root its agreement names. */
export function refuseStranger(
  signer: KnownSigner,
  { domain, rootId, revocationOf }: PartnerRules,
  message: DecodedMessage,
): Refused | undefined {
  if (signer.domain !== domain || domainOf(message.sender) !== domain) {
    return refuse('message.sender-mismatch', `${domain} may not hand in messages of ${message.sender}`);
  }
  if (signer.rootId !== rootId) {
    return refuse(
      'identity.root-mismatch',
      `the device of ${signer.address} is certified under another root`,
    );
  }
  for (const serial of signer.serials) {
    const refusal = refuseRevoked(revocationOf(serial), signer, message);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** One that was superseded goes on to vouch for what was signed before; every other revocation counts for all. */
function refuseRevoked(
  revocation: Revocation | undefined,
  { address, domain }: KnownSigner,
  { time }: DecodedMessage,
): Refused | undefined {
  if (revocation === undefined) return undefined;
  switch (revocation.reason) {
    case 'certificate-hold':
      return refuse('member.suspended', `${address} is suspended by ${domain}`);
    case 'superseded':
      return time < (revocation.at + 1) * 1000
        ? undefined
        : refuse('certificate.superseded', `${address} signed under a certificate that was replaced`);
    default:
      return refuse('device.revoked', `the device of ${address} was revoked by ${domain}`);
  }
}
