import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DETECTORS, findAll, mask } from '../../../protocol/detect/index.ts';

const LENGTH = 65_536;

/** What makes a naive expression take its time, each repeated up to 64 KB. */
const UNITS = [
  '1', '9 ', '4111 ', '123-45-', '12-', '1.', 'A', 'a.', '-', '@', 'a@', '@a.', 'a@a.', '+1', '+', '(', '((1', 'DE89', 'DE89 ', 'eyJ', 'eyJa.', '://', 'a:b@', 'a://b:c',
  '-----BEGIN PRIVATE KEY-----', '-----BEGIN ', 'password', 'password: ', 'passwordpassword=', 'SSN ', 'SSN 123-45-6789 ', 'passport A', 'ghp_', 'ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_',
  '\u00ad', '\u200b1', '４', '\ud800', '\udfff', '\u0000', '\u{1d7d8}', 'é', 'ﬁ', '\u0130', '密', '[', '[x removed]', ' removed]', '\n', '\r\n\t', '<', '<<<<1', 'P<',
]; // prettier-ignore

test('no text makes a detector throw, or find outside of it', () => {
  for (const unit of UNITS) {
    for (const end of ['', '!', ' 4111111111111111']) {
      const text = unit.repeat(LENGTH / unit.length) + end;
      const findings = findAll(text, DETECTORS);
      assert.ok(
        findings.every(({ start, end: last }) => start >= 0 && last > start && last <= text.length),
        unit,
      );
      mask(text, findings);
    }
  }
});

test('what stands at the end of a hostile text is found', () => {
  for (const unit of ['9 ', 'A ', '-', '@ ', 'a. ', '+1 ', '-----BEGIN ', 'passport ', '\u00ad', '４ ']) {
    const text = `${unit.repeat(LENGTH / unit.length)} 4012888888881881`;
    assert.equal(findAll(text, ['payment-card']).at(-1)?.end, text.length, unit);
  }
});

test('no string of any UTF-16 makes a detector throw', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (codes) => {
      findAll(String.fromCharCode(...codes), DETECTORS);
    }),
    { numRuns: 1_000 },
  );
});
