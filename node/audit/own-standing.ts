/** Our own standing as the log tells it: each change checked against what stood before it. */
import { parseCertificate, rootIdOf, verifyHandovers } from '../../protocol/certificate/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';
import type { AuthorityRecord } from '../ledger/index.ts';

export interface OwnStanding {
  readonly sequence: number;
  readonly rootId: string;
  /** Every root id that was ours until then, the one in force among them. */
  readonly rootIds: ReadonlySet<string>;
  /** Raw Ed25519, 32 bytes. */
  readonly statementKey: Uint8Array;
}

/**
 * What stands from a change on: a root that is held by its issuer and statement certificate, and was handed over by the
 * one before, unless that was revoked. Refuses with `certificate.*`, `identity.rollback`, `identity.root-mismatch`, or
 * `identity.not-archived` where what was before is missing.
 */
export function followStanding(
  before: OwnStanding | undefined,
  record: AuthorityRecord,
  domain: string,
  suite: CryptoSuite,
): Result<OwnStanding> {
  const { change, sequence, statement, issuer, root } = record;
  const path = verifyChain([statement, issuer, root], null, suite);
  if (!path.ok) return path;
  const { rootId, subject } = path.value;
  if (path.value.domain !== domain || record.domain !== domain)
    return refuse('certificate.wrong-domain', `the standing is of ${path.value.domain}, not of ${domain}`);
  if (subject.kind !== 'statement')
    return refuse('certificate.wrong-kind', 'the certificate of the statement key is of another kind');
  if (before === undefined && change !== 'created')
    return refuse('identity.not-archived', 'our standing before this change is not in the archive');
  const followed = before === undefined ? undefined : refuseLeap(before, record, rootId, suite);
  if (followed !== undefined) return followed;
  const rootIds = new Set([...(before?.rootIds ?? earlierRoots(record, suite)), rootId]);
  return accept({ sequence, rootId, rootIds, statementKey: path.value.publicKey });
}

/** The sequence number rises with the root, and the old root signed for the new one, unless it was revoked as lost. */
function refuseLeap(
  before: OwnStanding,
  { change, domain, sequence, handovers }: AuthorityRecord,
  rootId: string,
  suite: CryptoSuite,
): ReturnType<typeof refuse> | undefined {
  const same = rootId === before.rootId;
  if (same ? sequence !== before.sequence : sequence <= before.sequence)
    return refuse('identity.rollback', `sequence ${sequence} does not follow ${before.sequence}`);
  if (same || (change === 'root-revoked' && handovers.length === 0)) return undefined;
  const steps = verifyHandovers(handovers, { domain, from: before.rootId, to: rootId }, suite);
  return steps.ok ? undefined : steps;
}

function earlierRoots({ handovers }: AuthorityRecord, { sha256 }: CryptoSuite): string[] {
  return handovers.flatMap((der) => {
    const parsed = parseCertificate(der);
    return parsed.ok ? [rootIdOf(parsed.value.publicKey, sha256)] : [];
  });
}
