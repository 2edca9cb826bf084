/** Two organisations hold their archives against each other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import { TestDevice } from '../support/test-device.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

type Outcome = NonNullable<OperationOutput<'archive.reconcile'>['outcome']>;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  conversation = await alice.create('bob@partner.test');
  await until('the conversation to arrive', () =>
    partner.node.organisation.messages.conversation(conversation),
  );
});

after(async () => {
  await alice.stop();
  await bob.stop();
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
});

async function reconcile(
  node: TestNode,
  input: Partial<Parameters<Operations['archive.reconcile']>[0]> = {},
): Promise<Outcome> {
  const other = node === acme ? 'partner.test' : 'acme.test';
  const asked = { partner: other, late: 300, ...input };
  let step = await node.operations['archive.reconcile'](asked);
  while (step.outcome === null)
    step = await node.operations['archive.reconcile']({ ...asked, run: step.run! });
  return step.outcome;
}

test('two archives that hold the same agree, whoever asks', async () => {
  for (let at = 0; at < 3; at += 1) {
    await alice.say(conversation, `from acme ${at}`);
    await bob.say(conversation, `from partner ${at}`);
  }
  await until('everything to be acknowledged', async () => {
    const waits = await Promise.all([
      acme.node.organisation.messages.backlog('partner.test', 10),
      partner.node.organisation.messages.backlog('acme.test', 10),
    ]);
    return waits.every((number) => number === 0);
  });
  for (const node of [acme, partner]) {
    const outcome = await reconcile(node);
    assert.deepEqual(outcome.findings, []);
    assert.equal(outcome.agrees, true);
    assert.equal(outcome.compared, 7);
  }
});
