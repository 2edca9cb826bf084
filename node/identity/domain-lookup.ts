/**
 * Who a domain is, as DNS tells it now: first by a DNSSEC proof that we verify ourselves, and only where the zone is
 * not signed by a plain lookup. A proof that is wrong is never passed over for a plain answer.
 */
import { accept, refuse, type Code, type Result } from '../../protocol/errors/index.ts';
import {
  parseRecords,
  proveDomain,
  recordName,
  type DomainRecords,
  type ProvenDomain,
  type VerificationContext,
} from '../../protocol/identity/index.ts';
import { buildDnssecProof, lookupTxt, type DnsClient } from '../dns/index.ts';

/** What a domain was found to be. */
export interface FoundDomain {
  readonly level: 'dnssec' | 'dns';
  readonly records: DomainRecords;
  readonly proof: Uint8Array | null;
  readonly proven: ProvenDomain | null;
}

/** Refusals that say that the zone is not signed, and not that someone tampers. */
const UNSIGNED: ReadonlySet<Code> = new Set<Code>(['dnssec.unsigned']);

/** Looks a domain up. `at` in seconds. Refuses with `dns.*` or `dnssec.*`. */
export async function findDomain(
  domain: string,
  dns: DnsClient,
  context: VerificationContext,
  at: number,
): Promise<Result<FoundDomain>> {
  const built = await buildDnssecProof(recordName(domain), dns);
  if (built.ok) {
    const proven = await proveDomain(built.value, domain, at, context);
    if (!proven.ok) return proven;
    return accept({
      level: 'dnssec',
      records: proven.value.records,
      proof: built.value,
      proven: proven.value,
    });
  }
  if (!UNSIGNED.has(built.refusal.code)) return built;
  const texts = await lookupTxt(recordName(domain), dns);
  if (!texts.ok) return texts;
  const records = parseRecords(texts.value, domain);
  return records.ok ? accept({ level: 'dns', records: records.value, proof: null, proven: null }) : records;
}

/**
 * Holds what was found against a fingerprint that an operator compared out of band.
 * Refuses with `identity.root-mismatch`.
 */
export function checkPin(domain: string, found: FoundDomain, pin: string | undefined): Result<FoundDomain> {
  return pin === undefined || found.records.current.id === pin
    ? accept(found)
    : refuse(
        'identity.root-mismatch',
        `${domain} publishes root ${found.records.current.id}, not the pinned ${pin}`,
      );
}
