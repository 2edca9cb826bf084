/** Two organisations, one of which asks the other to preserve what they exchanged. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OperationOutput } from '../../node/operations/contract.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { policyOf } from '../support/retaining.ts';
import { TestDevice } from '../support/test-device.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

type Shown = OperationOutput<'preservation.show'>;

const OLIVE = 'olive@acme.test';
const PETRA = 'petra@partner.test';
const PAUL = 'paul@partner.test';
const MATTER = 'Smith v. Acme';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;
let internal: Uint8Array;
let first: string;

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  const listen = async (): Promise<string[]> => [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  const oversight = { fourEyes: [], signed: false }; // an operator names the officers
  acme = await startTestNode(dns, 'acme.test', {
    listen: await listen(),
    retention: policyOf(0, null),
    oversight,
  });
  partner = await startTestNode(dns, 'partner.test', {
    listen: await listen(),
    retention: policyOf(0, null),
    oversight,
  });
  await federate(acme, partner);
  const officer = ['member', 'compliance-officer'] as const;
  await acme.operations['member.add']({ address: OLIVE, name: 'Olive', roles: [...officer] });
  for (const address of [PETRA, PAUL])
    await partner.operations['member.add']({ address, name: address, roles: [...officer] });
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  conversation = await alice.create('bob@partner.test');
  await alice.say(conversation, 'said to the partner');
  internal = await bob.create(PETRA);
  await bob.say(internal, 'said among ourselves');
  await until('it to arrive', async () => (await timeline(partner, conversation)).length === 2);
});

after(async () => {
  for (const each of [alice, bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

function timeline({ node }: TestNode, id: Uint8Array): Promise<number[]> {
  return node.organisation.messages.timeline(id, null, 100);
}

function request(
  change: { readonly people?: string[] } = {},
): Promise<OperationOutput<'preservation.request'>> {
  return acme.operations['preservation.request']({
    domain: 'partner.test',
    matter: MATTER,
    people: change.people ?? ['bob@partner.test'],
    conversations: [],
    from: null,
    until: null,
    actor: OLIVE,
    reason: 'a claim was made',
  });
}

/** Waits until a node says that a request is in a state, and has nothing of it to tell. */
async function reaches(node: TestNode, id: string, state: string): Promise<Shown> {
  const shown = await until(`${node.settings.domain} to say ${state}`, async () => {
    const found = await node.operations['preservation.show']({ id }).catch(() => undefined);
    return found?.preservation.state === state && found.preservation.told ? found : undefined;
  });
  return shown;
}

/** Whether a hold of the partner's keeps every message of a conversation; some alone is neither. */
async function isHeld(id: Uint8Array): Promise<boolean | undefined> {
  const { log } = partner.node.organisation.ledger;
  const held = await Promise.all(
    (await timeline(partner, id)).map((sequence) =>
      log.assertDisposable([sequence], Number.MAX_SAFE_INTEGER).then(
        () => false,
        (error: unknown) => (error as { code: string }).code === 'archive.held',
      ),
    ),
  );
  return new Set(held).size === 1 ? held[0] : undefined;
}

test('C12: a request reaches the partner, waits there for an officer, and both logs have it signed', async () => {
  ({ id: first } = await request());
  const asked = await reaches(acme, first, 'delivered');
  assert.deepEqual(
    asked.history.map(({ state, signedBy }) => [state, signedBy]),
    [
      ['requested', 'acme.test'],
      ['delivered', 'partner.test'],
    ],
  );
  const there = await reaches(partner, first, 'requested');
  const { direction, matter, people, officer, reason } = there.preservation;
  assert.deepEqual(
    [direction, matter, people, officer, reason],
    ['received', MATTER, ['bob@partner.test'], OLIVE, 'a claim was made'],
  );
  const { waits } = await partner.operations.status({});
  assert.match(waits.join('\n'), new RegExp(`^acme\\.test asks .* show ${first.slice(0, 16)}$`, 'm'));
  assert.equal(await isHeld(conversation), false, 'nothing is held before an officer accepts');
});

test('C12: who accepts holds in the same append what was exchanged with who asked, what comes, and nothing else', async () => {
  const { operations, node } = partner;
  await assert.rejects(
    operations['preservation.accept']({ id: first, actor: 'bob@partner.test', reason: '' }),
    { code: 'officer.required' },
  );
  const { hold } = await operations['preservation.accept']({
    id: first.slice(0, 12),
    actor: PETRA,
    reason: '',
  });
  assert.equal(node.organisation.ledger.log.entry(hold ?? -1)?.kind, 'hold');
  assert.equal(node.organisation.ledger.log.entry((hold ?? -1) + 1)?.kind, 'preservation');
  assert.equal(await isHeld(conversation), true);
  assert.equal(await isHeld(internal), false, 'what the partner said among itself is none of who asked');
  const before = await timeline(partner, conversation);
  await alice.say(conversation, 'said after it');
  await until('it to arrive', async () => (await timeline(partner, conversation)).length > before.length);
  await bob.say(internal, 'among ourselves, after it');
  assert.deepEqual([await isHeld(conversation), await isHeld(internal)], [true, false]);
  const { history } = await reaches(acme, first, 'accepted');
  assert.deepEqual(
    history
      .filter(({ signedBy }) => signedBy === 'partner.test')
      .slice(-1)
      .map(({ state, actor, signedBy }) => [state, actor, signedBy]),
    [['accepted', PETRA, 'partner.test']],
  );
  await reaches(partner, first, 'accepted');
  assert.deepEqual((await partner.operations.status({})).waits, []);
});

test('C12: a withdrawal is told, and the hold stays until two officers of who placed it release it', async () => {
  await acme.operations['preservation.withdraw']({ id: first, actor: OLIVE, reason: 'it is settled' });
  await reaches(acme, first, 'withdrawn');
  const { preservation, history } = await reaches(partner, first, 'withdrawn');
  assert.deepEqual([preservation.state, history.at(-1)?.reason], ['withdrawn', 'it is settled']);
  assert.equal(await isHeld(conversation), true);
  const { operations } = partner;
  await operations['hold.release']({ matter: MATTER, actor: PETRA, reason: 'withdrawn' });
  await assert.rejects(operations['hold.approve']({ matter: MATTER, actor: PETRA, request: null }), {
    code: 'approval.own',
  });
  assert.equal(await isHeld(conversation), true);
  await operations['hold.approve']({ matter: MATTER, actor: PAUL, request: null });
  assert.equal(await isHeld(conversation), false);
});

test('C12: a request that is declined holds nothing, and the signed reason is archived by who asked', async () => {
  const { id } = await request();
  await reaches(partner, id, 'requested');
  await partner.operations['preservation.decline']({ id, actor: PETRA, reason: 'no such case here' });
  const { history } = await reaches(acme, id, 'declined');
  assert.deepEqual(
    history
      .filter(({ signedBy }) => signedBy === 'partner.test')
      .slice(-1)
      .map(({ actor, reason, signedBy }) => [actor, reason, signedBy]),
    [[PETRA, 'no such case here', 'partner.test']],
  );
  assert.equal(await isHeld(conversation), false);
  await assert.rejects(partner.operations['preservation.accept']({ id, actor: PETRA, reason: '' }), {
    code: 'preservation.settled',
  });
  await assert.rejects(acme.operations['preservation.withdraw']({ id, actor: OLIVE, reason: 'late' }), {
    code: 'preservation.settled',
  });
});

test('C12: what cannot be asked is refused before anything is signed', async () => {
  const { size } = acme.node.organisation.ledger.log;
  await assert.rejects(request({ people: [OLIVE] }), { code: 'preservation.out-of-scope' });
  await assert.rejects(request({ people: [] }), { code: 'request.invalid' });
  assert.equal(acme.node.organisation.ledger.log.size, size);
});

test('C12: a request waits while the partner is away, over a start of who asks, and goes once it is back', async () => {
  await bob.stop();
  await partner.node.stop();
  const { id } = await request();
  const waiting = await until('it to be said why it waits', async () => {
    const { preservation } = await acme.operations['preservation.show']({ id });
    return preservation.problem === null ? undefined : preservation;
  });
  assert.deepEqual([waiting.state, waiting.told], ['requested', false]);
  await alice.stop();
  acme = await acme.restart();
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  assert.match((await acme.operations.status({})).waits.join('\n'), /^partner\.test is yet to be told /m);
  partner = await partner.restart();
  bob = await TestDevice.connect(partner, bob.key, bob.address, bob.bundle);
  await reaches(acme, id, 'delivered');
  // the answer waits the same way
  await alice.stop();
  await acme.node.stop();
  await partner.operations['preservation.accept']({ id, actor: PAUL, reason: 'as asked' });
  acme = await acme.restart();
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  const { history } = await reaches(acme, id, 'accepted');
  assert.equal(history.length, 3, 'each step is recorded once, however often it is told');
  await reaches(partner, id, 'accepted');
});

test('C1, C12: both archives verify, and each step is shown in the log', async () => {
  for (const { operations } of [acme, partner]) {
    const { faults } = await operations['archive.verify']({});
    assert.deepEqual(faults, []);
  }
  const { entries } = await acme.operations['archive.list']({ limit: 500 });
  const summaries = entries.filter(({ kind }) => kind === 'preservation').map(({ summary }) => summary);
  assert.match(
    summaries.join('\n'),
    /our request to partner\.test to preserve is declined: no such case here/,
  );
});
