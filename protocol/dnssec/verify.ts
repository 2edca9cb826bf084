/**
 * Verifies a DNSSEC proof offline, for one name at one time, from given trust anchors (RFC 4035, section 5).
 * Guarantees: what is returned was signed, link by link, from an anchor down to the TXT set of exactly that name;
 * hostile bytes are refused with a bounded amount of work, and never throw.
 */
import { accept, refuse, type Result } from '../errors/index.ts';
import type { TrustAnchor } from './anchors.ts';
import type { DnssecCrypto } from './dnssec-crypto.ts';
import { parseDs } from './ds.ts';
import { canonicalName, isBelow, ROOT } from './name.ts';
import { decodeProof } from './proof.ts';
import { checkSignature, type Verification } from './rrset-signature.ts';
import { TYPE, type Rrset } from './rrset.ts';
import { intersect, type TimeWindow } from './time-window.ts';
import { parseTxt } from './txt.ts';
import { openZone, type OpenZone } from './zone-entry.ts';

/** One zone of the chain, for display: its name, and the key through which it is trusted. */
interface ProvenZone {
  readonly zone: string;
  readonly keyTag: number;
  readonly algorithm: number;
}

/** What a proof was verified to say. */
export interface ProvenTxt {
  /** Canonical name of the records. */
  readonly name: string;
  /** Each TXT record as one text, in canonical order. */
  readonly txt: readonly string[];
  /** When every link of the chain holds: the intersection of all signatures used and of the anchor's own bounds. */
  readonly window: TimeWindow;
  /** From the root down to the zone that holds the records. */
  readonly zones: readonly ProvenZone[];
}

/**
 * @param proof what `encodeProof` made
 * @param name the name that the records must have, in any case, with or without a trailing dot
 * @param at seconds since 1970 at which every signature must hold
 *
 * Refuses with `name.bad-domain`, `encoding.*` or `dnssec.*`.
 */
export async function verifyDnssecProof(
  proof: Uint8Array,
  name: string,
  at: number,
  anchors: readonly TrustAnchor[],
  crypto: DnssecCrypto,
): Promise<Result<ProvenTxt>> {
  const wanted = canonicalName(name);
  if (wanted === undefined) return refuse('name.bad-domain', `"${name}" is not a usable domain name`);
  const decoded = decodeProof(proof);
  if (!decoded.ok) return decoded;
  const rrsets = decoded.value;
  const verification: Verification = { at: Math.floor(at), crypto, checks: 0 };

  const root = takeKeySet(rrsets[0], ROOT);
  if (!root.ok) return root;
  let open = await openZone(root.value, anchors, verification);
  const zones: OpenZone[] = [];
  for (let next = 1; ; next += 2) {
    if (!open.ok) return open;
    zones.push(open.value);
    const rrset = takeStep(rrsets[next], open.value.zone, wanted);
    if (!rrset.ok) return rrset;
    const signed = await checkSignature(rrset.value, open.value, verification);
    if (!signed.ok) return signed;
    const window = intersect(open.value.window, signed.value.window);
    if (rrset.value.type === TYPE.TXT) {
      if (next !== rrsets.length - 1)
        return refuse('dnssec.malformed', 'the proof goes on after its TXT records');
      return conclude(rrset.value, window, zones);
    }
    open = await descend(rrset.value, rrsets[next + 1], window, verification);
  }
}

/** The next set of the chain below `zone`: the DS set of a zone on the way to the wanted name, or its TXT set. */
function takeStep(rrset: Rrset | undefined, zone: string, wanted: string): Result<Rrset> {
  if (rrset === undefined) return refuse('dnssec.incomplete', `the proof ends at ${zone}, before ${wanted}`);
  if (rrset.type === TYPE.CNAME || rrset.type === TYPE.DNAME) {
    return refuse('dnssec.alias', `${rrset.name} is an alias; publish the records at ${wanted} itself`);
  }
  if (rrset.type !== TYPE.DS && rrset.type !== TYPE.TXT) {
    return refuse(
      'dnssec.malformed',
      `the proof holds records of type ${rrset.type} where they have no place`,
    );
  }
  const onTheWay =
    rrset.type === TYPE.TXT
      ? rrset.name === wanted
      : isBelow(rrset.name, zone) && (rrset.name === wanted || isBelow(wanted, rrset.name));
  if (onTheWay) return accept(rrset);
  return refuse('dnssec.wrong-name', `the proof is about ${rrset.name}, not about ${wanted}`, {
    name: rrset.name,
  });
}

function takeKeySet(rrset: Rrset | undefined, zone: string): Result<Rrset> {
  if (rrset?.type === TYPE.DNSKEY && rrset.name === zone) return accept(rrset);
  return refuse('dnssec.incomplete', `the proof lacks the keys of ${zone}; fetch it again`, { zone });
}

/** Opens the zone that a verified DS set names. */
async function descend(
  dsSet: Rrset,
  keySet: Rrset | undefined,
  window: TimeWindow,
  verification: Verification,
): Promise<Result<OpenZone>> {
  const entries = dsSet.rdatas.map(parseDs).filter((ds) => ds !== undefined);
  if (entries.length < dsSet.rdatas.length) {
    return refuse('dnssec.malformed', `a DS record of ${dsSet.name} cannot be parsed; fetch the proof again`);
  }
  const keys = takeKeySet(keySet, dsSet.name);
  if (!keys.ok) return keys;
  const open = await openZone(keys.value, entries, verification);
  return open.ok ? accept({ ...open.value, window: intersect(window, open.value.window) }) : open;
}

function conclude(rrset: Rrset, window: TimeWindow, zones: readonly OpenZone[]): Result<ProvenTxt> {
  const txt = rrset.rdatas.map(parseTxt).filter((text) => text !== undefined);
  if (txt.length < rrset.rdatas.length) {
    return refuse('dnssec.malformed', `a TXT record of ${rrset.name} cannot be parsed; publish it again`);
  }
  const proven = zones.map(({ zone, entry }) => ({ zone, keyTag: entry.keyTag, algorithm: entry.algorithm }));
  return accept({ name: rrset.name, txt, window, zones: proven });
}
