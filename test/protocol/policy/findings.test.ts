/** Where policy says that something was found, and what follows from that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicyFile } from '../../../node/policy/index.ts';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import type { Policy } from '../../../protocol/policy/index.ts';
import { talkOf } from '../../support/told.ts';

const CARD = '4111 1111 1111 1111';

function redacting(): Policy {
  const rule = 'when: { direction: in, contains: [{ detector: payment-card }] }, then: redact';
  const text = `version: 1\nrules: [{ id: one, reason: R., ${rule} }]\n`;
  return valueOf(compilePolicyFile(text, 'p.yaml', nobleSuite.sha256)).policy;
}

test('what is in a file cannot be taken out, also where the file is called as the text of a message is', () => {
  const { decide } = redacting();
  const said = decide(talkOf({ direction: 'in', text: CARD }));
  assert.deepEqual([said.outcome, said.reasons[0]?.findings[0]?.place], ['redact', 'text']);
  for (const name of ['a.txt', 'text', 'title', 'file name']) {
    const file = { name, texts: [{ place: name, text: CARD }] };
    const decided = decide(talkOf({ direction: 'in', file }));
    assert.deepEqual([decided.outcome, decided.redactions], ['block', []], name);
  }
});

test('what was found in a file beforehand counts, for the policy that it was found for and no other', () => {
  const policy = redacting();
  const texts = [{ place: 'a.txt', text: `cards ${CARD}, ${CARD}` }];
  const plain = policy.decide(talkOf({ direction: 'in', file: { texts } }));
  const found = policy.lookInto(texts);
  const told = (by: Policy) =>
    by.decide(talkOf({ direction: 'in', file: { texts: [], found: new Map([[policy.document, found]]) } }));
  assert.equal(plain.outcome, 'block');
  assert.deepEqual(told(policy), plain);
  assert.equal(told(redacting()).outcome, 'allow');
});
