/**
 * The extensions of a certificate: which there are, whether they are critical, and how each is written and read.
 * Guarantees: none appears twice, none differs from its one criticality, and an unknown critical one is refused.
 */
import {
  encodeAlternativeNames,
  encodeNameConstraints,
  readAlternativeNames,
  readNameConstraints,
  type AlternativeNames,
} from './alternative-names.ts';
import { contextTag, element, integer, objectIdentifier, octetString, sequence, TAG } from './der.ts';
import type { DerReader } from './der-reader.ts';
import { decodeDetails, encodeDetails, type Details } from './details.ts';
import { encodeKeyUsage, readKeyUsage, type KeyUsage } from './key-usage.ts';
import { malformed, Rejected } from './rejected.ts';

/** Our private extension, under a UUID of our own (ITU-T X.667): a UUID needs nobody's registration. */
const DETAILS_OID = `2.25.${BigInt('0x6f1c2f1e9c4b4d0f8a5e3b7d21c6a904')}`;

/** Critical or not, it limits a certificate to purposes (RFC 5280, 4.2.1.12), and none of those there are is ours. */
const EXTENDED_KEY_USAGE = '2.5.29.37';

/** Bytes of a key identifier: 20 of ours, and at most those of a whole hash. */
const MAX_KEY_ID_BYTES = 32;

const KEY_ID = contextTag(0, false);
const TRUE = element(TAG.BOOLEAN, Uint8Array.of(0xff));

export interface Extensions {
  readonly isCa: boolean;
  /** CAs that may follow below; null where there is no limit. */
  readonly pathLen: number | null;
  readonly keyUsage: readonly KeyUsage[];
  /** Key identifiers of the subject's key and of the issuer's, RFC 5280, 4.2.1.1 and 4.2.1.2. */
  readonly ski: Uint8Array | null;
  readonly aki: Uint8Array | null;
  readonly sans: AlternativeNames;
  readonly nameConstraints: AlternativeNames | null;
  readonly details: Details | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Known {
  readonly critical: boolean;
  readonly read: (value: DerReader, into: Mutable<Extensions>) => void;
}

const KNOWN: Readonly<Record<string, Known>> = {
  '2.5.29.14': {
    critical: false,
    read: (value, into) => (into.ski = keyId(value.next(TAG.OCTET_STRING).content)),
  },
  '2.5.29.15': { critical: true, read: (value, into) => (into.keyUsage = readKeyUsage(value)) },
  '2.5.29.17': { critical: false, read: (value, into) => (into.sans = readAlternativeNames(value)) },
  '2.5.29.19': { critical: true, read: readBasicConstraints },
  '2.5.29.30': { critical: true, read: (value, into) => (into.nameConstraints = readNameConstraints(value)) },
  '2.5.29.35': { critical: false, read: readAuthorityKeyId },
  [DETAILS_OID]: {
    critical: false,
    read: (value, into) => (into.details = decodeDetails(value.next(TAG.OCTET_STRING).content)),
  },
};

/** Reads the list of extensions. Throws `Rejected` with `certificate.malformed`, `certificate.key-usage` or `certificate.unknown-critical`. */
export function readExtensions(list: DerReader): Extensions {
  const extensions: Mutable<Extensions> = {
    isCa: false,
    pathLen: null,
    keyUsage: [],
    ski: null,
    aki: null,
    sans: { dns: [], email: [], uri: [] },
    nameConstraints: null,
    details: null,
  };
  const seen = new Set<string>();
  while (!list.done) {
    const fields = list.enter();
    const oid = fields.objectIdentifier();
    const critical = fields.defaultFalse();
    const value = fields.enter(TAG.OCTET_STRING);
    fields.end();
    if (seen.has(oid)) throw malformed(`the extension ${oid} is there twice`);
    seen.add(oid);
    if (oid === EXTENDED_KEY_USAGE) {
      const message = 'the certificate is for other purposes (extended key usage); issue it anew';
      throw new Rejected('certificate.key-usage', message);
    }
    const known = Object.hasOwn(KNOWN, oid) ? KNOWN[oid] : undefined;
    if (known === undefined) {
      if (critical) {
        const message = `the certificate has the critical extension ${oid}, which this program does not know`;
        throw new Rejected('certificate.unknown-critical', message);
      }
      continue;
    }
    if (critical !== known.critical) {
      throw malformed(`the extension ${oid} must ${known.critical ? '' : 'not '}be critical`);
    }
    known.read(value, extensions);
    value.end();
  }
  return extensions;
}

/** An extension by its identifier; `value` is the DER of its content. */
export function encodeExtension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  const fields = critical ? [TRUE, octetString(value)] : [octetString(value)];
  return sequence(objectIdentifier(oid), ...fields);
}

function encodeKnown(oid: string, value: Uint8Array): Uint8Array {
  return encodeExtension(oid, KNOWN[oid]?.critical ?? false, value);
}

export function subjectKeyIdExtension(id: Uint8Array): Uint8Array {
  return encodeKnown('2.5.29.14', octetString(id));
}

export function authorityKeyIdExtension(id: Uint8Array): Uint8Array {
  return encodeKnown('2.5.29.35', sequence(element(KEY_ID, id)));
}

export function keyUsageExtension(usages: readonly KeyUsage[]): Uint8Array {
  return encodeKnown('2.5.29.15', encodeKeyUsage(usages));
}

export function alternativeNamesExtension(names: Partial<AlternativeNames>): Uint8Array {
  return encodeKnown('2.5.29.17', encodeAlternativeNames(names));
}

/** The BasicConstraints of a CA; `pathLen` null for no limit. */
export function authorityExtension(pathLen: number | null): Uint8Array {
  const limit = pathLen === null ? [] : [integer(Uint8Array.of(pathLen))];
  return encodeKnown('2.5.29.19', sequence(TRUE, ...limit));
}

export function nameConstraintsExtension(names: Partial<AlternativeNames>): Uint8Array {
  return encodeKnown('2.5.29.30', encodeNameConstraints(names));
}

export function detailsExtension(details: Details): Uint8Array {
  return encodeKnown(DETAILS_OID, octetString(encodeDetails(details)));
}

/** RFC 5280, 4.2.1.9: a path length only with a CA. */
function readBasicConstraints(value: DerReader, into: Mutable<Extensions>): void {
  const fields = value.enter();
  into.isCa = fields.defaultFalse();
  if (into.isCa && !fields.done) {
    const limit = fields.integer();
    if (limit.length > 1) throw malformed('the path length is beyond any chain');
    into.pathLen = limit[0] ?? 0;
  }
  fields.end();
}

/** Only the key identifier: issuer and serial number beside it are refused. */
function readAuthorityKeyId(value: DerReader, into: Mutable<Extensions>): void {
  const fields = value.enter();
  into.aki = keyId(fields.next(KEY_ID).content);
  fields.end();
}

function keyId(content: Uint8Array): Uint8Array {
  if (content.length < 1 || content.length > MAX_KEY_ID_BYTES)
    throw malformed('a key identifier has a wrong size');
  return content;
}
