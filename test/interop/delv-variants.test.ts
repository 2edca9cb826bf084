/**
 * More than two hundred zones that a seeded generator made up, signed and served by BIND: `delv` and our verifier come to
 * the same verdict on each, but for what is listed here with its reason.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildDnssecProof, createDnsClient } from '../../node/dns/index.ts';
import { parseTrustAnchor, verifyDnssecProof, type TrustAnchor } from '../../protocol/dnssec/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { BIND_COMMANDS, BIND_PACKAGES, delv } from '../support/bind.ts';
import { inParallel, startVariants } from '../support/bind-variants.ts';
import { dnssecCrypto } from '../support/dnssec-chain.ts';
import { requireCommands } from '../support/requirements.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { RECORD, variantsOf } from '../support/zone-variants.ts';

type Verdict = 'secure' | 'bogus' | 'insecure' | 'absent';

interface Difference {
  /** What delv says; more than one where it depends on how absence is proven, or on what its OpenSSL still knows. */
  readonly delv: readonly Verdict[];
  /** The code with which we refuse. */
  readonly ours: string;
  readonly reason: string;
}

/** By kind of zone: where we are stricter than DNSSEC, on purpose. There is none where we are less strict. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'a delegation to a withdrawn key': {
    delv: ['secure'],
    ours: 'dnssec.revoked-key',
    reason: 'RFC 5011 speaks of trust anchors only; who withdrew a key does not want it believed anywhere',
  },
  'a wildcard': {
    delv: ['secure', 'insecure'], // insecure where NSEC3 leaves names out
    ours: 'dnssec.wildcard',
    reason: 'a proof would have to show that nothing is nearer; the record is published under its own name',
  },
  'a wildcard over two labels': {
    delv: ['secure', 'insecure'],
    ours: 'dnssec.wildcard',
    reason: 'as for a wildcard over one',
  },
  'an alias': {
    delv: ['secure'],
    ours: 'dnssec.alias',
    reason: 'who controls the target would control the organisation',
  },
  'an alias out of the zone': { delv: ['secure'], ours: 'dnssec.alias', reason: 'as for an alias within it' },
  'an alias of the names below': { delv: ['secure'], ours: 'dnssec.alias', reason: 'as for a single name' },
  'an algorithm that is not accepted': {
    delv: ['secure', 'insecure'], // insecure where OpenSSL refuses SHA-1
    ours: 'dnssec.bad-algorithm',
    reason:
      'SHA-1 is broken, and the others are in nobody’s way: 8, 13, 14 and 15 are what RFC 8624 tells signers to use',
  },
  'named by SHA-1 alone': {
    delv: ['secure', 'insecure'],
    ours: 'dnssec.bad-algorithm',
    reason: 'SHA-1 is broken (RFC 8624, section 3.3)',
  },
  'more records than a proof may hold': {
    delv: ['secure'],
    ours: 'dnssec.too-many-records',
    reason: 'the work for a proof is bounded (KeyTrap)',
  },
  'more bytes than a proof may hold': {
    delv: ['secure'],
    ours: 'encoding.too-large',
    reason: 'a proof travels with every session, and is bounded',
  },
};

/** What `delv` says, in one word. */
function verdictOf(said: string): Verdict {
  if (/^; negative response/m.test(said)) return 'absent';
  if (/^; fully validated/m.test(said)) return 'secure';
  return /^; unsigned answer/m.test(said) ? 'insecure' : 'bogus';
}

/** What of our codes means the same as a verdict of delv's. */
function agrees(ours: string, verdict: Verdict): boolean {
  switch (verdict) {
    case 'secure':
      return ours === 'proven';
    case 'absent':
      return ours === 'dns.no-record';
    case 'insecure':
      return ours === 'dnssec.unsigned';
    case 'bogus':
      return ours.startsWith('dnssec.');
  }
}

async function judge(name: string, address: string, anchor: TrustAnchor): Promise<string> {
  const proof = await buildDnssecProof(name, createDnsClient({ servers: [address] }));
  if (!proof.ok) return proof.refusal.code;
  const result = await verifyDnssecProof(proof.value, name, Date.now() / 1000, [anchor], dnssecCrypto);
  if (!result.ok) return result.refusal.code;
  assert.ok(result.value.txt.includes(RECORD), `${name} proves ${result.value.txt.join()}`);
  return 'proven';
}

test('delv and our verifier agree on every kind of zone, but for what is listed', async (t) => {
  if (!requireCommands(t, BIND_COMMANDS, BIND_PACKAGES)) return;
  const variants = variantsOf(seededRandom(t));
  assert.ok(variants.length >= 200, `only ${variants.length} variants`);
  const bind = await startVariants(variants.flatMap(({ zones }) => zones));
  t.after(() => bind.stop());
  const { address, anchorLine } = bind;
  const anchor = valueOf(parseTrustAnchor(anchorLine));
  const unlisted: string[] = [];
  const seen = new Set<string>();
  await inParallel(variants, async ({ kind, ask, zones }) => {
    const verdict = verdictOf(await delv(address, anchorLine, ask));
    const ours = await judge(ask, address, anchor);
    const listed = DIFFERENCES[kind];
    if (listed?.delv.includes(verdict) === true && listed.ours === ours) seen.add(kind);
    else if (listed !== undefined || !agrees(ours, verdict)) {
      const keys = zones[0]?.keys.map(({ algorithm }) => algorithm).join(' ') ?? '';
      unlisted.push(`${kind} (${ask}, ${keys}): delv says ${verdict}, we say ${ours}`);
    }
  });
  assert.deepEqual(unlisted, []);
  assert.deepEqual([...seen].sort(), Object.keys(DIFFERENCES).sort(), 'a difference that is listed is none');
  t.diagnostic(`${variants.length} zones, ${Object.keys(DIFFERENCES).length} kinds of difference`);
});
