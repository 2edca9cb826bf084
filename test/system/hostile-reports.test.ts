/** A partner's node that has turned, and reports what a well-behaved one never would. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sodiumSigner } from '../../node/crypto/index.ts';
import { ALLOWANCE } from '../../node/reports/index.ts';
import { signLetter, type Verdict } from '../../protocol/statement/index.ts';
import { HostilePartner } from '../support/hostile-partner.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const PARTIES = { from: 'partner.test', to: 'acme.test' } as const;
const NOW = Date.now();

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let hostile: HostilePartner;
/** Messages of ours that went to the partner. */
let ours: Uint8Array[];
let theirs: Uint8Array;

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  const conversation = await alice.create('bob@partner.test');
  ours = [];
  for (let at = 0; at <= ALLOWANCE.perDay; at += 1) {
    const { message } = await alice.say(conversation, `ours ${at}`);
    if (message !== null) ours.push(message);
  }
  theirs = await bob.create('alice@acme.test');
  await until('it to come', () => acme.node.organisation.messages.position(theirs) !== undefined);
  hostile = await HostilePartner.greeted(acme, partner);
});

after(async () => {
  await hostile.stop();
  for (const each of [alice, bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

/** The code with which it is refused; `taken` where it is not. */
async function hand(statement: Uint8Array): Promise<string> {
  const answer = await hostile.ask({ type: 'report', statement });
  return answer.type === 'refused' ? answer.code : answer.type === 'report' ? 'taken' : answer.type;
}

async function report(
  message: Uint8Array = new Uint8Array(32),
  reason = '',
  key = 'statement',
): Promise<string> {
  const said = { ...PARTIES, time: NOW, message, reason };
  return hand(await signLetter('report', said, signer(key)));
}

async function decide(
  message: Uint8Array = new Uint8Array(32),
  outcome: Verdict = 'confirmed',
  time = NOW,
  key = 'statement',
): Promise<string> {
  return hand(await signLetter('report-verdict', { ...PARTIES, time, message, outcome }, signer(key)));
}

function signer(key: string): ReturnType<typeof sodiumSigner> {
  return sodiumSigner(key === 'statement' ? partner.made.seeds.statement : partner.made.seeds.node);
}

test('a partner’s reports are bounded, signed, about what went to it, and recorded once', async () => {
  const { log } = acme.node.organisation;
  const { perDay } = ALLOWANCE;
  const { size } = log;
  assert.equal(await report(theirs), 'report.unknown');
  assert.equal(await report(), 'report.unknown');
  assert.equal(await report(ours[0], '', 'node'), 'signature.invalid');
  assert.equal(await decide(ours[0]), 'report.unknown', 'what it did not report');
  assert.equal(log.size, size, 'nothing of it was recorded');
  for (let at = 0; at < 2; at += 1) assert.equal(await report(ours[0]), 'taken');
  assert.equal(log.size, size + 1);
  assert.equal(await report(ours[0], 'once more'), 'taken');
  assert.equal(log.size, size + 2, 'another statement is another entry');
  for (let at = 2; at < perDay; at += 1) assert.equal(await report(ours[at]), 'taken');
  assert.equal(await report(ours[perDay]), 'report.too-many');
  assert.equal(await report(ours[3]), 'taken', 'what is known is given notice of again');
});

test('what a partner says that it decided is bounded, signed and recorded once as well', async () => {
  const { log } = acme.node.organisation;
  const { size } = log;
  assert.equal(await decide(ours[0], 'confirmed', NOW, 'node'), 'signature.invalid');
  for (let at = 0; at < 2; at += 1) assert.equal(await decide(ours[0], 'confirmed', 1), 'taken');
  assert.equal(log.size, size + 1);
  for (let at = 2; at <= ALLOWANCE.perDay; at += 1)
    assert.equal(await decide(ours[0], at % 2 === 0 ? 'dismissed' : 'confirmed', at), 'taken');
  assert.equal(await decide(ours[2]), 'report.too-many');
});
