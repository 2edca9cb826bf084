/**
 * Opens a zone: finds the keys of its DNSKEY set that the parent's DS set or a trust anchor names, and checks that
 * one of them signed the whole set (RFC 4035, section 5.2).
 */
import { equals } from 'uint8arrays/equals';
import { accept, refuse, type Result } from '../errors/index.ts';
import type { TrustAnchor } from './anchors.ts';
import { isRevoked, isZoneKey, parseDnskey, type Dnskey } from './dnskey.ts';
import { digestedBytes } from './ds.ts';
import { ROOT } from './name.ts';
import { checkSignature, type Verification, type ZoneKeys } from './rrset-signature.ts';
import { isAcceptedAlgorithm, isAcceptedDigest, type Rrset } from './rrset.ts';
import { ALWAYS, holdsAt, intersect, type TimeWindow } from './time-window.ts';

/** Most digests computed for one zone cut: DS and key with the same tag pair up once, unless made not to (KeyTrap). */
const MAX_DIGESTS = 16;

/** A zone whose keys are proven, the key through which they were, and when all that holds. */
export interface OpenZone extends ZoneKeys {
  readonly entry: Dnskey;
  readonly window: TimeWindow;
}

/**
 * @param keySet the zone's DNSKEY set
 * @param entries what names the zone's keys: DS records of the parent, or the anchors for the root
 */
export async function openZone(
  keySet: Rrset,
  entries: readonly TrustAnchor[],
  verification: Verification,
): Promise<Result<OpenZone>> {
  const zone = keySet.name;
  const keys = keySet.rdatas.map(parseDnskey).filter((key) => key !== undefined);
  if (keys.length < keySet.rdatas.length) {
    return refuse('dnssec.malformed', `a key of ${zone} cannot be parsed; fetch the proof again`);
  }
  const named = await namedKeys({ zone, keys }, entries, verification);
  if (!named.ok) return named;
  const signed = await checkSignature(keySet, { zone, keys: [...named.value.keys()] }, verification);
  if (!signed.ok) return signed;
  const { key: entry, window } = signed.value;
  return accept({ zone, keys, entry, window: intersect(window, named.value.get(entry) ?? ALWAYS) });
}

/** The keys that an entry names, each with the time in which the entry is trusted. */
async function namedKeys(
  { zone, keys }: ZoneKeys,
  entries: readonly TrustAnchor[],
  { at, crypto }: Verification,
): Promise<Result<ReadonlyMap<Dnskey, TimeWindow>>> {
  const known = entries.filter(
    (entry) => isAcceptedAlgorithm(entry.algorithm) && isAcceptedDigest(entry.digestType),
  );
  if (known.length === 0 && entries.length > 0) {
    return refuse(
      'dnssec.bad-algorithm',
      `the keys of ${zone} are named by algorithms or digests not accepted`,
    );
  }
  const named = new Map<Dnskey, TimeWindow>();
  let digests = 0;
  for (const entry of known) {
    const window = { from: entry.validFrom ?? ALWAYS.from, until: entry.validUntil ?? ALWAYS.until };
    if (!holdsAt(window, at)) continue;
    for (const key of keys) {
      if (key.keyTag !== entry.keyTag || key.algorithm !== entry.algorithm || !isZoneKey(key)) continue;
      digests += 1;
      if (digests > MAX_DIGESTS) {
        return refuse('dnssec.too-many-records', `the keys of ${zone} need more than ${MAX_DIGESTS} digests`);
      }
      const digest = await crypto.digest(entry.digestType, digestedBytes(zone, key.rdata));
      if (equals(digest, entry.digest) && !named.has(key)) named.set(key, window);
    }
  }
  if (named.size === 0) return unnamed(zone);
  if ([...named.keys()].every(isRevoked)) {
    return refuse('dnssec.revoked-key', `the key that opens ${zone} is revoked; name its successor`);
  }
  return accept(named);
}

function unnamed(zone: string): Result<never> {
  return zone === ROOT
    ? refuse(
        'dnssec.no-anchor',
        'no configured trust anchor matches the root keys of the proof; check the anchors',
      )
    : refuse('dnssec.bad-signature', `no key of ${zone} is the one its parent zone names`, { zone });
}
