/**
 * A key that signs a zone in process: what `dnssec-keygen` and `dnssec-signzone` do, for development and tests.
 */
import {
  createHash,
  generateKeyPairSync,
  sign,
  type JsonWebKey,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import {
  ALGORITHM,
  DIGEST,
  digestedBytes,
  encodeDnskey,
  encodeDs,
  encodeRrsig,
  keyTagOf,
  labelCount,
  signedBytes,
  type Rrset,
  type Rrsig,
} from '../../protocol/dnssec/index.ts';

const DEFAULT_TTL = 300;

export interface ZoneKey {
  readonly algorithm: number;
  /** DNSKEY rdata. */
  readonly dnskey: Uint8Array;
  sign(data: Uint8Array): Uint8Array;
}

/** Records without their signatures. The owner may be a wildcard here. */
export type BareRrset = Pick<Rrset, 'name' | 'type' | 'rdatas'>;

/** Fields of a signature that differ from what is usual; `inception` and `expiration` in seconds since 1970. */
export type RrsigFields = Partial<Rrsig> & Pick<Rrsig, 'inception' | 'expiration'>;

/** @param entry whether the parent's DS record, or the trust anchor, names this key */
export function createZoneKey(algorithm: number, entry: boolean): ZoneKey {
  const { publicKey, privateKey } = generate(algorithm);
  const dnskey = encodeDnskey(algorithm, publicBytes(publicKey.export({ format: 'jwk' })), entry);
  return { algorithm, dnskey, sign: (data) => signWith(algorithm, privateKey, data) };
}

/** The rdata of the RRSIG that the zone's key makes over the records. */
export function signRrset(rrset: BareRrset, zone: string, key: ZoneKey, fields: RrsigFields): Uint8Array {
  const rrsig: Rrsig = {
    typeCovered: rrset.type,
    algorithm: key.algorithm,
    labels: labelCount(rrset.name.replace(/^\*\./, '')),
    originalTtl: DEFAULT_TTL,
    keyTag: keyTagOf(key.dnskey),
    signer: zone,
    signature: new Uint8Array(0),
    ...fields,
  };
  const serial = { ...rrsig, inception: rrsig.inception >>> 0, expiration: rrsig.expiration >>> 0 };
  return encodeRrsig({ ...serial, signature: key.sign(signedBytes(serial, rrset)) });
}

/** The rdata of the DS record with which a parent zone names the key. */
export function dsOf(zone: string, dnskey: Uint8Array, digestType: number = DIGEST.SHA256): Uint8Array {
  const hash = digestType === DIGEST.SHA384 ? 'sha384' : 'sha256';
  const digest = createHash(hash).update(digestedBytes(zone, dnskey)).digest();
  return encodeDs({ keyTag: keyTagOf(dnskey), algorithm: dnskey[3] ?? 0, digestType, digest });
}

function generate(algorithm: number): KeyPairKeyObjectResult {
  switch (algorithm) {
    case ALGORITHM.RSASHA256:
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case ALGORITHM.ECDSAP256SHA256:
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case ALGORITHM.ECDSAP384SHA384:
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case ALGORITHM.ED25519:
      return generateKeyPairSync('ed25519');
    default:
      throw new Error(`there is no DNSSEC algorithm ${algorithm} here; use 8, 13, 14 or 15`);
  }
}

function signWith(algorithm: number, key: KeyObject, data: Uint8Array): Uint8Array {
  if (algorithm === ALGORITHM.ED25519) return sign(null, data, key);
  const hash = algorithm === ALGORITHM.ECDSAP384SHA384 ? 'sha384' : 'sha256';
  return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
}

/** The public key as DNSKEY records carry it (RFC 3110, RFC 6605, RFC 8080). */
function publicBytes(jwk: JsonWebKey): Uint8Array {
  const field = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
  if (jwk.kty !== 'RSA') return Buffer.concat([field(jwk.x), field(jwk.y)]);
  const exponent = field(jwk.e);
  return Buffer.concat([Buffer.of(exponent.length), exponent, field(jwk.n)]);
}
