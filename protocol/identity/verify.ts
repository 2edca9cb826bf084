/**
 * From a bundle's bytes to a verified identity: chain, key, statement signer, roster and DNSSEC proof, offline and
 * at a given time. What is not decided here is trust: which level suffices, whether the root is the one that is
 * pinned, whether there is an agreement. The proof's own verdict is handed on, so that trust can tell why.
 */
import { equals } from 'uint8arrays/equals';
import { parseCertificate, rootIdOf, verifyPath, type VerifiedPath } from '../certificate/index.ts';
import type { CryptoSuite } from '../crypto/suite.ts';
import { verifyDnssecProof, type DnssecCrypto, type TrustAnchor } from '../dnssec/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { isRevoked, openRoster, type Roster } from '../statement/index.ts';
import { decodeBundle, type Bundle } from './bundle.ts';
import { parseRecords, recordName, type DomainRecords } from './record.ts';

/** What it takes to verify: the anchors are configuration, the rest is handed in by the platform. */
export interface VerificationContext {
  readonly suite: CryptoSuite;
  readonly dnssec: DnssecCrypto;
  readonly anchors: readonly TrustAnchor[];
}

/** What the DNSSEC proof says of the domain. */
export interface ProvenDomain {
  readonly records: DomainRecords;
  /** Names of the zones, root first. */
  readonly zones: readonly string[];
  /** Seconds: when every link of the proof holds. */
  readonly window: { readonly from: number; readonly until: number };
}

export interface VerifiedIdentity {
  /** SHA-256 of the bundle: the cache key. */
  readonly hash: Uint8Array;
  readonly domain: string;
  readonly rootId: string;
  readonly leaf: VerifiedPath;
  /** For a node: the organisation's statement key and its roster; null for a device. */
  readonly statement: {
    readonly publicKey: Uint8Array;
    /** Of the statement key’s certificate: serial in lower-case hex; seconds in which its path holds. */
    readonly serial: string;
    readonly window: { readonly from: number; readonly until: number };
    readonly roster: Roster;
    readonly signed: Uint8Array;
  } | null;
  /** The verdict on the proof; null where the bundle has none. */
  readonly proof: Result<ProvenDomain> | null;
  readonly bundle: Bundle;
}

/**
 * Verifies a bundle shown by the holder of `publicKey` (raw Ed25519, 32 bytes), at `at` seconds since 1970.
 * Refuses with `identity.key-mismatch`, `certificate.*`, `roster.*` or `encoding.*`.
 */
export async function verifyBundle(
  encoded: Uint8Array,
  publicKey: Uint8Array,
  at: number,
  context: VerificationContext,
): Promise<Result<VerifiedIdentity>> {
  const decoded = decodeBundle(encoded);
  if (!decoded.ok) return decoded;
  const bundle = decoded.value;
  const { suite } = context;
  const leaf = verifyChain(bundle.chain, at, suite);
  if (!leaf.ok) return leaf;
  if (!equals(leaf.value.publicKey, publicKey)) {
    return refuse('identity.key-mismatch', 'the certificate shown is not for the key of this connection');
  }
  const { domain, rootId } = leaf.value;
  const statement =
    leaf.value.subject.kind === 'node' ? verifyStatement(bundle, leaf.value, at, suite) : accept(null);
  if (!statement.ok) return statement;
  const roster = statement.value?.roster;
  if (roster && isRevoked(roster, leaf.value.serial)) {
    return refuse('certificate.revoked', `the certificate shown was revoked by ${domain}`);
  }
  const proof = bundle.proof === null ? null : await proveDomain(bundle.proof, domain, at, context);
  return accept({
    hash: suite.sha256(encoded),
    domain,
    rootId,
    leaf: leaf.value,
    statement: statement.value,
    proof,
    bundle,
  });
}

/**
 * Verifies a chain of leaf, issuer and root (DER) against the root it brings along: whether that root is the
 * domain's is for the caller to decide by `rootId`. `at` is in seconds; null verifies it as of when all three had begun,
 * and leaves it to the caller to hold the window against the time that counts.
 */
export function verifyChain(
  chain: readonly Uint8Array[],
  at: number | null,
  suite: CryptoSuite,
): Result<VerifiedPath> {
  const [leafDer, issuerDer, rootDer] = chain;
  if (!leafDer || !issuerDer || !rootDer) {
    return refuse('certificate.broken-chain', 'the chain is not leaf, issuer and root');
  }
  const certificates = [];
  for (const der of [leafDer, issuerDer, rootDer]) {
    const parsed = parseCertificate(der);
    if (!parsed.ok) return parsed;
    certificates.push(parsed.value);
  }
  const root = certificates[2];
  if (!root) return refuse('certificate.broken-chain', 'the chain has no root');
  const rootId = rootIdOf(root.publicKey, suite.sha256);
  const begins = Math.max(...certificates.map(({ notBefore }) => notBefore));
  return verifyPath({ chain: certificates, rootId, domain: null, at: at ?? begins, suite });
}

/** Verifies a DNSSEC proof of the domain's records. Refuses with `dnssec.*` or `dns.*`. */
export async function proveDomain(
  proof: Uint8Array,
  domain: string,
  at: number,
  context: VerificationContext,
): Promise<Result<ProvenDomain>> {
  const proven = await verifyDnssecProof(proof, recordName(domain), at, context.anchors, context.dnssec);
  if (!proven.ok) return proven;
  const records = parseRecords(proven.value.txt, domain);
  if (!records.ok) return records;
  return accept({
    records: records.value,
    zones: proven.value.zones.map((zone) => zone.zone),
    window: proven.value.window,
  });
}

function verifyStatement(
  bundle: Bundle,
  leaf: VerifiedPath,
  at: number,
  suite: CryptoSuite,
): Result<VerifiedIdentity['statement']> {
  const [, issuer, root] = bundle.chain;
  if (!bundle.statement || !bundle.roster || !issuer || !root) {
    return refuse('certificate.wrong-kind', 'a node shows its organisation’s statement signer and roster');
  }
  const signer = verifyChain([bundle.statement, issuer, root], at, suite);
  if (!signer.ok) return signer;
  if (signer.value.subject.kind !== 'statement' || signer.value.domain !== leaf.domain) {
    return refuse(
      'certificate.wrong-kind',
      'the certificate shown for statements is not one of this organisation',
    );
  }
  const roster = openRoster(bundle.roster, leaf.domain, signer.value.publicKey, at, suite);
  if (!roster.ok) return roster;
  const { publicKey, serial, window } = signer.value;
  return accept({ publicKey, serial, window, roster: roster.value, signed: bundle.roster });
}
