import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicyFile } from '../../../node/policy/index.ts';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { reachOf, type Reach } from '../../../protocol/policy/index.ts';
import { talkOf } from '../../support/told.ts';

function reach(settings: string): Reach {
  const text = `version: 1
groups: { trading: [role:trader], research: [adam@acme.test] }
lexicons: { birds: { version: 1, words: [plover] } }
rules: [{ id: one, reason: R., ${settings}, then: flag }]`;
  const document = valueOf(parsePolicyFile(text, 'p.yaml'));
  const [rule] = document.rules;
  return reachOf(rule!, document, nobleSuite.sha256);
}

const member = (address: string, ...roles: string[]) => ({ address, domain: 'acme.test', roles });
const ALICE = member('alice@acme.test', 'trader');
const ADAM = member('adam@acme.test');

test('whom a rule is about does not depend on what they write', () => {
  const { covers } = reach('when: { direction: out, external: true, contains: [{ lexicon: birds }] }');
  assert.equal(covers(talkOf({})), true);
  assert.equal(covers(talkOf({ isInside: true })), false);
  assert.equal(covers(talkOf({ direction: 'in' })), false);
});

test('an exception takes people out, and one for what they write takes out nobody', () => {
  const people = reach('when: { direction: out }, unless: { to: ["domain:partner.test"] }');
  assert.equal(people.covers(talkOf({})), false);
  assert.equal(people.covers(talkOf({ receiver: 'ben@other.test' })), true);
  for (const unless of ['contains: [{ lexicon: birds }]', 'firstContact: false, external: true'])
    assert.equal(reach(`when: { direction: out }, unless: { ${unless} }`).covers(talkOf({})), true);
});

test('the members of a rule are those who write, of one about others those who receive, of a barrier both sides', () => {
  const concerned = (settings: string): string[] => {
    const { concerns } = reach(settings);
    return [ALICE, ADAM].filter((one) => concerns(one)).map(({ address }) => address);
  };
  assert.deepEqual(concerned('when: { direction: out }'), [ALICE.address, ADAM.address]);
  assert.deepEqual(concerned('when: { from: ["group:trading"] }'), [ALICE.address]);
  assert.deepEqual(concerned('when: { direction: in, to: [adam@acme.test] }'), [ADAM.address]);
  assert.deepEqual(concerned('when: { direction: in, from: [external] }'), [ALICE.address, ADAM.address]);
  assert.deepEqual(concerned('when: { direction: out, from: [external] }'), []);
  assert.deepEqual(concerned('when: { between: [trading, research] }'), [ALICE.address, ADAM.address]);
});
