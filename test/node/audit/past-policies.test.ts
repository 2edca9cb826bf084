/** Policies held against the log when it is verified: what whoever holds the node's keys could write there is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PastPolicies } from '../../../node/audit/past-policies.ts';
import { accept, refuse } from '../../../protocol/errors/index.ts';

const PLAIN = 'version: 1\nrules: []\n';
const TWO = `fourEyes: true\n${PLAIN}`;
const ACT = new Uint8Array(32).fill(1);
const ASKS = new Uint8Array(32).fill(2);

/**
 * What verifying says of policies, one after the other; the one act approves `TWO` and nothing else, the other asks for
 * whatever it is.
 */
function verified(
  ...policies: readonly (readonly [number: number, text: string, act?: Uint8Array])[]
): string[] {
  const past = new PastPolicies({
    brings: (act, { text }) => {
      if (act === ASKS) return accept(1);
      return text === TWO ? accept(2) : refuse('officer.signature-required', 'not this one');
    },
  });
  return policies.map(([number, text, act]) => {
    const taken = past.take({ number, text, actor: 'a', reason: '', ...(act && { act }) });
    return taken.ok ? 'holds' : taken.refusal.code;
  });
}

test('a policy that takes two officers is named where it came without them', () => {
  assert.deepEqual(verified([1, PLAIN], [2, TWO]), ['holds', 'approval.required']);
  assert.deepEqual(verified([1, PLAIN], [2, TWO, ACT]), ['holds', 'holds']);
});

test('where two officers are asked for, none gets rid of that alone', () => {
  assert.deepEqual(verified([1, TWO, ACT], [2, PLAIN], [3, PLAIN]), ['holds', 'approval.required', 'holds']);
  assert.deepEqual(verified([1, TWO, ACT], [2, PLAIN, ACT]), ['holds', 'officer.signature-required']);
});

test('what one officer signed is enough where none else is asked for, and there alone', () => {
  assert.deepEqual(verified([1, PLAIN, ASKS], [2, TWO, ASKS]), ['holds', 'approval.required']);
  assert.deepEqual(verified([1, TWO, ACT], [2, PLAIN, ASKS]), ['holds', 'approval.required']);
});

test('one that is missing, or that says nothing valid, is named', () => {
  assert.deepEqual(verified([1, PLAIN], [3, PLAIN], [4, 'version: 2\n']), [
    'holds',
    'policy.invalid',
    'policy.invalid',
  ]);
});
