/**
 * Checks the signature of one RRset by the keys of one zone (RFC 4035, section 5.3).
 * Guarantees: accepted algorithms only, no wildcard expansion, no revoked or foreign key, and a bound on the work.
 */
import { equals } from 'uint8arrays/equals';
import { accept, refuse, type Refusal, type Result } from '../errors/index.ts';
import { isRevoked, isZoneKey, type Dnskey } from './dnskey.ts';
import type { DnssecCrypto } from './dnssec-crypto.ts';
import { isBelow, labelCount } from './name.ts';
import { MAX_SIGNATURE_CHECKS } from './proof.ts';
import { encodeRrsig, parseRrsig, signedBytes, validityOf, type Rrsig } from './rrsig.ts';
import { isAcceptedAlgorithm, TYPE, type Rrset } from './rrset.ts';
import { holdsAt, type TimeWindow } from './time-window.ts';

/** Most keys of one zone with the same tag and algorithm that are tried: collisions are rare unless made (KeyTrap). */
const MAX_KEYS_PER_TAG = 2;

/** What one verification is given, and how much it has spent so far. */
export interface Verification {
  /** Seconds since 1970. */
  readonly at: number;
  readonly crypto: DnssecCrypto;
  /** Signature checks made so far. */
  checks: number;
}

/** Who may sign: a zone and the keys that speak for it. */
export interface ZoneKeys {
  readonly zone: string;
  readonly keys: readonly Dnskey[];
}

/** The key that signed, and when its signature holds. */
export interface SignedBy {
  readonly key: Dnskey;
  readonly window: TimeWindow;
}

/** The first signature that holds; if none does, why the first one was refused. */
export async function checkSignature(
  rrset: Rrset,
  signer: ZoneKeys,
  verification: Verification,
): Promise<Result<SignedBy>> {
  let first: Refusal | undefined;
  for (const rdata of rrset.rrsigs) {
    const rrsig = parseRrsig(rdata);
    const result =
      rrsig === undefined || !equals(encodeRrsig(rrsig), rdata)
        ? refuse('dnssec.malformed', `a signature over ${rrset.name} cannot be parsed; fetch the proof again`)
        : await checkOne(rrset, rrsig, signer, verification);
    if (result.ok || result.refusal.code === 'dnssec.too-many-records') return result;
    first ??= result.refusal;
  }
  if (first !== undefined) return { ok: false, refusal: first };
  return refuse('dnssec.unsigned', `${rrset.name} is not signed; sign its zone`, { name: rrset.name });
}

async function checkOne(
  rrset: Rrset,
  rrsig: Rrsig,
  signer: ZoneKeys,
  verification: Verification,
): Promise<Result<SignedBy>> {
  const form = checkForm(rrset, rrsig, signer.zone);
  if (!form.ok) return form;
  const window = validityOf(rrsig, verification.at);
  if (!holdsAt(window, verification.at)) return outsideOf(window, verification.at, rrset.name);
  const keys = usableKeys(rrset, rrsig, signer);
  if (!keys.ok) return keys;
  const data = signedBytes(rrsig, rrset);
  for (const key of keys.value) {
    verification.checks += 1;
    if (verification.checks > MAX_SIGNATURE_CHECKS) {
      return refuse(
        'dnssec.too-many-records',
        `the proof needs more than ${MAX_SIGNATURE_CHECKS} signature checks`,
      );
    }
    const { crypto } = verification;
    const holds = await crypto.verify(rrsig.algorithm, key.publicKey, data, rrsig.signature);
    if (holds) return accept({ key, window });
  }
  return refuse('dnssec.bad-signature', `the signature over ${rrset.name} does not verify`, {
    name: rrset.name,
  });
}

/** What can be seen from the signature record alone. */
function checkForm(rrset: Rrset, rrsig: Rrsig, zone: string): Result<undefined> {
  const { name } = rrset;
  const labels = labelCount(name);
  if (rrsig.typeCovered !== rrset.type || rrsig.labels > labels) {
    return refuse(
      'dnssec.malformed',
      `a signature over ${name} is about other records; fetch the proof again`,
    );
  }
  if (rrsig.labels < labels) {
    return refuse('dnssec.wildcard', `${name} was expanded from a wildcard; publish it under its own name`);
  }
  if (!isAcceptedAlgorithm(rrsig.algorithm)) {
    return refuse(
      'dnssec.bad-algorithm',
      `${name} is signed with algorithm ${rrsig.algorithm}; use 8, 13, 14 or 15`,
    );
  }
  if (rrsig.signer === zone) return accept(undefined);
  // a zone signs what is at its own top, but for its delegation, which is the parent's
  const contains = isBelow(name, rrsig.signer) || (rrsig.signer === name && rrset.type !== TYPE.DS);
  const linkMissing = isBelow(rrsig.signer, zone) && contains;
  return linkMissing
    ? refuse(
        'dnssec.incomplete',
        `${name} is signed by ${rrsig.signer}, whose keys the proof does not lead to`,
      )
    : refuse('dnssec.wrong-name', `${name} is signed by ${rrsig.signer}, which is not its zone ${zone}`);
}

function outsideOf(window: TimeWindow, at: number, name: string): Result<SignedBy> {
  const facts = { name, from: window.from, until: window.until, at };
  return at > window.until
    ? refuse('dnssec.expired', `a signature over ${name} has expired; fetch a fresh proof`, facts)
    : refuse('dnssec.not-yet-valid', `a signature over ${name} is not valid yet; check the clocks`, facts);
}

function usableKeys(rrset: Rrset, rrsig: Rrsig, signer: ZoneKeys): Result<readonly Dnskey[]> {
  const named = signer.keys.filter(
    (key) => key.keyTag === rrsig.keyTag && key.algorithm === rrsig.algorithm && isZoneKey(key),
  );
  const keys = named.filter((key) => !isRevoked(key));
  const who = `key ${rrsig.keyTag} of ${signer.zone}`;
  if (keys.length > MAX_KEYS_PER_TAG) {
    return refuse(
      'dnssec.too-many-records',
      `${keys.length} keys share the tag of ${who}; at most ${MAX_KEYS_PER_TAG}`,
    );
  }
  if (keys.length > 0) return accept(keys);
  return named.length > 0
    ? refuse('dnssec.revoked-key', `${rrset.name} is signed by ${who}, which is revoked`)
    : refuse('dnssec.bad-signature', `${rrset.name} is signed by ${who}, which is no key that counts there`);
}
