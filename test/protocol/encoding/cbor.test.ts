import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { z } from 'zod';
import { decodeCbor, encodeCbor } from '../../../protocol/encoding/index.ts';

const anything = z.any();

/** Values of the kinds that Chancery puts on the wire. */
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 300 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 40 }), tie('value'), {
      maxKeys: 30,
      noNullPrototype: true,
    }),
  ),
})).value;

function codeOf(bytes: Uint8Array): string {
  const decoded = decodeCbor(bytes, 100_000, anything, 'test');
  return decoded.ok ? 'ok' : decoded.refusal.code;
}

test('what is encoded decodes to the same value', () => {
  fc.assert(
    fc.property(value, (original) => {
      const decoded = decodeCbor(encodeCbor(original), 1_000_000, anything, 'test');
      assert.ok(decoded.ok);
      assert.deepEqual(decoded.value, original);
    }),
  );
});

test('bytes are accepted exactly when encoding their value gives the same bytes', () => {
  const bytes = fc
    .tuple(value, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
    .map(([v, changes]) => {
      const encoded = Uint8Array.from(encodeCbor(v));
      for (const [at, byte] of changes) encoded[at % encoded.length] = byte;
      return encoded;
    });
  fc.assert(
    fc.property(bytes, (encoded) => {
      if (codeOf(encoded) !== 'ok') return;
      assert.equal(Buffer.compare(encodeCbor(decode(encoded)), encoded), 0);
    }),
    { numRuns: 3_000 },
  );
});

test('unsorted map keys are refused, which a strict decoder lets through', () => {
  const unsorted = encode({ b: 1, a: 2 }, { mapSorter: () => 0 });
  assert.deepEqual(decode(unsorted, { strict: true }), { b: 1, a: 2 });
  assert.equal(codeOf(unsorted), 'encoding.not-canonical');
});

test('other forms of the same value are refused', () => {
  const forms: Record<string, string> = {
    'a long form of a small number': '1801',
    'a long form of a length': '590001' + '00',
    'an indefinite length': '9f01ff',
    'a repeated key': 'a2616101616102',
    'a tag': 'c001',
    'a number above 2^53': '1b0020000000000000',
    'a float': 'f93c00',
    undefined: 'f7',
    'two items': '0101',
    nothing: '',
    'a cut-off string': '4401',
    'nesting without end': '81'.repeat(2_000) + '01',
  };
  for (const [name, form] of Object.entries(forms)) {
    assert.match(codeOf(Buffer.from(form, 'hex')), /^encoding\./, name);
  }
});

test('input over its limit is refused before it is looked at', () => {
  const decoded = decodeCbor(new Uint8Array(11), 10, anything, 'test');
  assert.equal(decoded.ok ? '' : decoded.refusal.code, 'encoding.too-large');
});

test('an unknown version is told from a wrong shape', () => {
  const shape = z.strictObject({ v: z.literal(1), n: z.number() });
  const refusal = (v: unknown): string => {
    const decoded = decodeCbor(encodeCbor(v), 100, shape, 'test');
    return decoded.ok ? 'ok' : decoded.refusal.code;
  };
  assert.equal(refusal({ v: 1, n: 1 }), 'ok');
  assert.equal(refusal({ v: 2, n: 1 }), 'encoding.unknown-version');
  assert.equal(refusal({ v: 1, n: '1' }), 'encoding.malformed');
  assert.equal(refusal({ v: 1, n: 1, extra: 1 }), 'encoding.malformed');
});

test('maps are in the order of RFC 8949, 4.2.1, whatever their keys', () => {
  fc.assert(
    fc.property(value, (original) => {
      assert.equal(Buffer.compare(encodeCbor(original), encode(original, rfc8949EncodeOptions)), 0);
    }),
    { numRuns: 1_000 },
  );
});
