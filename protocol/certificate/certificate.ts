/**
 * An X.509 certificate (RFC 5280) as Chancery issues it: version 3, Ed25519, one common name, at most 2 KiB.
 * Guarantees: what parses is DER to the last byte, and every field is of one form. What it is worth is for
 * `verifyPath` to say.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { isUsableKey } from '../crypto/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { contextTag, element, objectIdentifier, sequence, TAG, utf8String } from './der.ts';
import { DerReader } from './der-reader.ts';
import { readExtensions, type Extensions } from './extensions.ts';
import { ED25519 } from './key.ts';
import { malformed, refusalOf, Rejected } from './rejected.ts';

/** Bytes of a certificate. */
const MAX_CERTIFICATE_BYTES = 2_048;

/** Bytes of a serial number (RFC 5280, 4.1.2.2). */
const MAX_SERIAL_BYTES = 20;

const SIGNATURE_BYTES = 64;
const COMMON_NAME = objectIdentifier('2.5.4.3');
const VERSION = contextTag(0, true);
const EXTENSIONS = contextTag(3, true);
const V3 = 2;

/** A distinguished name of one common name. */
interface Name {
  readonly commonName: string;
  /** The exact bytes, which chaining compares. */
  readonly der: Uint8Array;
}

export interface Certificate extends Extensions {
  readonly der: Uint8Array;
  /** The exact bytes that are signed. */
  readonly tbs: Uint8Array;
  /** Lower-case hex, without leading zero bytes. */
  readonly serial: string;
  readonly subject: Name;
  readonly issuer: Name;
  /** Raw Ed25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Seconds since 1970; both ends belong to the validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** The DER of a Name with this common name. */
export function encodeName(commonName: string): Uint8Array {
  return sequence(element(TAG.SET, sequence(COMMON_NAME, utf8String(commonName))));
}

/**
 * Parses a certificate. Never throws. Refuses with `certificate.too-large`, `certificate.malformed`,
 * `certificate.bad-algorithm`, `certificate.key-usage` or `certificate.unknown-critical`.
 */
export function parseCertificate(der: Uint8Array): Result<Certificate> {
  if (der.length > MAX_CERTIFICATE_BYTES) {
    const limit = MAX_CERTIFICATE_BYTES;
    return refuse(
      'certificate.too-large',
      `a certificate has ${der.length} bytes; at most ${limit} are accepted`,
    );
  }
  try {
    return accept(readCertificate(der));
  } catch (thrown) {
    return refusalOf(thrown);
  }
}

function readCertificate(der: Uint8Array): Certificate {
  const input = new DerReader(der);
  const fields = input.enter();
  input.end();
  const tbs = fields.next(TAG.SEQUENCE);
  readAlgorithm(fields);
  const signature = fields.wholeBits();
  fields.end();
  if (signature.length !== SIGNATURE_BYTES) throw malformed('the signature has a wrong size');
  return { der, tbs: tbs.der, signature, ...readTbs(new DerReader(tbs.content)) };
}

function readTbs(fields: DerReader): Omit<Certificate, 'der' | 'tbs' | 'signature'> {
  const version = fields.enter(VERSION);
  if (!equals(version.integer(), Uint8Array.of(V3))) throw malformed('the certificate is not of version 3');
  version.end();
  const serial = fields.integer();
  if (serial.length < 1 || serial.length > MAX_SERIAL_BYTES)
    throw malformed('the serial number has a wrong size');
  readAlgorithm(fields);
  const issuer = readName(fields);
  const validity = fields.enter();
  const notBefore = validity.time();
  const notAfter = validity.time();
  validity.end();
  const subject = readName(fields);
  const publicKey = readSpki(fields.enter());
  const extensions = fields.enter(EXTENSIONS);
  const list = extensions.enter();
  extensions.end();
  fields.end();
  return {
    serial: toString(serial, 'hex'),
    issuer,
    notBefore,
    notAfter,
    subject,
    publicKey,
    ...readExtensions(list),
  };
}

function readAlgorithm(fields: DerReader): void {
  if (!equals(fields.next(TAG.SEQUENCE).der, ED25519)) {
    throw new Rejected(
      'certificate.bad-algorithm',
      'the certificate uses another algorithm than Ed25519; issue it anew',
    );
  }
}

function readSpki(fields: DerReader): Uint8Array {
  readAlgorithm(fields);
  const publicKey = fields.wholeBits();
  fields.end();
  if (!isUsableKey(publicKey))
    throw malformed('the public key has a wrong size, or anyone could sign under it');
  return publicKey;
}

function readName(fields: DerReader): Name {
  const { der, content } = fields.next(TAG.SEQUENCE);
  const names = new DerReader(content);
  const set = names.enter(TAG.SET);
  names.end();
  const attribute = set.enter();
  set.end();
  if (!equals(attribute.next(TAG.OBJECT_IDENTIFIER).der, COMMON_NAME)) {
    throw malformed('a name does not consist of one common name');
  }
  const commonName = attribute.utf8();
  attribute.end();
  if (commonName === '') throw malformed('a common name is empty');
  return { commonName, der };
}
