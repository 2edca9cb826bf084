/**
 * The DNSSEC proof as it travels: the RRsets that lead from the root key to one TXT set, in the spirit of RFC 9102.
 * In order: the root's DNSKEY set; for each zone cut the DS set and the child's DNSKEY set; last the TXT set.
 * Decoding guarantees canonical CBOR, names and record order, and every limit below.
 */
import { z } from 'zod';
import { bytes, decodeCbor, encodeCbor } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { canonicalName } from './name.ts';
import { isCanonicalOrder, type Rrset } from './rrset.ts';

/** Largest proof in bytes: four times a usual one. */
export const MAX_PROOF_BYTES = 8 * 1024;

/** Most records in a proof, signatures included. */
const MAX_PROOF_RECORDS = 64;

/** Most signatures in a proof, and most signature checks made for one (KeyTrap, CVE-2023-50387). */
export const MAX_SIGNATURE_CHECKS = 16;

const VERSION = 1;

const rdata = bytes(MAX_PROOF_BYTES);

/** A set: its name, type, records and signatures. Without names for its fields, since every session carries it. */
const set = z.tuple([
  z.string().refine((name) => canonicalName(name) === name, 'not a canonical domain name'),
  z.number().int().min(1).max(0xffff),
  z.array(rdata).min(1).refine(isCanonicalOrder, 'records not in canonical order'),
  z.array(rdata),
]);

const shape = z.strictObject({ v: z.literal(VERSION), sets: z.array(set) });

/** Encodes a chain. It is not judged: whoever needs to know whether it holds verifies it. */
export function encodeProof(rrsets: readonly Rrset[]): Uint8Array {
  const sets = rrsets.map(({ name, type, rdatas, rrsigs }) => [name, type, rdatas, rrsigs]);
  return encodeCbor({ v: VERSION, sets });
}

/** Refuses with `encoding.*`, or `dnssec.too-many-records`. */
export function decodeProof(proof: Uint8Array): Result<readonly Rrset[]> {
  const decoded = decodeCbor(proof, MAX_PROOF_BYTES, shape, 'the DNSSEC proof');
  if (!decoded.ok) return decoded;
  const rrsets = decoded.value.sets.map(([name, type, rdatas, rrsigs]) => ({ name, type, rdatas, rrsigs }));
  const signatures = rrsets.reduce((sum, { rrsigs }) => sum + rrsigs.length, 0);
  const records = rrsets.reduce((sum, { rdatas }) => sum + rdatas.length, signatures);
  if (records > MAX_PROOF_RECORDS || signatures > MAX_SIGNATURE_CHECKS) {
    return refuse(
      'dnssec.too-many-records',
      `the DNSSEC proof holds ${records} records, ${signatures} of them signatures; at most ` +
        `${MAX_PROOF_RECORDS} and ${MAX_SIGNATURE_CHECKS} are accepted`,
      { records, signatures },
    );
  }
  return accept(rrsets);
}
