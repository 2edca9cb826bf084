import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatRecord, parseRecords } from '../../../protocol/identity/index.ts';

const id = 'A'.repeat(43);

function verdict(...texts: string[]): string {
  const parsed = parseRecords(texts, 'acme.test');
  return parsed.ok
    ? `${parsed.value.current.sequence}/${parsed.value.next?.sequence ?? '-'}`
    : parsed.refusal.code;
}

test('a published record is read as it was printed', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom('current', 'next'), (sequence, state) => {
      const current = formatRecord({ id, sequence: 1, state: 'current' });
      const record = formatRecord({ id, sequence, state });
      if (state === 'current') assert.equal(verdict(record), `${sequence}/-`);
      else assert.equal(verdict(current, record), `1/${sequence}`);
    }),
  );
});

test('other TXT records at the name are passed over, a malformed one of ours is not', () => {
  const current = formatRecord({ id, sequence: 7, state: 'current' });
  assert.equal(verdict('v=spf1 -all', current), '7/-');
  assert.equal(verdict('v=spf1 -all'), 'dns.no-record');
  assert.equal(verdict(), 'dns.no-record');
  for (const broken of [
    current.replace('chancery1', 'chancery2'),
    current.replace('ed25519', 'rsa'),
    current.replace(id, 'short'),
    current.replace('seq=7', 'seq=07'),
    current.replace('seq=7', 'seq=-7'),
    `${current} `,
    current.replace('st=current', 'st=old'),
  ]) {
    assert.equal(verdict(broken), 'dns.bad-record', broken);
  }
  assert.equal(verdict(current, current), 'dns.bad-record');
  assert.equal(verdict(formatRecord({ id, sequence: 8, state: 'next' })), 'dns.no-record');
});
