/** Acts that an officer's device should not have handed in: each is refused, and leaves no entry. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { peerIdOf } from '../../protocol/certificate/index.ts';
import { signAct, type Act, type Deed } from '../../protocol/oversight/index.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

const HOLD: Deed = {
  kind: 'hold',
  matter: 'Smith v. Acme',
  scope: {
    people: ['alice@acme.test'],
    conversations: [],
    organisations: [],
    words: [],
    from: null,
    until: null,
  },
  reason: 'claim of 4 May',
};

let dns: TestDns;
let acme: TestNode;
let olive: TestDevice;
let alice: TestDevice;
let last = 0;

before(async () => {
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  const roles = ['member', 'compliance-officer'] as const;
  await acme.operations['member.add']({ address: 'olive@acme.test', name: 'Olive', roles: [...roles] });
  olive = await TestDevice.enrol(acme, 'olive@acme.test', 'Olive');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
});

after(async () => {
  await olive.stop();
  await alice.stop();
  await acme.stop();
  await dns.server.stop();
});

function act(of: TestDevice, change: Partial<Act> = {}): Promise<Uint8Array> {
  last += 1;
  const { signer } = of.key;
  const nonce = new Uint8Array(16).fill(last);
  const named = { domain: 'acme.test', officer: of.address, device: peerIdOf(signer.publicKey) };
  return signAct({ ...named, time: Date.now(), nonce, deed: HOLD, ...change }, signer);
}

async function handIn(from: TestDevice, signed: Uint8Array): Promise<string> {
  const { log } = acme.node.organisation;
  const before = log.size;
  const answer = await from.ask({ type: 'officer-act', act: signed });
  if (answer.type !== 'refused') return answer.type;
  assert.equal(log.size, before);
  return answer.code;
}

test('C12: an officer’s own act is done once, and is in the log as it was signed', async () => {
  const signed = await act(olive);
  assert.equal(await handIn(olive, signed), 'officer-acted');
  assert.equal(await handIn(olive, signed), 'act.repeated');
  const { entries } = await acme.operations['archive.list']({ limit: 5 });
  assert.ok(entries.some(({ kind }) => kind === 'officer-act'));
  const [hold] = acme.node.organisation.retaining.holds.active;
  assert.ok(hold?.act);
});

test('an act that another device signed, or that names another officer, device or organisation, is refused', async () => {
  const { publicKey } = alice.key.signer;
  assert.equal(await handIn(olive, await act(alice)), 'signature.invalid');
  assert.equal(await handIn(olive, await act(olive, { officer: 'alice@acme.test' })), 'signature.invalid');
  assert.equal(await handIn(olive, await act(olive, { device: peerIdOf(publicKey) })), 'signature.invalid');
  assert.equal(await handIn(olive, await act(olive, { domain: 'partner.test' })), 'signature.invalid');
});

test('an act of long ago, of a member who is no officer, or that is none is refused', async () => {
  assert.equal(await handIn(olive, await act(olive, { time: Date.now() - 3_600_000 })), 'act.stale');
  assert.equal(await handIn(alice, await act(alice)), 'officer.required');
  assert.equal(await handIn(olive, new Uint8Array(100)), 'encoding.malformed');
});

test('what nobody asked for cannot be approved, and what needs no approval cannot be asked for', async () => {
  const approve: Deed = { kind: 'approve', request: 3, act: new Uint8Array(32) };
  assert.equal(await handIn(olive, await act(olive, { deed: approve })), 'approval.missing');
  const ask = (asked: Extract<Deed, { kind: 'ask' }>['asked']): Promise<Uint8Array> =>
    act(olive, { deed: { kind: 'ask', asked } });
  const looking = { purpose: 'a look', case: '', query: '', entries: [0, 1] };
  assert.equal(await handIn(olive, await ask({ action: 'open', ...looking })), 'approval.needless');
  const beyond = { ...looking, entries: [1_000_000, 1] };
  assert.equal(await handIn(olive, await ask({ action: 'export', ...beyond })), 'request.invalid');
  const release = { action: 'release' as const, matter: 'no such', holds: [1], reason: 'none' };
  assert.equal(await handIn(olive, await ask(release)), 'hold.unknown');
});

test('no more than so many requests wait at a time, and what is declined makes room', async () => {
  const [hold] = acme.node.organisation.retaining.holds.active;
  const release = {
    action: 'release' as const,
    matter: HOLD.matter,
    holds: [hold!.sequence],
    reason: 'settled',
  };
  const deed: Deed = { kind: 'ask', asked: release };
  for (let at = 0; at < 64; at += 1)
    assert.equal(await handIn(olive, await act(olive, { deed })), 'officer-acted');
  assert.equal(await handIn(olive, await act(olive, { deed })), 'limit.exceeded');
  const answer = await olive.ask({ type: 'officer-requests', before: null, limit: 1 });
  assert.ok(answer.type === 'officer-requests');
  const [{ request } = { request: 0 }] = answer.requests;
  const shown = await olive.ask({ type: 'officer-request', request });
  assert.ok(shown.type === 'officer-request');
  const hash = acme.node.organisation.ledger.sha256(shown.act);
  const decline: Deed = { kind: 'decline', request, act: hash, reason: 'too many' };
  assert.equal(await handIn(olive, await act(olive, { deed: decline })), 'officer-acted');
  assert.equal(await handIn(olive, await act(olive, { deed })), 'officer-acted');
});
