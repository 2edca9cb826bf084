/**
 * Collects the DNSSEC proof of a TXT set from name servers. Each signature names the zone that made it, so the
 * zone cuts need no guessing. Nothing is verified here: whoever relies on the proof verifies it.
 */
import {
  canonicalName,
  canonicalOrder,
  encodeProof,
  encodeRrsig,
  isAcceptedAlgorithm,
  isBelow,
  isEntryKey,
  keyTagOf,
  labelCount,
  MAX_PROOF_BYTES,
  parseDs,
  parseRrsig,
  ROOT,
  TYPE,
  type Rrset,
  type Rrsig,
} from '../../protocol/dnssec/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { DnsClient } from './dns-client.ts';
import type { DnsRecord, QueryType } from './dns-message.ts';

/** Signatures kept of the root's key set: while the root key is replaced, verifiers may have either as their anchor. */
const ROOT_KEY_SIGNATURES = 2;

interface SignedSet {
  readonly name: string;
  readonly type: number;
  readonly rdatas: readonly Uint8Array[];
  /** Never empty; the one that lasts longest comes first. */
  readonly rrsigs: readonly Rrsig[];
  /** The zone that made them. */
  readonly signer: string;
}

/**
 * The proof for the TXT records of exactly that name, for `verifyDnssecProof`.
 * Refuses with what {@link DnsClient.query} does, `dns.no-record`, `dnssec.unsigned`, `dnssec.alias`, `dnssec.wildcard`,
 * `dnssec.bad-algorithm`, `dnssec.incomplete`, `dnssec.malformed` or `encoding.too-large`.
 */
export async function buildDnssecProof(name: string, client: DnsClient): Promise<Result<Uint8Array>> {
  const wanted = canonicalName(name);
  if (wanted === undefined) return refuse('name.bad-domain', `"${name}" is not a usable domain name`);
  const txt = await fetchSet(client, wanted, 'TXT');
  if (!txt.ok) return txt;
  const chain: Rrset[] = [toRrset(txt.value, 1)];
  for (let zone = txt.value.signer; zone !== ROOT;) {
    const [keys, ds] = await Promise.all([fetchSet(client, zone, 'DNSKEY'), fetchSet(client, zone, 'DS')]);
    if (!ds.ok) return ds;
    if (!keys.ok) return keys;
    if (!isBelow(zone, ds.value.signer)) {
      return refuse(
        'dnssec.malformed',
        `the delegation of ${zone} is signed by ${ds.value.signer}; mend its zone`,
      );
    }
    const tags = ds.value.rdatas.map((rdata) => parseDs(rdata)?.keyTag);
    chain.unshift(toRrset(ds.value, 1), toRrset(preferSigners(keys.value, tags), 1));
    zone = ds.value.signer;
  }
  const root = await fetchSet(client, ROOT, 'DNSKEY');
  if (!root.ok) return root;
  const entries = root.value.rdatas.filter(isEntryKey).map(keyTagOf);
  chain.unshift(toRrset(preferSigners(root.value, entries), ROOT_KEY_SIGNATURES));
  return withinLimit(encodeProof(chain), wanted);
}

async function fetchSet(client: DnsClient, name: string, type: QueryType): Promise<Result<SignedSet>> {
  const answer = await client.query(name, type);
  if (!answer.ok) return answer;
  const records = answer.value;
  if (records.some((record) => record.type === TYPE.CNAME || record.type === TYPE.DNAME)) {
    return refuse('dnssec.alias', `${name} is an alias; publish its records under its own name`);
  }
  const rdatas = records
    .filter((record) => record.type === TYPE[type] && record.name === name)
    .map(({ rdata }) => rdata);
  if (rdatas.length === 0) return missing(name, type);
  const rrsigs = signaturesOf(records, name, type);
  if (rrsigs.length === 0) {
    return refuse('dnssec.unsigned', `the ${type} records of ${name} are not signed; sign the zone`, {
      name,
      type,
    });
  }
  const usable = rrsigs.filter(({ algorithm }) => isAcceptedAlgorithm(algorithm)).toSorted(laterFirst);
  const [first] = usable;
  if (first === undefined) {
    return refuse(
      'dnssec.bad-algorithm',
      `${name} is signed with no accepted algorithm; use 8, 13, 14 or 15`,
    );
  }
  if (first.labels < labelCount(name)) {
    return refuse('dnssec.wildcard', `${name} was expanded from a wildcard; publish it under its own name`);
  }
  const { signer } = first;
  if (signer !== name && !isBelow(name, signer)) {
    return refuse(
      'dnssec.wrong-name',
      `${name} is signed by ${signer}, which does not contain it; mend the zone`,
    );
  }
  const bySigner = usable.filter((rrsig) => rrsig.signer === signer);
  return accept({ name, type: TYPE[type], rdatas: canonicalOrder(rdatas), rrsigs: bySigner, signer });
}

function missing(name: string, type: QueryType): Result<never> {
  const facts = { name, type };
  switch (type) {
    case 'TXT':
      return refuse('dns.no-record', `${name} has no TXT record; publish it`, facts);
    case 'DS':
      return refuse(
        'dnssec.unsigned',
        `the delegation of ${name} is not signed; have its parent publish DS`,
        facts,
      );
    case 'DNSKEY':
      return refuse('dnssec.incomplete', `${name} publishes no keys; sign the zone`, facts);
  }
}

function signaturesOf(records: readonly DnsRecord[], name: string, type: QueryType): Rrsig[] {
  return records
    .filter((record) => record.type === TYPE.RRSIG && record.name === name)
    .map(({ rdata }) => parseRrsig(rdata))
    .filter((rrsig) => rrsig?.typeCovered === TYPE[type])
    .filter((rrsig) => rrsig !== undefined);
}

/** By expiration, as RFC 1982 compares serial times. */
function laterFirst(a: Rrsig, b: Rrsig): number {
  return (b.expiration - a.expiration) | 0;
}

/** Puts signatures by the named keys first: a verifier comes to a key set knowing those. */
function preferSigners(set: SignedSet, keyTags: readonly (number | undefined)[]): SignedSet {
  const { true: named = [], false: others = [] } = Object.groupBy(set.rrsigs, ({ keyTag }) =>
    keyTags.includes(keyTag) ? 'true' : 'false',
  );
  return { ...set, rrsigs: [...named, ...others] };
}

function toRrset({ name, type, rdatas, rrsigs }: SignedSet, signatures: number): Rrset {
  return { name, type, rdatas, rrsigs: rrsigs.slice(0, signatures).map(encodeRrsig) };
}

function withinLimit(proof: Uint8Array, name: string): Result<Uint8Array> {
  if (proof.length <= MAX_PROOF_BYTES) return accept(proof);
  return refuse(
    'encoding.too-large',
    `the DNSSEC proof of ${name} would have ${proof.length} bytes, more than the ${MAX_PROOF_BYTES} that are accepted; use fewer or smaller keys`,
  );
}
