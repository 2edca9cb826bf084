/** A roster as it was taken, checked anew: by whom it is signed, and that it follows the one before. */
import { equals } from 'uint8arrays/equals';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';
import { openRoster, type Revocation } from '../../protocol/statement/index.ts';
import type { RosterRecord } from '../ledger/index.ts';

export interface TakenRoster {
  readonly number: number;
  readonly revocations: ReadonlyMap<string, Revocation>;
}

export interface RosterExpectation {
  /** The organisation's root in force, and those that handed over to it. */
  readonly roots: ReadonlySet<string>;
  /** The number of the roster before; 0 where it is the first. */
  readonly after: number;
  /** Seconds: when it was taken. */
  readonly at: number;
}

/**
 * Refuses with `certificate.*`, `identity.root-mismatch`, `roster.*` or `encoding.*`. The time of the statement key's
 * certificate is not held against the roster: a session that lasts goes on with the chain with which it began.
 */
export function checkRoster(
  { domain, number, chain, statement, statementKey }: RosterRecord,
  { roots, after, at }: RosterExpectation,
  suite: CryptoSuite,
): Result<TakenRoster> {
  const path = verifyChain(chain, null, suite);
  if (!path.ok) return path;
  const { subject, publicKey, rootId } = path.value;
  if (subject.kind !== 'statement' || !equals(publicKey, statementKey))
    return refuse(
      'certificate.wrong-kind',
      `roster ${number} is recorded with another certificate than its own`,
    );
  if (path.value.domain !== domain)
    return refuse(
      'certificate.wrong-domain',
      `roster ${number} of ${domain} is signed by ${path.value.domain}`,
    );
  if (!roots.has(rootId))
    return refuse('identity.root-mismatch', `roster ${number} of ${domain} is signed under another root`);
  const roster = openRoster(statement, domain, publicKey, at, suite);
  if (!roster.ok) return roster;
  if (roster.value.number !== number || number <= after)
    return refuse('roster.rollback', `roster ${roster.value.number} of ${domain} does not follow ${after}`);
  const revocations = new Map<string, Revocation>();
  // the first counts, as in `revocationOf`
  for (const one of roster.value.revoked.toReversed()) revocations.set(one.serial, one);
  return accept({ number, revocations });
}
