/**
 * Verifies a path of leaf, issuer and root (RFC 5280, section 6, narrowed to the chains that Chancery issues).
 * Guarantees: a path that is accepted is one `openssl verify -x509_strict` accepts too, and names exactly one
 * subject of exactly one domain; whether the root is the domain's is decided by the root id that is handed in.
 */
import { equals } from 'uint8arrays/equals';
import { accept, refuse, type Refusal, type Result } from '../errors/index.ts';
import type { CryptoSuite } from '../crypto/suite.ts';
import { parseDomain } from '../names/index.ts';
import { permits, type AlternativeNames } from './alternative-names.ts';
import type { Certificate } from './certificate.ts';
import { rootIdOf } from './key.ts';
import type { KeyUsage } from './key-usage.ts';
import {
  AUTHORITY_USAGE,
  constraintsOf,
  ISSUER_PATH_LEN,
  issuerName,
  LEAF_USAGE,
  MAX_AGE,
} from './profile.ts';
import { readSubject, type Subject } from './subject.ts';

export interface PathQuestion {
  /** Leaf, issuer, root. */
  readonly chain: readonly Certificate[];
  /** The root id that the domain or a pin names: see `rootIdOf`. */
  readonly rootId: string;
  /** The domain that is expected; null for whatever the chain's is. */
  readonly domain: string | null;
  /** Seconds since 1970. */
  readonly at: number;
  readonly suite: CryptoSuite;
}

export interface VerifiedPath {
  readonly domain: string;
  readonly rootId: string;
  /** Of the leaf: serial in lower-case hex, raw key. */
  readonly serial: string;
  readonly publicKey: Uint8Array;
  /** When all three are valid: seconds since 1970, both ends included. */
  readonly window: { readonly from: number; readonly until: number };
  /** Leaf, issuer, root. */
  readonly certificates: readonly Certificate[];
  readonly subject: Subject;
}

interface Path {
  readonly leaf: Certificate;
  readonly issuer: Certificate;
  readonly root: Certificate;
}

type Refused = { readonly ok: false; readonly refusal: Refusal } | undefined;

/** Verifies the path. Refuses with `certificate.*` or `identity.root-mismatch`. */
export function verifyPath({ chain, rootId, domain, at, suite }: PathQuestion): Result<VerifiedPath> {
  const [leaf, issuer, root] = chain;
  if (chain.length !== 3 || !leaf || !issuer || !root) {
    return refuse('certificate.broken-chain', 'the chain is not leaf, issuer and root; send these three');
  }
  const path = { leaf, issuer, root };
  const found = rootIdOf(root.publicKey, suite.sha256);
  if (found !== rootId) {
    return refuse(
      'identity.root-mismatch',
      `the chain’s root has the id ${found}, not ${rootId} as expected`,
    );
  }
  const refused =
    checkLinks(path) ?? checkAuthorities(path) ?? checkValidity(path, at) ?? checkNames(path, domain);
  if (refused) return refused;
  const ofDomain = root.subject.commonName;
  const subject = readSubject(leaf, ofDomain);
  if (!subject.ok) return subject;
  const unsigned = checkAge(leaf, MAX_AGE[subject.value.kind]) ?? checkSignatures(path, suite);
  if (unsigned) return unsigned;
  return accept({
    domain: ofDomain,
    rootId,
    serial: leaf.serial,
    publicKey: leaf.publicKey,
    window: {
      from: Math.max(...chain.map((certificate) => certificate.notBefore)),
      until: Math.min(...chain.map((certificate) => certificate.notAfter)),
    },
    certificates: [leaf, issuer, root],
    subject: subject.value,
  });
}

/** Each certificate with the one that signed it; the root signed itself. */
function links({ leaf, issuer, root }: Path): readonly (readonly [Certificate, Certificate])[] {
  return [
    [leaf, issuer],
    [issuer, root],
    [root, root],
  ];
}

/** Names and key identifiers chain (RFC 5280, 6.1.3 a 4 and 4.2.1.1). */
function checkLinks(path: Path): Refused {
  for (const [child, parent] of links(path)) {
    if (child.ski === null || child.aki === null || parent.ski === null) {
      return refuse(
        'certificate.missing-extension',
        `${nameOf(child)} lacks a key identifier; issue it anew`,
      );
    }
    if (!equals(child.issuer.der, parent.subject.der) || !equals(child.aki, parent.ski)) {
      return refuse('certificate.broken-chain', `${nameOf(child)} was not issued by ${nameOf(parent)}`);
    }
  }
  return undefined;
}

/** Who may certify, how deep, and what each key is for (RFC 5280, 6.1.4 k to n). */
function checkAuthorities({ leaf, issuer, root }: Path): Refused {
  for (const authority of [issuer, root]) {
    if (!authority.isCa) {
      return refuse(
        'certificate.not-a-ca',
        `${nameOf(authority)} may not certify, but stands where a CA must`,
      );
    }
  }
  if (leaf.isCa || leaf.nameConstraints !== null)
    return refuse('certificate.wrong-kind', `${nameOf(leaf)} is a CA where a node or device must be`);
  if (root.pathLen === 0)
    return refuse('certificate.path-length', `${nameOf(root)} allows no issuer below it`);
  if (issuer.pathLen !== ISSUER_PATH_LEN) {
    return refuse('certificate.path-length', `${nameOf(issuer)} must allow no further CA; issue it anew`);
  }
  return (
    checkUsage(root, AUTHORITY_USAGE) ?? checkUsage(issuer, AUTHORITY_USAGE) ?? checkUsage(leaf, LEAF_USAGE)
  );
}

function checkUsage(certificate: Certificate, usage: readonly KeyUsage[]): Refused {
  if (sameList(certificate.keyUsage, usage)) return undefined;
  return refuse(
    'certificate.key-usage',
    `the key of ${nameOf(certificate)} must be for ${usage.join(' and ')} only`,
  );
}

/** The time, first of all, and each validity within that of its issuer. */
function checkValidity(path: Path, at: number): Refused {
  for (const certificate of [path.leaf, path.issuer, path.root]) {
    if (!(at >= certificate.notBefore)) {
      return refuse('certificate.not-yet-valid', `${nameOf(certificate)} is not yet valid; check the clocks`);
    }
    if (!(at <= certificate.notAfter)) {
      return refuse('certificate.expired', `${nameOf(certificate)} has expired; have it renewed`);
    }
  }
  for (const [child, parent] of links(path)) {
    if (child.notBefore < parent.notBefore || child.notAfter > parent.notAfter) {
      return refuse('certificate.bad-validity', `${nameOf(child)} outlives its issuer’s certificate`);
    }
  }
  return checkAge(path.issuer, MAX_AGE.issuer) ?? checkAge(path.root, MAX_AGE.root);
}

function checkAge(certificate: Certificate, seconds: number): Refused {
  if (certificate.notAfter - certificate.notBefore <= seconds) return undefined;
  return refuse(
    'certificate.bad-validity',
    `${nameOf(certificate)} is valid for more than ${seconds} seconds`,
  );
}

/** One domain from the root down to every name of the leaf (RFC 5280, 6.1.3 b and c). */
function checkNames({ leaf, issuer, root }: Path, expected: string | null): Refused {
  const domain = root.subject.commonName;
  const parsed = parseDomain(domain);
  if (!parsed.ok || parsed.value !== domain || !noNames(root.sans) || root.nameConstraints !== null) {
    return refuse('certificate.wrong-kind', 'the root’s one name must be its domain in canonical form');
  }
  if (expected !== null && expected !== domain) {
    return refuse('certificate.wrong-domain', `the root is of ${domain}, not of ${expected}`);
  }
  if (issuer.nameConstraints === null) {
    return refuse('certificate.missing-extension', `${nameOf(issuer)} is not constrained to its domain`);
  }
  const constraints = constraintsOf(domain);
  const exact =
    sameList(issuer.nameConstraints.dns, constraints.dns) &&
    sameList(issuer.nameConstraints.email, constraints.email) &&
    sameList(issuer.nameConstraints.uri, constraints.uri);
  if (!exact || issuer.subject.commonName !== issuerName(domain) || !noNames(issuer.sans)) {
    return refuse('certificate.wrong-domain', `the issuer is not that of ${domain} alone`);
  }
  if (!permits(constraints, leaf.sans)) {
    return refuse('certificate.name-constraint', `${nameOf(leaf)} carries a name outside ${domain}`);
  }
  return undefined;
}

function checkSignatures(path: Path, suite: CryptoSuite): Refused {
  for (const [child, parent] of links(path)) {
    if (!suite.verifyEd25519(parent.publicKey, child.tbs, child.signature)) {
      return refuse('certificate.bad-signature', `${nameOf(child)} is not signed by ${nameOf(parent)}`);
    }
  }
  return undefined;
}

function noNames(names: AlternativeNames): boolean {
  return names.dns.length + names.email.length + names.uri.length === 0;
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}

/** How a certificate is named to people: its common name is not yet to be trusted, so quoted and cut. */
function nameOf(certificate: Certificate): string {
  return `certificate ${JSON.stringify(certificate.subject.commonName.slice(0, 80))}`;
}
