/** Queries from somebody who types anything: no fault, and a place within the query for every error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseQuery } from '../../protocol/search/index.ts';

const numRuns = Number(process.env['CHANCERY_FUZZ_RUNS'] ?? 1_000);

const pieces = fc.constantFrom(
  ...['from:', 'with:', 'in:', 'after:', 'before:', 'on:', 'has:', 'edited:', 'held:', 'direction:', 're:'],
  ...['"', '“', '-', ' ', ':', '@', '.', '2026-01-01', 'T10:00', 'Z', 'alice', 'acme.test', '7c1e', 'yes'],
  ...['in', 'attachment', 'net', '30', '東京', 'ไทย', '\ud800', '\u200b', '👍', 'ß'],
);

const queries = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

test('any query is parsed, or refused with its place', () => {
  fc.assert(
    fc.property(queries, (text) => {
      const query = parseQuery(text);
      if (query.ok) {
        assert.ok(query.value.conditions.every((one) => one.what !== 'words' || one.words.length > 0));
        return;
      }
      const { code, facts, message } = query.refusal;
      assert.equal(code, 'request.invalid');
      const position = Number(facts['position']);
      assert.ok(position >= 0 && position <= text.length, `${position} of ${JSON.stringify(text)}`);
      assert.match(message, /\(at character \d+\)$/);
    }),
    { numRuns },
  );
});

test('a query means the same with other spaces and in other case', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('net', '"net 30"', '-draft', 'from:alice', 'in:7c1e')), (parts) => {
      const plain = parseQuery(parts.join(' '));
      const other = parseQuery(`  ${parts.join(' \t\n ').replaceAll('net', 'ＮＥＴ')} `);
      assert.deepEqual(plain.ok && plain.value, other.ok && other.value);
    }),
    { numRuns },
  );
});
