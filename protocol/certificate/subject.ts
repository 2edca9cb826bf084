/**
 * Whom a leaf certificate is for: a node, a member's device, or the organisation's statements.
 * The kind is told by the URI among its names, and each kind has exactly the names and details that belong to it.
 */
import { accept, refuse, type Result } from '../errors/index.ts';
import { parseAddress, type Address } from '../names/index.ts';
import type { AlternativeNames } from './alternative-names.ts';
import type { Certificate } from './certificate.ts';
import type { Details } from './details.ts';
import { peerIdOf } from './key.ts';

export type NodeRole = 'gateway' | 'archive';

const NODE_ROLES: readonly string[] = ['gateway', 'archive'] satisfies NodeRole[];

export type Subject =
  | { readonly kind: 'node'; readonly peerId: string; readonly roles: readonly NodeRole[] }
  | {
      readonly kind: 'device';
      readonly address: Address;
      readonly deviceId: string;
      /** The member's display name as the organisation verified it. */
      readonly name: string;
      readonly roles: readonly string[];
    }
  | { readonly kind: 'statement' };

/**
 * `chancery://DOMAIN/node/PEER`, `chancery://DOMAIN/device/LOCAL/ID` or `chancery://DOMAIN/statement`: what is found
 * is put together again and compared, so looser than those three.
 */
const URI =
  /^chancery:\/\/([a-z0-9.-]+)\/(node|device|statement)(?:\/(?:[a-z0-9._+-]{1,64}\/)?([A-Za-z0-9_-]{1,64}))?$/;

/** The names of a subject in its certificate. */
export function alternativeNamesOf(domain: string, subject: Subject): Partial<AlternativeNames> {
  const base = `chancery://${domain}`;
  switch (subject.kind) {
    case 'node':
      return { uri: [`${base}/node/${subject.peerId}`] };
    case 'device': {
      const { address, deviceId } = subject;
      return { email: [address.text], uri: [`${base}/device/${address.local}/${deviceId}`] };
    }
    case 'statement':
      return { uri: [`${base}/statement`] };
  }
}

/** The private extension of a subject; a statement signer has none. */
export function detailsOf(subject: Subject): Details | null {
  switch (subject.kind) {
    case 'node':
      return { name: null, roles: subject.roles };
    case 'device':
      return { name: subject.name, roles: subject.roles };
    case 'statement':
      return null;
  }
}

/**
 * The common name, for people who read the certificate. It has no dot: openssl would take it for a DNS name and hold
 * it against the constraints (RFC 6125, 6.4.4).
 */
export function commonNameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'node':
      return subject.peerId;
    case 'device':
      return subject.deviceId;
    case 'statement':
      return 'statement';
  }
}

/**
 * Reads whom a leaf of the domain is for. Refuses with `certificate.wrong-kind`, `certificate.wrong-domain`,
 * `certificate.wrong-name` or `certificate.missing-extension`.
 */
export function readSubject(leaf: Certificate, domain: string): Result<Subject> {
  const { dns, email, uri } = leaf.sans;
  const [, host, kind, id = ''] = (uri.length === 1 ? URI.exec(uri[0] ?? '') : null) ?? [];
  if (host === undefined || dns.length > 0) {
    return refuse('certificate.wrong-kind', 'the certificate is neither for a node, a device nor statements');
  }
  if (host !== domain) {
    return refuse('certificate.wrong-domain', `the certificate is of ${host}, not of ${domain}`);
  }
  if (email.length !== (kind === 'device' ? 1 : 0)) {
    return refuse(
      'certificate.wrong-name',
      'a certificate has one address if it is for a device, and else none',
    );
  }
  const subject =
    kind === 'statement'
      ? readStatement(leaf.details)
      : leaf.details === null
        ? refuse(
            'certificate.missing-extension',
            'the certificate says neither name nor roles; issue it anew',
          )
        : kind === 'node'
          ? readNode(leaf, id, leaf.details)
          : readDevice(domain, email[0] ?? '', id, leaf.details);
  if (!subject.ok) return subject;
  const [expected] = alternativeNamesOf(domain, subject.value).uri ?? [];
  if (uri[0] !== expected || leaf.subject.commonName !== commonNameOf(subject.value)) {
    return refuse(
      'certificate.wrong-name',
      'the certificate’s URI or common name is not that of its subject; issue it anew',
    );
  }
  return subject;
}

function readStatement(details: Details | null): Result<Subject> {
  return details === null
    ? accept({ kind: 'statement' })
    : refuse('certificate.wrong-kind', 'a statement signer’s certificate has no roles');
}

function readNode(leaf: Certificate, peerId: string, details: Details): Result<Subject> {
  if (peerId !== peerIdOf(leaf.publicKey)) {
    return refuse(
      'certificate.wrong-name',
      `the certificate names node ${peerId}, but holds another node’s key`,
    );
  }
  if (details.name !== null || !details.roles.every(isNodeRole) || details.roles.length === 0) {
    return refuse(
      'certificate.wrong-kind',
      'a node’s certificate has the roles gateway or archive, and no name',
    );
  }
  return accept({ kind: 'node', peerId, roles: details.roles.filter(isNodeRole) });
}

function readDevice(domain: string, email: string, deviceId: string, details: Details): Result<Subject> {
  const address = parseAddress(email);
  if (!address.ok || address.value.text !== email || address.value.domain !== domain) {
    return refuse('certificate.wrong-name', `the certificate’s address is not a canonical one of ${domain}`);
  }
  if (details.name === null) {
    return refuse('certificate.missing-extension', 'the certificate lacks the member’s name; issue it anew');
  }
  return accept({
    kind: 'device',
    address: address.value,
    deviceId,
    name: details.name,
    roles: details.roles,
  });
}

function isNodeRole(role: string): role is NodeRole {
  return NODE_ROLES.includes(role);
}
