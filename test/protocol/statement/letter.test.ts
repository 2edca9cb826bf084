/** What one organisation signs for another: each kind for its own purpose, by one domain for one other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleSigner, nobleSuite } from '../../../protocol/crypto/index.ts';
import { openLetter, readLetter, signLetter, type LetterKind } from '../../../protocol/statement/index.ts';

const signer = nobleSigner(new Uint8Array(32).fill(1));
const NOW = 1_800_000_000_000;
const parties = { from: 'acme.test', to: 'partner.test', time: NOW };
const expected = { from: 'acme.test', to: 'partner.test', at: NOW };

function code(kind: LetterKind, statement: Uint8Array, change: Partial<typeof expected> = {}): string {
  const opened = openLetter(kind, statement, { ...expected, ...change }, signer.publicKey, nobleSuite);
  return opened.ok ? 'ok' : opened.refusal.code;
}

test('a letter is believed as what it was signed for, of whom and for whom, and not from the future', async () => {
  const report = { ...parties, message: new Uint8Array(32).fill(7), reason: 'bait' };
  const statement = await signLetter('report', report, signer);
  assert.equal(code('report', statement), 'ok');
  assert.equal(code('report', statement, { from: 'evil.test' }), 'certificate.wrong-domain');
  assert.equal(code('report', statement, { to: 'third.test' }), 'certificate.wrong-domain');
  assert.equal(code('report', statement, { at: NOW - 601_000 }), 'request.invalid');
  assert.equal(code('preservation', statement), 'signature.invalid');
});

test('a node that knows nothing of verdicts refuses one as no report, and a report is never read as a verdict', async () => {
  const message = new Uint8Array(32).fill(7);
  const verdict = await signLetter('report-verdict', { ...parties, message, outcome: 'confirmed' }, signer);
  assert.equal(code('report-verdict', verdict), 'ok');
  assert.equal(code('report', verdict), 'signature.invalid');
  const report = await signLetter('report', { ...parties, message, reason: '' }, signer);
  assert.equal(readLetter('report-verdict', report).ok, false);
});
