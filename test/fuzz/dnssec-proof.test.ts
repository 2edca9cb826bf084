import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from 'cborg';
import fc from 'fast-check';
import { encodeProof, verifyDnssecProof, type Rrset } from '../../protocol/dnssec/index.ts';
import { AT, Chain, dnssecCrypto, NAME, TEXT } from '../support/dnssec-chain.ts';

const RUNS = Number(process.env['CHANCERY_FUZZ_RUNS'] ?? 2000);

const chain = new Chain();
const sound = chain.proof();
/** Another sound proof of the same name from the same keys' names, to splice from. */
const foreign = new Chain().proof();

/** Whatever the bytes: no throw, and if they verify, they say nothing but what was signed, nor for longer. */
async function harmless(proof: Uint8Array, at = AT): Promise<boolean> {
  const result = await verifyDnssecProof(proof, NAME, at, chain.anchors, dnssecCrypto);
  if (!result.ok) return false;
  assert.deepEqual(result.value.txt, [TEXT]);
  assert.equal(result.value.name, NAME);
  assert.deepEqual(result.value.window, { from: AT - 3600, until: AT + 86_400 });
  return true;
}

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(sound.length),
  remove: fc.oneof(fc.nat(3), fc.nat(200)),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc
      .tuple(fc.nat(foreign.length), fc.nat(200))
      .map(([start, length]) => foreign.slice(start, start + length)),
  ),
});

function apply(bytes: Uint8Array, { at, remove, insert }: Edit): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
}

test('proofs with any bytes changed never throw and never prove anything else', async () => {
  assert.ok(await harmless(sound));
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      const bytes = edits.reduce(apply, sound);
      const unchanged = Buffer.compare(bytes, sound) === 0;
      assert.equal((await harmless(bytes)) && !unchanged, false);
    }),
    { numRuns: RUNS },
  );
});

/** Changes inside a proof that stays well-formed, so that they reach the checks behind the decoder. */
const change = fc.record({
  set: fc.nat(5),
  other: fc.nat(5),
  how: fc.constantFrom(
    'flip',
    'cut',
    'grow',
    'drop',
    'repeat',
    'swap',
    'unsign',
    'take-signature',
    'take-foreign',
  ),
  part: fc.constantFrom('rdatas', 'rrsigs'),
  index: fc.nat(2),
  byte: fc.nat(200),
  bit: fc.nat(7),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function setsOf(proof: Uint8Array): Rrset[] {
  type Sets = [Rrset['name'], Rrset['type'], Rrset['rdatas'], Rrset['rrsigs']][];
  const { sets } = decode(proof) as { sets: Sets };
  return sets.map(([name, type, rdatas, rrsigs]) => ({ name, type, rdatas, rrsigs }));
}

function spoil(sets: readonly Rrset[], { set, other, how, part, index, byte, bit }: Change): Rrset[] {
  const [here, there] = [sets[set], sets[other]];
  if (here === undefined || there === undefined) return [...sets];
  const replace = (records: (record: Uint8Array) => Uint8Array): Rrset[] =>
    sets.with(set, {
      ...here,
      [part]: here[part].map((record, i) => (i === index ? records(record) : record)),
    });
  switch (how) {
    case 'flip':
      return replace((record) =>
        record.map((value, i) => (i === byte % record.length ? value ^ (1 << bit) : value)),
      );
    case 'cut':
      return replace((record) => record.subarray(0, byte));
    case 'grow':
      return replace((record) => Buffer.concat([record, Buffer.of(byte)]));
    case 'drop':
      return sets.toSpliced(set, 1);
    case 'repeat':
      return sets.toSpliced(other, 0, here);
    case 'swap':
      return sets.with(set, there).with(other, here);
    case 'unsign':
      return sets.with(set, { ...here, rrsigs: [] });
    case 'take-signature':
      return sets.with(set, { ...here, rrsigs: [...there.rrsigs, ...here.rrsigs] });
    case 'take-foreign':
      return sets.with(set, setsOf(foreign)[other] ?? here);
  }
}

test('well-formed proofs with records changed, moved or exchanged never prove anything else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const rrsets = changes.reduce(spoil, setsOf(sound));
      await harmless(encodeProof(rrsets));
    }),
    { numRuns: RUNS },
  );
});

test('a proof holds at no time outside its window', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 33 }), async (at) => {
      const held = await verifyDnssecProof(sound, NAME, at, chain.anchors, dnssecCrypto);
      const wrapped = (((at - AT) % 2 ** 32) + 2 ** 32) % 2 ** 32;
      assert.equal(held.ok, wrapped <= 86_400 || wrapped >= 2 ** 32 - 3600);
    }),
    { numRuns: Math.min(RUNS, 500) },
  );
});
