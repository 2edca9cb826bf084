/** Certificates from a stranger who changes bytes, lengths and signatures: no fault, and no false acceptance. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePem, decodePkcs8, parseCertificate } from '../../protocol/certificate/index.ts';
import { DOMAIN, makeChain, verifyDer } from '../support/chain-drafts.ts';

const numRuns = Number(process.env['CHANCERY_FUZZ_RUNS'] ?? 1_000);
const chain = await makeChain();

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const edits = fc.array(
  fc.record({
    at: fc.nat(1_200),
    remove: fc.nat(3),
    insert: fc.uint8Array({ maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);

function edited(der: Uint8Array, changes: readonly Edit[]): Uint8Array {
  return changes.reduce((bytes, { at, remove, insert }) => {
    const begin = at % bytes.length;
    return Uint8Array.of(...bytes.subarray(0, begin), ...insert, ...bytes.subarray(begin + remove));
  }, der);
}

test('a chain with a changed certificate never verifies, and never throws', () => {
  fc.assert(
    fc.property(fc.nat(2), edits, (which, changes) => {
      const spoiled = chain.map((der, i) => (i === which ? edited(der, changes) : der));
      if (Buffer.compare(spoiled[which]!, chain[which]!) === 0) return;
      assert.ok(!verifyDer(spoiled).ok);
    }),
    { numRuns },
  );
});

test('no byte of a chain can be changed', () => {
  chain.forEach((der, which) => {
    der.forEach((byte, at) => {
      const changed = Uint8Array.from(der);
      changed[at] = byte ^ (1 << (at & 7));
      const spoiled = chain.map((sound, i) => (i === which ? changed : sound));
      assert.ok(!verifyDer(spoiled).ok, `byte ${at} of certificate ${which}`);
    });
  });
});

test('extensions of any content, properly signed, neither throw nor name another domain', async () => {
  const certificate = fc.constantFrom('leaf', 'issuer', 'root');
  const extension = fc.constantFrom(
    'authority',
    'usage',
    'constraints',
    'names',
    'details',
    'subjectKeyId',
    'extra',
  );
  await fc.assert(
    fc.asyncProperty(certificate, extension, edits, async (which, name, changes) => {
      const spoiled = await makeChain((drafts) => {
        const { extensions } = drafts[which];
        extensions[name] = edited(extensions[name] ?? Uint8Array.of(0x30, 0), changes);
      });
      const path = verifyDer(spoiled);
      if (!path.ok) return;
      const { domain, subject } = path.value;
      assert.equal(domain, DOMAIN);
      assert.ok(subject.kind !== 'device' || subject.address.domain === DOMAIN);
    }),
    { numRuns: Math.ceil(numRuns / 10) },
  );
});

test('random bytes and texts are refused without a fault', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      (bytes, text) => {
        assert.ok(!parseCertificate(bytes).ok);
        assert.ok(!decodePem('CERTIFICATE', text).ok);
        assert.ok(!decodePkcs8(text).ok);
      },
    ),
    { numRuns },
  );
});
