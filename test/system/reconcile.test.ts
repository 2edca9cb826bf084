/** Two organisations, as nodes, hold their archives against each other: as it is, in return, with evidence, through a gateway. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startAdminServer } from '../../node/admin/index.ts';
import { platform } from '../../node/composition/platform.ts';
import { headed } from '../../node/ledger/fact.ts';
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { signReceipt } from '../../protocol/statement/index.ts';
import { testCli } from '../support/test-cli.ts';
import { TestDevice } from '../support/test-device.ts';
import { startGateway } from '../support/test-gateway.ts';
import { startPartners } from '../support/partners.ts';
import { addPartner, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

type Outcome = NonNullable<OperationOutput<'archive.reconcile'>['outcome']>;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  ({ dns, acme, partner } = await startPartners({ zones: ['north.test', 'south.test'] }));
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

type Input = Parameters<Operations['archive.reconcile']>[0];

async function reconcileWith({ operations }: TestNode, partnerDomain: string): Promise<Outcome> {
  const asked: Input = { partner: partnerDomain, late: 300 };
  let step = await operations['archive.reconcile'](asked);
  while (step.outcome === null) step = await operations['archive.reconcile']({ ...asked, run: step.run! });
  return step.outcome;
}

const reconcile = (node: TestNode): Promise<Outcome> =>
  reconcileWith(node, node === acme ? 'partner.test' : 'acme.test');

/** Who had comparisons made, and what is recorded of them. */
function acts({ node }: TestNode): string[] {
  const { ledger, log } = node.organisation;
  const found: string[] = [];
  for (let sequence = 0; sequence < log.size; sequence += 1) {
    if (log.entry(sequence)?.kind !== 'administration') continue;
    const { actor, action } = ledger.record('administration', sequence)!;
    if (action.startsWith('archive.reconcile')) found.push(`${actor}: ${action}`);
  }
  return found;
}

/** A message of alice's that is archived and never sent. */
async function lost({ node }: TestNode): Promise<{ sequence: number; id: Uint8Array }> {
  const { ledger } = node.organisation;
  const envelope = await alice.sign({ kind: 'text', text: 'lost' }, { conversation });
  const { id } = valueOf(decodeMessage(envelope, platform.suite));
  const header = {
    id,
    conversation,
    sender: 'alice@acme.test',
    device: alice.certificateHash,
    kind: 'text',
    origin: Date.now(),
    from: null,
    position: null,
    conversationAfter: null,
  };
  await node.links.remove('partner.test'); // nothing sends it from here on
  const { first } = await ledger.append([headed('message', { envelope, via: null }, header)]);
  return { sequence: first, id };
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
  await until('the comparison in return', () => acts(partner).includes('acme.test: archive.reconciled'));
  assert.deepEqual(
    acts(acme).filter((act) => act.startsWith('operator')),
    ['operator: archive.reconcile', 'operator: archive.reconciled'],
  );
});

test('a receipt for what the partner’s log does not hold is an alarm, and evidence that openssl verifies', async (t) => {
  const { organisation } = partner.node;
  const { sequence, id } = await lost(acme);
  const receipt = {
    from: 'partner.test',
    to: 'acme.test',
    time: Date.now(),
    archived: [[id, 1] as const],
    refused: [],
    checkpoint: await organisation.checkpoint(),
  };
  const statement = await signReceipt(receipt, organisation.statementSigner);
  await acme.node.organisation.messages.acknowledge(receipt, statement, [
    { row: sequence, sequence, id, device: new Uint8Array(32), sender: 'alice@acme.test' },
  ]);

  const cli = await testCli(t);
  const { operations, settings } = acme;
  const server = await startAdminServer({ socket: cli.home.adminSocket, operations, log: settings.log });
  const folder = await mkdtemp(join(tmpdir(), 'chancery-evidence-'));
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  const said = await cli.run('archive', 'reconcile', 'partner.test');
  assert.equal(said.code, 1);
  const hex = Buffer.from(id).toString('hex');
  assert.match(said.out, new RegExp(`^missing-there +${hex} +alice@acme.test +sent`, 'm'));
  const { alarms } = await operations.status({});
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['receipt.contradicted'],
  );
  const [kept] = (await operations['archive.evidence']({})).receipts;
  const out = join(folder, 'evidence');
  const exported = await cli.run('archive', 'evidence', 'export', String(kept!.sequence), '--out', out);
  assert.deepEqual([exported.code, exported.err], [0, '']);
  const run = (...args: string[]): string => execFileSync('openssl', args, { cwd: out, encoding: 'utf8' });
  for (const side of ['receipt', 'checkpoint']) {
    const files = ['-in', `${side}.signed`, '-sigfile', `${side}.signature`];
    const signed = run('pkeyutl', '-verify', '-certin', '-inkey', `${side}.signer.pem`, '-rawin', ...files);
    assert.match(signed, /Signature Verified Successfully/);
    const chain = ['-CAfile', `${side}.root.pem`, '-untrusted', `${side}.issuer.pem`, `${side}.signer.pem`];
    assert.match(run('verify', '-no_check_time', ...chain), /: OK/);
  }
});

test('without an agreement a partner is not asked, and what is no domain is refused', async () => {
  await assert.rejects(acme.operations['archive.reconcile']({ partner: 'nobody.test', late: 300 }), {
    code: 'partner.unknown',
  });
  await assert.rejects(acme.operations['archive.reconcile']({ partner: 'no name', late: 300 }), {
    code: 'name.bad-domain',
  });
});

test('through gateways apart from their archives both are compared as well', async () => {
  const north = await startTestNode(dns, 'north.test', { roles: ['archive'] });
  const south = await startTestNode(dns, 'south.test', { roles: ['archive'] });
  const gateways = [await startGateway(north), await startGateway(south)] as const;
  const front = (node: TestNode, { host }: { host: TestNode['node']['host'] }): TestNode => ({
    ...node,
    node: { ...node.node, host },
  });
  const [frontNorth, frontSouth] = [front(north, gateways[0]), front(south, gateways[1])];
  try {
    await addPartner(frontNorth, frontSouth);
    await addPartner(frontSouth, frontNorth);
    const nora = await TestDevice.enrol(frontNorth, 'nora@north.test', 'Nora');
    const sam = await TestDevice.enrol(frontSouth, 'sam@south.test', 'Sam');
    await nora.create('sam@south.test');
    await until(
      'the message to be acknowledged',
      async () => (await north.node.organisation.messages.backlog('south.test', 10)) === 0,
    );
    const outcome = await reconcileWith(north, 'south.test');
    assert.deepEqual([outcome.agrees, outcome.compared, outcome.findings], [true, 1, []]);
    await until('the comparison in return', () => acts(south).includes('north.test: archive.reconciled'));
    await nora.stop();
    await sam.stop();
  } finally {
    for (const gateway of gateways) await gateway.stop();
    await north.stop();
    await south.stop();
  }
});
