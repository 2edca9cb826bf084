/** Puts a certificate together and has it signed; what goes into it is for `issue.ts` to decide. */
import { ChanceryError } from '../errors/index.ts';
import type { Signer } from '../crypto/suite.ts';
import { bitString, contextTag, element, integer, sequence, time } from './der.ts';
import { ED25519, encodeSpki } from './key.ts';

export interface Template {
  /** Big-endian, positive. */
  readonly serial: Uint8Array;
  /** DER of the names. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Raw Ed25519 key. */
  readonly publicKey: Uint8Array;
  /** DER of each extension, in order. */
  readonly extensions: readonly Uint8Array[];
}

const VERSION_3 = element(contextTag(0, true), integer(Uint8Array.of(2)));
const EXTENSIONS = contextTag(3, true);

/** DER of the signed certificate (RFC 5280, section 4.1). Throws what the signer throws. */
export async function signCertificate(template: Template, signer: Signer): Promise<Uint8Array> {
  const { serial, issuer, subject, notBefore, notAfter, publicKey, extensions } = template;
  const tbs = sequence(
    VERSION_3,
    integer(serial),
    ED25519,
    issuer,
    sequence(time(notBefore), time(notAfter)),
    subject,
    encodeSpki(publicKey),
    element(EXTENSIONS, sequence(...extensions)),
  );
  const signature = await signer.sign(tbs);
  if (signature.length !== 64) {
    throw new ChanceryError('internal', 'the signer returned no Ed25519 signature; check the key store');
  }
  return assembleCertificate(tbs, signature);
}

/** The certificate, or list, of what was signed (DER of a TBSCertificate or TBSCertList) and its signature (64 bytes), wherever that was made. */
export function assembleCertificate(tbs: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(tbs, ED25519, bitString(signature));
}
