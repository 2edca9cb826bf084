/**
 * A hundred thousand attacks that nobody thought of: everything by which an organisation shows who it is, changed in bits,
 * cut, spliced, and changed within its structure. Whatever the bytes: no fault, a known code, a bounded number of
 * signature checks, and what is accepted says nothing but what was signed.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { decode } from 'cborg';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { bitString, element, TAG } from '../../protocol/certificate/der.ts';
import type { VerifiedPath } from '../../protocol/certificate/index.ts';
import { ED25519 } from '../../protocol/certificate/key.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import {
  ALGORITHM,
  encodeProof,
  encodeRrsig,
  encodeTxt,
  parseRrsig,
  verifyDnssecProof,
  type DnssecCrypto,
} from '../../protocol/dnssec/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { isCode, type Result } from '../../protocol/errors/index.ts';
import {
  decodeBundle,
  encodeBundle,
  formatRecord,
  verifyBundle,
  verifyChain,
  type Bundle,
  type VerifiedIdentity,
} from '../../protocol/identity/index.ts';
import { signedBytes } from '../../protocol/signing/index.ts';
import {
  openAgreement,
  openRoster,
  signAgreement,
  signRoster,
  type Roster,
} from '../../protocol/statement/index.ts';
import { AT, Chain, dnssecCrypto, NAME, txtSet } from '../support/dnssec-chain.ts';
import { mutateBytes, mutateCbor, mutateDer, type Samples } from '../support/mutate.ts';
import { makeDevice, makeNode, makeOrganisation } from '../support/organisation.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Inputs in all; each target takes its share. */
const INPUTS = Number(process.env['CHANCERY_FUZZ_INPUTS'] ?? 100_000);

/** The signature checks of a whole bundle: two chains, a roster, and the most that a proof may cost. */
const MAX_CHECKS = 3 + 3 + 1 + 16;

/** Signature checks since the last input. */
let checks = 0;

const suite: CryptoSuite = {
  sha256: sodiumSuite.sha256,
  verifyEd25519(...given) {
    checks += 1;
    return sodiumSuite.verifyEd25519(...given);
  },
};

const dnssec: DnssecCrypto = {
  digest: (...given) => dnssecCrypto.digest(...given),
  verify(...given) {
    checks += 1;
    return dnssecCrypto.verify(...given);
  },
};

interface Target {
  readonly name: string;
  /** How much of all the inputs. */
  readonly share: number;
  readonly sound: readonly Uint8Array[];
  readonly samples: Samples;
  readonly mutate: (random: SeededRandom, bytes: Uint8Array, samples: Samples) => Uint8Array;
  /** Judges an input made of the sound one with this index. */
  readonly judge: (input: Uint8Array, index: number) => Promise<Result<unknown>> | Result<unknown>;
  /** Why an input that was changed and accepted does no harm; throws where it does. */
  readonly harmless: (value: unknown, input: Uint8Array) => string;
}

/** Every byte is signed, or decides how the signed ones are read in their one form: nothing may be changed. */
const nothingMayChange = (): never => assert.fail('a changed input was accepted');

const acme = await makeOrganisation('acme.test', { at: AT });
const evil = await makeOrganisation('evil.test', { at: AT });
const node = await makeNode(acme);
const device = await makeDevice(acme, 'alice@acme.test');
const strange = [...(await makeNode(evil)).chain, ...(await makeDevice(evil, 'eve@evil.test')).chain];
const CHAINS = [node.chain, device.chain].map((chain) => chain.map(({ der }) => der));

const roster = (by: typeof acme, number: number): Promise<Uint8Array> =>
  signRoster(
    {
      domain: by.domain,
      number,
      issued: AT,
      nextUpdate: AT + 86_400,
      nodes: [{ peer: node.peerId, roles: ['gateway', 'archive'], addresses: ['/ip4/127.0.0.1/tcp/4710'] }],
      revoked: [{ serial: '0a0b', at: AT, reason: 'key-compromise' }],
    },
    by.statement.signer,
  );
const agreement = (by: typeof acme): Promise<Uint8Array> =>
  signAgreement(
    {
      from: by.domain,
      with: 'home.test',
      root: 'R',
      since: AT,
      until: null,
      terms: { messageBytes: 1, directory: 'none' as const },
    },
    by.statement.signer,
  );

const payloadOf = (statement: Uint8Array): Uint8Array => (decode(statement) as [Uint8Array])[0];

const dns = new Chain(ALGORITHM.ED25519);
const record = encodeTxt(formatRecord({ id: acme.rootId, sequence: 7, state: 'current' }));
const prove = (by: Chain): Uint8Array => by.proof({ 5: txtSet(by.acme, { rdatas: [record] }) });
const PROOF = prove(dns);
const FOREIGN = prove(new Chain(ALGORITHM.ED25519));

const BUNDLE: Bundle = {
  proof: PROOF,
  chain: CHAINS[0]!,
  handovers: [],
  statement: acme.statement.certificate.der,
  roster: await roster(acme, 5),
};
const OTHER_BUNDLE: Bundle = {
  proof: FOREIGN,
  chain: strange.slice(0, 3).map(({ der }) => der),
  handovers: [acme.root.certificate.der],
  statement: evil.statement.certificate.der,
  roster: await roster(evil, 5),
};

/** Beside the signed records a proof may carry other signatures, which are not what it rests on and are not signed. */
function sameRecords(input: Uint8Array): string {
  const records = (proof: Uint8Array): unknown =>
    (decode(proof) as { sets: unknown[][] }).sets.map(([name, type, rdatas]) => [name, type, rdatas]);
  assert.deepEqual(records(input), records(PROOF));
  return 'a signature beside the one that counts';
}

/** `verifyBundle` hands the proof's verdict on, and handovers as they are: trust judges both, and has tests of its own. */
function sameIdentity(value: unknown, input: Uint8Array): string {
  const { leaf, statement, rootId, domain, proof } = value as VerifiedIdentity;
  const shown = decodeBundle(input);
  assert.ok(shown.ok);
  const { chain, statement: signer, roster: list } = shown.value;
  assert.deepEqual([chain, signer, list], [BUNDLE.chain, BUNDLE.statement, BUNDLE.roster]);
  assert.deepEqual([domain, rootId, leaf.serial], [acme.domain, acme.rootId, node.certificate.serial]);
  assert.equal(statement?.roster.number, 5);
  if (proof === null) return 'no proof: the level is none';
  if (!proof.ok) return `the proof is refused: ${proof.refusal.code}`;
  assert.equal(proof.value.records.current.id, acme.rootId);
  assert.equal(proof.value.records.current.sequence, 7);
  const handedOn = Buffer.compare(shown.value.proof!, PROOF) === 0;
  return handedOn ? 'handovers that trust judges' : sameRecords(shown.value.proof!);
}

const either = (random: SeededRandom, structured: Target['mutate']): Target['mutate'] =>
  random.between(0, 3) === 0 ? mutateBytes : structured;

const { publicKey: statementKey } = acme.statement.signer;

const [issuerSigner, statementSigner] = [sodiumSigner(acme.issuer.seed), sodiumSigner(acme.statement.seed)];

/** A leaf's content, signed by the issuer whatever it says. */
async function certified(tbs: Uint8Array): Promise<Uint8Array> {
  const signature = await issuerSigner.sign(tbs);
  return element(TAG.SEQUENCE, tbs, ED25519, bitString(signature));
}

/** What an authority that has gone mad certifies of its own domain is its own affair, but of that alone. */
function ofOwnDomain(value: unknown): string {
  const { domain, subject } = value as VerifiedPath;
  assert.equal(domain, acme.domain);
  if (subject.kind === 'device') assert.equal(subject.address.domain, acme.domain);
  return `a ${subject.kind} of the issuer’s own domain`;
}

/** A roster's payload, signed whatever it says. */
async function stated(payload: Uint8Array): Promise<Uint8Array> {
  return encodeCbor([payload, await statementSigner.sign(signedBytes('roster', payload))]);
}

function ownRoster(value: unknown): string {
  const { domain, issued, nextUpdate, revoked } = value as Roster;
  assert.equal(domain, acme.domain);
  assert.ok(issued <= AT + 600 && nextUpdate - issued <= 31 * 86_400);
  assert.ok(revoked.every(({ serial }) => /^[0-9a-f]+$/.test(serial)));
  return 'a roster of the organisation’s own';
}

const TARGETS: readonly Target[] = [
  {
    name: 'certificates that the issuer signed as they are',
    share: 0.1,
    sound: [device.certificate.tbs],
    samples: strange.map(({ tbs }) => tbs),
    mutate: mutateDer,
    judge: async (input) => verifyChain(CHAINS[1]!.with(0, await certified(input)), AT, suite),
    harmless: ofOwnDomain,
  },
  {
    name: 'rosters that the organisation signed as they are',
    share: 0.1,
    sound: [payloadOf(BUNDLE.roster!)],
    samples: [payloadOf(OTHER_BUNDLE.roster!), payloadOf(await agreement(acme))],
    mutate: mutateCbor,
    judge: async (input) => openRoster(await stated(input), 'acme.test', statementKey, AT, suite),
    harmless: ownRoster,
  },
  {
    name: 'certificates',
    share: 0.3,
    sound: CHAINS.flat(),
    samples: strange.map(({ der }) => der),
    mutate: mutateDer,
    judge(input, index) {
      const chain = CHAINS[Math.floor(index / 3)]!.with(index % 3, input);
      return verifyChain(chain, AT, suite);
    },
    harmless: nothingMayChange,
  },
  {
    name: 'DNSSEC proofs',
    share: 0.1,
    sound: [PROOF],
    samples: [FOREIGN, PROOF],
    mutate: mutateCbor,
    judge: (input) => verifyDnssecProof(input, NAME, AT, dns.anchors, dnssec),
    harmless: (_value, input) => sameRecords(input),
  },
  {
    name: 'bundles',
    share: 0.1,
    sound: [encodeBundle(BUNDLE)],
    samples: [encodeBundle(OTHER_BUNDLE), encodeBundle(BUNDLE)],
    mutate: mutateCbor,
    judge: (input) => verifyBundle(input, node.signer.publicKey, AT, { suite, dnssec, anchors: dns.anchors }),
    harmless: sameIdentity,
  },
  {
    name: 'rosters',
    share: 0.15,
    sound: [BUNDLE.roster!],
    samples: [OTHER_BUNDLE.roster!, await agreement(acme)],
    mutate: mutateCbor,
    judge: (input) => openRoster(input, 'acme.test', statementKey, AT, suite),
    harmless: nothingMayChange,
  },
  {
    name: 'agreements',
    share: 0.15,
    sound: [await agreement(acme)],
    samples: [await agreement(evil), BUNDLE.roster!],
    mutate: mutateCbor,
    judge(input) {
      const expected = { from: 'acme.test', us: 'home.test', rootIds: ['R'], at: AT };
      return openAgreement(input, expected, statementKey, suite);
    },
    harmless: nothingMayChange,
  },
];

interface Tally {
  readonly verdicts: Map<string, number>;
  slowest: number;
}

async function attack(target: Target, random: SeededRandom, tally: Tally): Promise<void> {
  const index = random.between(0, target.sound.length);
  const sound = target.sound[index]!;
  let input = sound;
  for (let times = random.pick([1, 1, 1, 2, 3]); times > 0; times -= 1)
    input = either(random, target.mutate)(random, input, target.samples);
  checks = 0;
  const begin = performance.now();
  const verdict = await target.judge(input, index);
  tally.slowest = Math.max(tally.slowest, performance.now() - begin);
  assert.ok(checks <= MAX_CHECKS, `${checks} signature checks`);
  const unchanged = Buffer.compare(input, sound) === 0;
  assert.ok(verdict.ok || !unchanged, 'a sound input was refused');
  if (!verdict.ok) assert.ok(isCode(verdict.refusal.code), verdict.refusal.code);
  const name = verdict.ok
    ? unchanged
      ? 'accepted, unchanged'
      : `accepted: ${target.harmless(verdict.value, input)}`
    : verdict.refusal.code;
  tally.verdicts.set(name, (tally.verdicts.get(name) ?? 0) + 1);
}

async function fuzz(t: TestContext, target: Target): Promise<void> {
  const random = seededRandom(t);
  const tally: Tally = { verdicts: new Map(), slowest: 0 };
  const inputs = Math.ceil(INPUTS * target.share);
  for (let made = 0; made < inputs; made += 1) {
    try {
      await attack(target, random, tally);
    } catch (cause) {
      throw new Error(`input ${made} of ${inputs} of the seed shown`, { cause });
    }
  }
  const verdicts = [...tally.verdicts].toSorted(([, one], [, other]) => other - one);
  t.diagnostic(`${inputs} inputs, the slowest ${tally.slowest.toFixed(1)} ms`);
  t.diagnostic(verdicts.map(([name, count]) => `${name} ${count}`).join(', '));
}

for (const target of TARGETS) {
  test(`${target.name}, changed in every way, are refused with a known code or say the same`, async (t) => {
    await fuzz(t, target);
  });
}

test('an ECDSA signature in its second form proves the same records: signatures are not signed', async () => {
  const elliptic = new Chain();
  const sets = elliptic.sets();
  const rrsig = parseRrsig(sets[5]!.rrsigs[0]!)!;
  const s = BigInt(`0x${Buffer.from(rrsig.signature.subarray(32)).toString('hex')}`);
  const second = Buffer.from((P256_ORDER - s).toString(16).padStart(64, '0'), 'hex');
  const signature = Buffer.concat([rrsig.signature.subarray(0, 32), second]);
  const twin = encodeProof(sets.with(5, { ...sets[5]!, rrsigs: [encodeRrsig({ ...rrsig, signature })] }));
  const open = (proof: Uint8Array): Promise<unknown> =>
    verifyDnssecProof(proof, NAME, AT, elliptic.anchors, dnssecCrypto);
  assert.notDeepEqual(twin, encodeProof(sets));
  assert.deepEqual(await open(twin), await open(encodeProof(sets)));
});
