/**
 * Attacks by Ed25519 keys and signatures that some verifiers accept and others do not: under a key of small order anyone
 * can sign, and a signature of two forms lets one message have two. Each stands at a door that must be shut to it, with
 * every verifier that is shipped.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { nobleSuite, type CryptoSuite } from '../../protocol/crypto/index.ts';
import { parseCertificate } from '../../protocol/certificate/index.ts';
import { decodeCbor, encodeCbor, bytes, exactly } from '../../protocol/encoding/index.ts';
import { refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import { openRoster, signRoster } from '../../protocol/statement/index.ts';
import { z } from 'zod';
import { attacks, type Attack } from '../support/attack-table.ts';
import { AT, KEYS, makeChain, verifyDer } from '../support/chain-drafts.ts';
import { makeKey, type Key } from '../support/organisation.ts';

const SUITES: Readonly<Record<string, CryptoSuite>> = {
  sodium: sodiumSuite,
  noble: nobleSuite,
  node: nodeSuite,
};

const ROSTER = {
  domain: 'acme.test',
  number: 1,
  issued: AT,
  nextUpdate: AT + 86_400,
  nodes: [],
  revoked: [],
};
const { signer, publicKey } = makeKey('a statement key');
const SIGNED = await signRoster(ROSTER, signer);
const [PAYLOAD, SIGNATURE] = valueOf(
  decodeCbor(SIGNED, 100_000, z.tuple([bytes(100_000), exactly(64)]), 'roster'),
);

const order = ed25519.Point.Fn.ORDER;
const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
const number = (encoded: Uint8Array): bigint =>
  encoded.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

const IDENTITY = new Uint8Array(32).with(0, 1);
const ORDER_EIGHT = Uint8Array.from(
  Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex'),
);
/** y = p + 1: the identity in a form that is not its one. */
const TWIN_OF_IDENTITY = littleEndian(2n ** 255n - 18n);

/** The roster with this signature, under this key, at every verifier: what the first says, if all say so. */
function open(signature: Uint8Array, key = publicKey): Result<unknown> {
  const statement = encodeCbor([PAYLOAD, signature]);
  const verdicts = Object.entries(SUITES).map(
    ([name, suite]) => [name, openRoster(statement, 'acme.test', key, AT, suite)] as const,
  );
  const accepting = verdicts.find(([, verdict]) => verdict.ok)?.[0];
  return accepting === undefined
    ? verdicts[0]![1]
    : refuse('internal', `the verifier ${accepting} let it through`);
}

const signatureOf = (r: Uint8Array, s: Uint8Array): Uint8Array => Uint8Array.of(...r, ...s);
const [R, S] = [SIGNATURE.subarray(0, 32), SIGNATURE.subarray(32)];

const SIGNATURES: readonly Attack<undefined>[] = [
  {
    attack: 'the second form of a signature: S and the group’s order',
    code: 'roster.bad-signature',
    attempt: () => open(signatureOf(R, littleEndian(number(S) + order))),
  },
  {
    attack: 'an S as large as it can be',
    code: 'roster.bad-signature',
    attempt: () => open(signatureOf(R, new Uint8Array(32).fill(0xff))),
  },
  {
    attack: 'a key of order one, under which zero signs everything',
    code: 'roster.bad-signature',
    attempt: () => open(signatureOf(IDENTITY, new Uint8Array(32)), IDENTITY),
  },
  {
    attack: 'a key of order eight',
    code: 'roster.bad-signature',
    attempt: () => open(signatureOf(IDENTITY, new Uint8Array(32)), ORDER_EIGHT),
  },
  {
    attack: 'a key of order one in its second form',
    code: 'roster.bad-signature',
    attempt: () => open(signatureOf(IDENTITY, new Uint8Array(32)), TWIN_OF_IDENTITY),
  },
  {
    attack: 'an R of small order under a sound key',
    code: 'roster.bad-signature',
    attempt: () => open(signatureOf(IDENTITY, S)),
  },
  {
    attack: 'an R in its second form',
    code: 'roster.bad-signature',
    attempt: () => open(signatureOf(TWIN_OF_IDENTITY, S)),
  },
  {
    attack: 'a signature that holds only when it is multiplied by the cofactor',
    code: 'roster.bad-signature',
    attempt: () => {
      const shifted = ed25519.Point.fromBytes(R).add(ed25519.Point.fromBytes(ORDER_EIGHT));
      return open(signatureOf(shifted.toBytes(), S));
    },
  },
  {
    attack: 'a signature of nothing but zeros',
    code: 'roster.bad-signature',
    attempt: () => open(new Uint8Array(64)),
  },
  {
    attack: 'a signature of 63 bytes',
    code: 'encoding.malformed',
    attempt: () => open(SIGNATURE.subarray(1)),
  },
];

/** A sound chain but for the key that its leaf is for. */
async function chainFor(key: Uint8Array): Promise<Uint8Array[]> {
  return makeChain(({ leaf }) => (leaf.key = { ...KEYS.leaf, publicKey: key } satisfies Key));
}

const CERTIFIED: readonly Attack<undefined>[] = [
  {
    attack: 'a certificate for a key of order one',
    code: 'certificate.malformed',
    attempt: async () => verifyDer(await chainFor(IDENTITY)),
  },
  {
    attack: 'a certificate for a key of order eight',
    code: 'certificate.malformed',
    attempt: async () => verifyDer(await chainFor(ORDER_EIGHT)),
  },
  {
    attack: 'a certificate for a key that is not in its one form',
    code: 'certificate.malformed',
    attempt: async () => verifyDer(await chainFor(TWIN_OF_IDENTITY)),
  },
  {
    attack: 'a certificate whose signature is in its second form',
    code: 'certificate.bad-signature',
    attempt: async () => {
      const [leaf, ...above] = await makeChain();
      const s = littleEndian(number(leaf!.subarray(-32)) + order);
      return verifyDer([Uint8Array.of(...leaf!.subarray(0, -32), ...s), ...above]);
    },
  },
  {
    attack: 'a certificate by an algorithm that is not Ed25519',
    code: 'certificate.bad-algorithm',
    attempt: async () => {
      const [leaf] = await makeChain();
      const at = Buffer.from(leaf!).indexOf(Buffer.from('300506032b6570', 'hex'));
      return parseCertificate(leaf!.with(at + 6, 0x71)); // Ed448
    },
  },
];

attacks('a signature that only some accept', SIGNATURES);
attacks('a certificate for a key, or with a signature, that only some accept', CERTIFIED);
