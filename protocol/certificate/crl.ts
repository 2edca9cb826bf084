/**
 * The list of revoked certificates as the rest of the world reads it: an X.509 CRL of version 2 (RFC 5280, section 5).
 * It is an export for others' tools; among ourselves the roster counts, from which it is made.
 */
import { fromString } from 'uint8arrays/from-string';
import { equals } from 'uint8arrays/equals';
import type { Signer } from '../crypto/suite.ts';
import { ChanceryError } from '../errors/index.ts';
import type { Certificate } from './certificate.ts';
import { contextTag, element, integer, sequence, TAG, time } from './der.ts';
import { authorityKeyIdExtension, encodeExtension } from './extensions.ts';
import { ED25519 } from './key.ts';
import { assembleCertificate } from './sign.ts';

/** Why, as the code of RFC 5280, 5.3.1; an unspecified reason is left out, as is asked there. */
const REASON_CODES = {
  unspecified: null,
  'key-compromise': 1,
  'affiliation-changed': 3,
  superseded: 4,
  cessation: 5,
  'certificate-hold': 6,
} as const;

interface Revoked {
  /** Lower-case hex. */
  readonly serial: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly reason: keyof typeof REASON_CODES;
}

export interface CrlRequest {
  /** The certificate of the signer's key, which issued what is revoked. */
  readonly issuer: Certificate;
  readonly signer: Signer;
  /** Rises with each list of the issuer. */
  readonly number: number;
  /** Seconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly revoked: readonly Revoked[];
}

const VERSION_2 = integer(Uint8Array.of(1));
const CRL_NUMBER = '2.5.29.20';
const REASON = '2.5.29.21';

/** DER of the signed list. Throws `identity.key-mismatch` or `certificate.key-usage` where the issuer cannot sign it. */
export async function issueCrl(request: CrlRequest): Promise<Uint8Array> {
  const { issuer, signer, number, thisUpdate, nextUpdate, revoked } = request;
  if (!equals(issuer.publicKey, signer.publicKey)) {
    throw new ChanceryError(
      'identity.key-mismatch',
      'the key at hand is not the issuer’s; take the issuer’s',
    );
  }
  if (!issuer.keyUsage.includes('cRLSign') || issuer.ski === null) {
    throw new ChanceryError(
      'certificate.key-usage',
      'the certificate at hand signs no list; take the issuer’s',
    );
  }
  const extensions = sequence(
    authorityKeyIdExtension(issuer.ski),
    encodeExtension(CRL_NUMBER, false, integer(bigEndian(number))),
  );
  const tbs = sequence(
    VERSION_2,
    ED25519,
    issuer.subject.der,
    time(thisUpdate),
    time(nextUpdate),
    ...(revoked.length === 0 ? [] : [sequence(...revoked.map(encodeEntry))]),
    element(contextTag(0, true), extensions),
  );
  return assembleCertificate(tbs, await signer.sign(tbs));
}

function encodeEntry({ serial, at, reason }: Revoked): Uint8Array {
  const code = REASON_CODES[reason];
  const why = code === null ? [] : [sequence(encodeExtension(REASON, false, enumerated(code)))];
  return sequence(integer(fromString(serial, 'hex')), time(at), ...why);
}

function enumerated(value: number): Uint8Array {
  return element(TAG.ENUMERATED, Uint8Array.of(value));
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_byte, at) => Math.floor(value / 256 ** (7 - at)) % 256);
}
