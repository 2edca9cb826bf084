/**
 * Issues the certificates of an organisation. The key that signs is handed in, so it may be offline or in hardware.
 * Guarantees: what is issued would be accepted by `verifyPath` within its validity; anything else is thrown as a
 * `ChanceryError`, because it is this organisation's own fault.
 * Keys are raw Ed25519, times seconds since 1970, serials 16 random bytes; the result is DER.
 */
import { ChanceryError, type Code } from '../errors/index.ts';
import { equals } from 'uint8arrays/equals';
import { isUsableKey, nobleSuite, type Signer } from '../crypto/index.ts';
import { parseDomain, type Address } from '../names/index.ts';
import { encodeName, parseCertificate, type Certificate } from './certificate.ts';
import {
  alternativeNamesExtension,
  authorityExtension,
  authorityKeyIdExtension,
  detailsExtension,
  keyUsageExtension,
  nameConstraintsExtension,
  subjectKeyIdExtension,
} from './extensions.ts';
import { handoverUri } from './handover.ts';
import { keyIdOf } from './key.ts';
import {
  AUTHORITY_USAGE,
  constraintsOf,
  ISSUER_PATH_LEN,
  issuerName,
  LEAF_USAGE,
  MAX_AGE,
  ROOT_PATH_LEN,
} from './profile.ts';
import { signCertificate } from './sign.ts';
import {
  alternativeNamesOf,
  commonNameOf,
  detailsOf,
  readSubject,
  type NodeRole,
  type Subject,
} from './subject.ts';

/** What every certificate needs. */
interface Request {
  /** The key that is certified. */
  readonly publicKey: Uint8Array;
  /** 16 random bytes, not all zero. */
  readonly serial: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** The key that certifies. */
  readonly signer: Signer;
}

interface Issued extends Request {
  /** The certificate of the signer's key. */
  readonly issuer: Certificate;
}

interface OfDomain {
  /** A-labels in lower case. */
  readonly domain: string;
}

type RootRequest = Request & OfDomain;
type IssuerRequest = Issued & OfDomain;
type StatementRequest = Issued & OfDomain;
type NodeRequest = Issued & OfDomain & { readonly peerId: string; readonly roles: readonly NodeRole[] };
type DeviceRequest = Issued & {
  readonly address: Address;
  readonly deviceId: string;
  /** The member's display name. */
  readonly name: string;
  readonly roles: readonly string[];
};

const SERIAL_BYTES = 16;

/** Issues the root of a domain, signed by its own key; at most two years. */
export async function issueRoot(request: RootRequest): Promise<Uint8Array> {
  const { domain, publicKey, signer } = request;
  if (!equals(publicKey, signer.publicKey))
    throw fault('identity.key-mismatch', 'a root certifies its own key');
  const name = encodeName(canonical(domain));
  return certify(request, MAX_AGE.root, name, name, null, authorityExtensions(ROOT_PATH_LEN));
}

/** Issues the domain's issuer under its root, for names of the domain only; at most 90 days. */
export async function issueIssuer(request: IssuerRequest): Promise<Uint8Array> {
  const { domain, issuer } = request;
  if (issuer.subject.commonName !== canonical(domain)) {
    throw fault('certificate.wrong-domain', `the root is of ${issuer.subject.commonName}, not of ${domain}`);
  }
  const extensions = [
    ...authorityExtensions(ISSUER_PATH_LEN),
    nameConstraintsExtension(constraintsOf(domain)),
  ];
  const subject = encodeName(issuerName(domain));
  return certify(request, MAX_AGE.issuer, issuer.subject.der, subject, issuer, extensions);
}

/**
 * Issues a handover (RFC 4210, 4.4: newWithOld): `issuer` and `signer` are the root that goes, `publicKey` is that of
 * the root that comes, `sequence` the number its record in the domain will carry.
 */
export async function issueHandover(
  request: IssuerRequest & { readonly sequence: number },
): Promise<Uint8Array> {
  const { domain, issuer, sequence } = request;
  if (issuer.subject.commonName !== canonical(domain)) {
    throw fault('certificate.wrong-domain', `the root is of ${issuer.subject.commonName}, not of ${domain}`);
  }
  const names = alternativeNamesExtension({ uri: [handoverUri(domain, sequence)] });
  const extensions = [...authorityExtensions(ROOT_PATH_LEN), names];
  const name = issuer.subject.der;
  return certify(request, MAX_AGE.root, name, name, issuer, extensions);
}

/** Issues a node's certificate: the key is its libp2p identity key, the peer id the one made of it; at most 90 days. */
export async function issueNode(request: NodeRequest): Promise<Uint8Array> {
  const { peerId, roles } = request;
  return issueLeaf(request, request.domain, { kind: 'node', peerId, roles });
}

/** Whether an address can be certified: an rfc822Name is ASCII, so none can be taken for one in another script. */
export function canStandInCertificate({ local }: Address): boolean {
  return /^[\x21-\x7e]+$/.test(local);
}

/**
 * Issues a member's device; at most 14 days. The device id is 1 to 64 of `A-Z a-z 0-9 _ -`.
 * An rfc822Name is ASCII (RFC 5280, 4.2.1.6): an address with another local part is refused with `name.bad-address`.
 */
export async function issueDevice(request: DeviceRequest): Promise<Uint8Array> {
  const { address, deviceId, name, roles } = request;
  if (!canStandInCertificate(address)) {
    throw fault('name.bad-address', `${address.text} cannot stand in a certificate; use an address in ASCII`);
  }
  return issueLeaf(request, address.domain, { kind: 'device', address, deviceId, name, roles });
}

/** Issues the key that signs the domain's rosters, agreements and checkpoints; at most 90 days. */
export async function issueStatementSigner(request: StatementRequest): Promise<Uint8Array> {
  return issueLeaf(request, request.domain, { kind: 'statement' });
}

async function issueLeaf(request: Issued, domain: string, subject: Subject): Promise<Uint8Array> {
  const { issuer } = request;
  if (issuer.subject.commonName !== issuerName(canonical(domain))) {
    throw fault('certificate.wrong-domain', `the issuer at hand does not issue for ${domain}`);
  }
  const details = detailsOf(subject);
  const extensions = [
    keyUsageExtension(LEAF_USAGE),
    alternativeNamesExtension(alternativeNamesOf(domain, subject)),
    ...(details === null ? [] : [detailsExtension(details)]),
  ];
  const name = encodeName(commonNameOf(subject));
  const der = await certify(request, MAX_AGE[subject.kind], issuer.subject.der, name, issuer, extensions);
  const read = readSubject(checked(der), domain);
  if (!read.ok) throw ChanceryError.from(read.refusal);
  return der;
}

function authorityExtensions(pathLen: number): Uint8Array[] {
  return [authorityExtension(pathLen), keyUsageExtension(AUTHORITY_USAGE)];
}

async function certify(
  request: Request,
  maxAge: number,
  issuerDer: Uint8Array,
  subject: Uint8Array,
  issuer: Certificate | null,
  extensions: readonly Uint8Array[],
): Promise<Uint8Array> {
  const { publicKey, serial, notBefore, notAfter, signer } = request;
  if (!isUsableKey(publicKey) || serial.length !== SERIAL_BYTES) {
    throw fault('request.invalid', 'a certificate needs an Ed25519 key of 32 bytes and a serial of 16');
  }
  if (issuer !== null && !equals(issuer.publicKey, signer.publicKey)) {
    throw fault('identity.key-mismatch', 'the key at hand is not the one the issuer’s certificate is for');
  }
  if (!(notBefore < notAfter) || notAfter - notBefore > maxAge) {
    throw fault('certificate.bad-validity', `a certificate of this kind lives at most ${maxAge} seconds`);
  }
  if (issuer !== null && (notBefore < issuer.notBefore || notAfter > issuer.notAfter)) {
    throw fault(
      'certificate.bad-validity',
      'a certificate cannot outlive its issuer’s; renew the issuer first',
    );
  }
  const { sha256 } = nobleSuite;
  const ski = keyIdOf(publicKey, sha256);
  const aki = issuer === null ? ski : issuer.ski;
  if (aki === null)
    throw fault('certificate.missing-extension', 'the issuer’s certificate has no key identifier');
  const all = [...extensions, subjectKeyIdExtension(ski), authorityKeyIdExtension(aki)];
  const template = { serial, issuer: issuerDer, subject, notBefore, notAfter, publicKey, extensions: all };
  return checked(await signCertificate(template, signer)).der;
}

function checked(der: Uint8Array): Certificate {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw ChanceryError.from(parsed.refusal);
  return parsed.value;
}

function canonical(domain: string): string {
  const parsed = parseDomain(domain);
  if (!parsed.ok) throw ChanceryError.from(parsed.refusal);
  if (parsed.value !== domain)
    throw fault('name.bad-domain', `${domain} is not canonical; write ${parsed.value}`);
  return domain;
}

function fault(code: Code, message: string): ChanceryError {
  return new ChanceryError(code, message);
}
