import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeSigner, nodeSuite } from '../../client/adapters/node-crypto.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { nobleSigner, nobleSuite, type CryptoSuite, type Signer } from '../../protocol/crypto/index.ts';
import { readVectors } from '../support/vectors.ts';

interface Vector {
  number: number;
  key: string;
  sig: string;
  msg: string;
  flags: string[] | null;
}

const SUITES: Record<string, CryptoSuite> = { noble: nobleSuite, sodium: sodiumSuite, node: nodeSuite };
const SIGNERS: Record<string, (seed: Uint8Array) => Signer> = {
  noble: nobleSigner,
  sodium: sodiumSigner,
  node: nodeSigner,
};

/** Flags of encodings that the strict rule refuses whatever the equation says. */
const REFUSED = new Set(['non_canonical_A', 'non_canonical_R', 'low_order_A', 'low_order_R']);

test('every verifier gives the same answer on every published Ed25519 edge case', (t) => {
  const vectors = readVectors(t, 'ed25519/ed25519vectors.json') as Vector[] | undefined;
  if (vectors === undefined) return;
  assert.ok(vectors.length > 500, 'the vectors are not whole');
  const accepted = { count: 0 };
  for (const { number, key, sig, msg, flags } of vectors) {
    const answers = Object.entries(SUITES).map(
      ([name, suite]) => [name, suite.verifyEd25519(hex(key), Buffer.from(msg), hex(sig))] as const,
    );
    const [first] = answers;
    for (const [name, answer] of answers) {
      assert.equal(answer, first?.[1], `vector ${number} (${flags?.join(', ') ?? ''}): ${name} differs`);
    }
    if (flags?.some((flag) => REFUSED.has(flag)) === true) {
      assert.equal(first?.[1], false, `vector ${number} is not refused: ${flags.join(', ')}`);
    }
    if (first?.[1] === true) accepted.count += 1;
  }
  assert.ok(accepted.count > 0, 'no vector at all is accepted');
});

test('what any signer signs, every verifier accepts, and no verifier accepts it changed', () => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(
      bytes(32),
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(95),
      fc.nat(7),
      (seed, message, at, bit) => {
        const signatures = Object.values(SIGNERS).map((make) => make(seed).sign(message) as Uint8Array);
        const { publicKey } = nobleSigner(seed);
        for (const [name, suite] of Object.entries(SUITES)) {
          for (const signature of signatures) {
            assert.ok(suite.verifyEd25519(publicKey, message, signature), `${name} refuses a good signature`);
            const changed = Uint8Array.of(...signature, ...publicKey);
            changed[at] = (changed[at] ?? 0) ^ (1 << bit);
            assert.equal(
              suite.verifyEd25519(changed.subarray(64), message, changed.subarray(0, 64)),
              false,
              `${name} accepts a changed signature or key`,
            );
          }
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('wrong lengths are refused without an error', () => {
  for (const suite of Object.values(SUITES)) {
    assert.equal(suite.verifyEd25519(new Uint8Array(31), new Uint8Array(), new Uint8Array(64)), false);
    assert.equal(suite.verifyEd25519(new Uint8Array(32), new Uint8Array(), new Uint8Array(63)), false);
  }
});

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

test('what is verified is left as it was, also when it lies in a Buffer', () => {
  const signer = nobleSigner(new Uint8Array(32).fill(7));
  const message = Buffer.from('a message');
  for (const suite of Object.values(SUITES)) {
    for (let round = 0; round < 16; round += 1) {
      const text = Buffer.concat([message, Buffer.of(round)]);
      const kept = Buffer.concat([signer.publicKey, signer.sign(text) as Uint8Array]);
      const given = Buffer.from(kept);
      assert.ok(suite.verifyEd25519(given.subarray(0, 32), text, given.subarray(32)));
      assert.deepEqual(given, kept);
    }
  }
});
