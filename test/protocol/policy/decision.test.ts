/** What a policy decides of a message, however much is found in it and however many rules ask. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { compilePolicy, policyShape, type Decision, type Talk } from '../../../protocol/policy/index.ts';

const RULES = 256;

const person = { address: 'alice@acme.test', domain: 'acme.test', roles: ['member'] };

function decided(settings: object, whens: readonly object[], talk: Partial<Talk>, then = 'flag'): Decision {
  const rules = whens.map((when, at) => ({ id: `rule-${at}`, reason: 'a reason', when, then }));
  const document = policyShape.parse({ version: 1, ...settings, rules });
  return valueOf(compilePolicy(document, sodiumSuite.sha256)).decide({
    ...{ id: new Uint8Array(32), direction: 'out', ownDomain: 'acme.test', sender: person, receivers: [] },
    ...{ conversation: 'direct', time: 0, leastLevel: 'own', texts: [], files: [] },
    ...{ firstContact: () => false, imitated: () => null, links: () => [] },
    ...talk,
  });
}

test('a rule can ask for a thousand of what a pattern or a lexicon finds', () => {
  const settings = { patterns: { own: 'x' }, lexicons: { own: { version: 1, words: ['x'] } } };
  const of = (count: number): Partial<Talk> => ({ texts: [{ place: 'text', text: 'x '.repeat(count) }] });
  for (const asked of [{ pattern: 'own' }, { lexicon: 'own' }]) {
    const when = { contains: [{ ...asked, atLeast: 1_000 }] };
    assert.equal(decided(settings, [when], of(999)).flagged, false);
    assert.equal(decided(settings, [when], of(1_000)).flagged, true);
    assert.equal(decided(settings, [when], of(5_000)).flagged, true);
  }
});

test('of very many findings the first are named, all are counted, and nothing is left to be taken out', () => {
  const text = '4111111111111111 '.repeat(2_000);
  const when = { contains: [{ detector: 'payment-card' }, { detector: 'payment-card', kinds: ['visa'] }] };
  const decision = decided({}, [when], { texts: [{ place: 'text', text }] }, 'redact');
  assert.equal(decision.outcome, 'block');
  const [reason] = decision.reasons;
  assert.equal(reason?.found, 4_000);
  assert.deepEqual(
    reason.findings.map(({ start }) => start),
    Array.from({ length: 32 }, (_, at) => 17 * at),
  );
});

test('what several conditions find is taken out, each finding once', () => {
  const text = 'card 4111111111111111 of project falcon';
  const contains = [{ detector: 'payment-card' }, { pattern: 'own' }];
  const settings = { patterns: { own: '[0-9]{4}|falcon' } };
  const { outcome, redactions } = decided(
    settings,
    [{ contains }],
    { texts: [{ place: 'text', text }] },
    'redact',
  );
  assert.equal(outcome, 'redact');
  assert.deepEqual(
    redactions.map(({ start, end }) => text.slice(start, end)),
    ['4111111111111111', 'falcon'],
  );
});

test('of kinds that rules ask for, each rule is told its own', () => {
  const text = '4111111111111111 and 5555555555554444';
  const whens = [['visa'], ['mastercard'], ['visa', 'mastercard'], ['mastercard', 'visa'], ['jcb']].map(
    (kinds) => ({
      contains: [{ detector: 'payment-card', kinds }],
    }),
  );
  const { reasons } = decided({}, whens, { texts: [{ place: 'text', text }] });
  assert.deepEqual(
    reasons.map(({ rule, found }) => [rule, found]),
    [['rule-0', 1], ['rule-1', 1], ['rule-2', 2], ['rule-3', 2]],
  ); // prettier-ignore
});

test('a message is looked into once for all rules that ask the same', () => {
  let asked = 0;
  const links = (): ReturnType<Talk['links']> => {
    asked += 1;
    const link = { host: 'share.example', place: 'text', start: 0, end: 13, mismatched: true };
    return [{ ...link, deceptive: false, lookalike: null }];
  };
  const whens = [{ link: { is: ['any'] } }, { link: { list: 'own' } }, { link: { is: ['deceptive'] } }];
  const all = Array.from({ length: RULES }, (_, at) => whens[at % whens.length]!);
  const { reasons } = decided({ lists: { own: ['share.example'] } }, all, { links });
  assert.equal(asked, whens.length);
  assert.equal(reasons.length, all.filter((when) => when !== whens[2]).length);
});
