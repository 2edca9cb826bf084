/** A node that disposes of what it exchanged with a partner: nothing proven is lost, nobody accuses anybody, and a hold keeps. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contentKey } from '../../node/archive/keys.ts';
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { policyOf } from '../support/retaining.ts';
import { TestDevice } from '../support/test-device.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { TestReplica } from '../support/test-replica.ts';
import { until } from '../support/until.ts';

type Outcome = NonNullable<OperationOutput<'archive.reconcile'>['outcome']>;

const OLIVE = 'olive@acme.test';
const OSCAR = 'oscar@acme.test';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  // nothing is kept for long here, and nothing must go yet
  const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  const oversight = { fourEyes: [], signed: false }; // an operator names the officers
  acme = await startTestNode(dns, 'acme.test', { listen, retention: policyOf(0, null), oversight });
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  for (const address of [OLIVE, OSCAR])
    await acme.operations['member.add']({ address, name: address, roles: ['member', 'compliance-officer'] });
  conversation = await alice.create('bob@partner.test');
  for (const text of ['the plover egg', 'something else']) await alice.say(conversation, text);
  await until('all of it to be there', async () => (await timeline(partner)).length === 3);
  await bob.say(conversation, 'an answer');
  await until('the answer', async () => (await timeline(acme)).length === 4);
  await until('every receipt', async () => {
    const { messages } = acme.node.organisation;
    return (await messages.outbox('partner.test', 0, 1)).length === 0;
  });
});

after(async () => {
  await alice.stop();
  await bob.stop();
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
});

function timeline({ node }: TestNode): Promise<number[]> {
  return node.organisation.messages.timeline(conversation, null, 100);
}

async function reconcile({ operations }: TestNode, partnerDomain: string): Promise<Outcome> {
  const asked: Parameters<Operations['archive.reconcile']>[0] = { partner: partnerDomain, late: 300 };
  let step = await operations['archive.reconcile'](asked);
  while (step.outcome === null) step = await operations['archive.reconcile']({ ...asked, run: step.run! });
  return step.outcome;
}

async function shown(): Promise<string[]> {
  const request = { type: 'history', conversation, before: null, limit: 10 } as const;
  const { items } = await alice.request(request, 'feed');
  return items.map((item) => item.type);
}

test('C7, C12: what must go is shown beforehand, and what a hold keeps is told apart', async () => {
  const { operations } = acme;
  await operations['hold.place']({
    matter: 'Smith v. Acme',
    people: [],
    conversations: [],
    organisations: [],
    words: ['plover'],
    from: null,
    until: null,
    actor: OLIVE,
    reason: 'a claim was made',
  });
  await alice.stop();
  acme = await acme.restart({ retention: policyOf(0, 0) });
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  const { counts } = await acme.operations['retention.preview']({ from: 0 });
  assert.deepEqual(
    counts.map(({ messages, goes, held, waits }) => [messages, goes, held, waits]),
    [[4, 3, 1, 0]],
  );
});

test('C7, C11: what must go is gone for members, every proof verifies, and the certificate tells of it', async () => {
  const { disposed } = await acme.node.organisation.retaining.retention.look();
  assert.equal(disposed, 3);
  assert.deepEqual(await shown(), ['message']);
  const { faults, disposed: gone, messages } = await acme.operations['archive.verify']({});
  assert.deepEqual([faults, gone, messages], [[], 3, 4]);
  const { certificates } = await acme.operations['retention.report']({ limit: 50 });
  assert.deepEqual(
    certificates.map(({ ground, schedule, contents }) => [ground, schedule, contents]),
    [['schedule', 'default', 3]],
  );
  for (const { first, last } of certificates)
    for (const sequence of [first, last]) {
      const { entry } = await acme.operations['archive.show']({ sequence });
      assert.match(entry.summary, /was disposed of on .* see its certificate/);
      assert.equal(entry.message, null);
    }
});

test('C11: the partner, which still has it all, and we go on agreeing about what was exchanged', async () => {
  for (const [node, other] of [
    [acme, 'partner.test'],
    [partner, 'acme.test'],
  ] as const) {
    const { findings } = await reconcile(node, other);
    assert.deepEqual(
      findings.filter(({ state }) => state !== 'sealed'),
      [],
      `as ${node.settings.domain} sees it`,
    );
  }
});

test('C5, C11: a replica that joins now never has what is gone, and one that follows takes it away', async (t) => {
  const early = await TestReplica.join(acme);
  t.after(() => early.remove());
  const caughtUp = (replica: TestReplica) => () => {
    const { size, root } = replica.replica?.ledger.log.head ?? { size: 0, root: new Uint8Array() };
    const { head } = acme.node.organisation.log;
    return size === head.size && Buffer.compare(root, head.root) === 0;
  };
  const fault = 'the replica holds what the primary does';
  await until(fault, caughtUp(early));
  const extra = await alice.create('olive@acme.test');
  const { sequence = 0 } = (await alice.say(extra, 'of no matter')) as { sequence?: number };
  await until(fault, caughtUp(early));
  assert.equal(early.replica?.ledger.log.disposed(sequence), undefined);
  await acme.node.organisation.retaining.retention.look();
  await until(fault, caughtUp(early));
  const isGone = (replica: TestReplica): boolean =>
    replica.replica?.ledger.log.row(contentKey(sequence)) === undefined;
  await until('the replica has taken it away', () => isGone(early));
  const late = await TestReplica.join(acme);
  t.after(() => late.remove());
  await until(fault, caughtUp(late));
  assert.ok(isGone(late));
  for (const { replica } of [early, late]) {
    assert.deepEqual((await replica?.ledger.log.verify())?.findings, []);
  }
  await until('both say that they hold it all', async () => {
    const shown = await acme.operations['archive.replicas']({});
    return shown.replicas.length === 2 && shown.replicas.every(({ lag }) => lag === 0);
  });
});

test('C12: two officers release the hold over the admin socket, and only then the rest goes', async () => {
  const { operations } = acme;
  const matter = 'Smith v. Acme';
  await operations['hold.release']({ matter, actor: OLIVE, reason: 'it is settled' });
  const { request } = await operations['hold.show']({ matter });
  await operations['hold.approve']({ matter, actor: OSCAR, request: request?.request ?? null });
  assert.deepEqual(await shown(), ['message']);
  await acme.node.organisation.retaining.retention.look();
  assert.deepEqual(await shown(), []);
  await alice.say(conversation, 'talking goes on');
  assert.deepEqual(await shown(), ['message']);
  const { faults } = await acme.operations['archive.verify']({});
  assert.deepEqual(faults, []);
});
