/** Random samples for supervision: drawn by seed, so that anybody with the seed draws the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { compilePolicy, policyShape, type Talk } from '../../../protocol/policy/index.ts';

const MESSAGES = 100_000;
const SHARE = 0.05;

const { sha256 } = sodiumSuite;

const ids = Array.from({ length: MESSAGES }, (_, at) => sha256(new TextEncoder().encode(`message ${at}`)));

function talk(id: Uint8Array): Talk {
  const sender = { address: 'alice@acme.test', domain: 'acme.test', roles: ['member'] };
  return {
    ...{
      id,
      direction: 'out',
      ownDomain: 'acme.test',
      sender,
      receivers: [],
      conversation: 'group',
      time: 0,
    },
    ...{ leastLevel: 'own', texts: [], files: [], firstContact: () => false, imitated: () => null },
    links: () => [],
  };
}

/** Which messages a policy samples, by their place among all. */
function drawn(seed: string, rule = 'sample'): number[] {
  const document = policyShape.parse({
    ...{ version: 1, seed },
    rules: [{ id: rule, reason: 'FINRA 3110.06', when: { direction: 'out', sample: SHARE }, then: 'flag' }],
  });
  const { decide } = valueOf(compilePolicy(document, sha256));
  return ids.flatMap((id, at) => (decide(talk(id)).flagged ? [at] : []));
}

test('C9: of 100,000 messages a sample of 5 % is 5 % ± 0.5 %, the same for the same seed, and another for another', () => {
  const sample = drawn('a seed of the board');
  assert.ok(Math.abs(sample.length / MESSAGES - SHARE) <= 0.005, String(sample.length));
  assert.deepEqual(drawn('a seed of the board'), sample);
  const other = drawn('another seed of the board');
  assert.ok(Math.abs(other.length / MESSAGES - SHARE) <= 0.005, String(other.length));
  assert.notDeepEqual(other, sample);
  const known = new Set(sample);
  const both = other.filter((at) => known.has(at)).length;
  // independent samples share one in twenty of themselves
  assert.ok(Math.abs(both / other.length - SHARE) < 0.02, String(both));
  assert.notDeepEqual(drawn('a seed of the board', 'other-rule'), sample);
});
