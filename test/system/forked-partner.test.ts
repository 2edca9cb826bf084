/** A partner whose log tells different things to different people: what is kept of it, what goes on, what an operator sees. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { logOrigin, signCheckpoint } from '../../protocol/checkpoint/index.ts';
import { startAdminServer } from '../../node/admin/index.ts';
import { HostilePartner, forgeDevice, signAs, type ForgedDevice } from '../support/hostile-partner.ts';
import { testCli } from '../support/test-cli.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';
import { WitnessClient } from '../support/witness-client.ts';
import { encodeAddCheckpoint } from '../../protocol/checkpoint/index.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: ForgedDevice;
let conversation: Uint8Array;
let hostile: HostilePartner;
let size: number;

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  const enrolled = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  conversation = await alice.create('bob@partner.test');
  await enrolled.stop();
  const now = Math.floor(Date.now() / 1000);
  bob = await forgeDevice(partner, 'bob@partner.test', { notBefore: now - 60, notAfter: now + 3_600 });
  await until('the partner has the conversation', () => {
    const { messages } = partner.node.organisation;
    return messages.position(conversation) !== undefined;
  });
  await partner.node.submitter.round();
  await partner.node.submitter.stop(); // what the partner says of its log from here on, this test says
  size = acme.node.organisation.witnessing.cosignatures.ofPartner('partner.test')!.size;
  hostile = await HostilePartner.greeted(acme, partner);
});

after(async () => {
  await hostile.stop();
  await alice.stop();
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
});

/** A checkpoint that the partner signs for a log it does not have. */
function forged(at: number, byte: number): Promise<string> {
  const root = new Uint8Array(32).fill(byte);
  const origin = logOrigin('partner.test');
  return signCheckpoint(
    { origin, size: at, root },
    partner.node.organisation.statementSigner,
    sodiumSuite.sha256,
  );
}

const kept = async (): Promise<string[]> =>
  (await acme.operations['archive.evidence']({})).evidence.map(
    ({ kind, first, second }) => `${kind} ${first.size} ${second.size}`,
  );

test('a bundle whose checkpoint contradicts the cosigned one: the message is archived, and the evidence', async () => {
  const envelope = await signAs(bob, { kind: 'text', text: 'from a fork' }, { conversation });
  const answer = await hostile.bundle([envelope], [bob.chain], { checkpoint: await forged(size, 1) });
  assert.equal(answer.type, 'receipt');
  assert.deepEqual(await kept(), [`fork ${size} ${size}`]);
});

test('two bundles whose checkpoints contradict each other are evidence, though neither was cosigned', async () => {
  const at = size + 1_000;
  for (const byte of [2, 3, 3]) {
    const envelope = await signAs(bob, { kind: 'text', text: `fork ${byte}` }, { conversation });
    await hostile.bundle([envelope], [bob.chain], { checkpoint: await forged(at, byte) });
  }
  assert.deepEqual(await kept(), [`fork ${size} ${size}`, `fork ${at} ${at}`]);
});

test('a fork that is submitted is not cosigned, and what was cosigned stays known', async () => {
  const client = await WitnessClient.connect(acme, partner);
  const submit = async (oldSize: number, checkpoint: string, proof: Uint8Array[] = []): Promise<number> =>
    (await client.addCheckpoint(encodeAddCheckpoint({ oldSize, proof, checkpoint }))).status;
  assert.equal(await submit(size, await forged(size, 4)), 422);
  assert.equal(await submit(size, await forged(size + 9, 5), [new Uint8Array(32)]), 422);
  assert.equal(await submit(0, await forged(size + 9, 6)), 409);
  assert.equal(acme.node.organisation.witnessing.cosignatures.ofPartner('partner.test')?.size, size);
  assert.equal((await kept()).filter((line) => line.startsWith('unproven')).length, 1);
  await client.stop();
});

test('the operator is shown the alarm by status and doctor, and messages go on', async () => {
  const { alarms } = await acme.operations.status({});
  assert.deepEqual(
    new Set(alarms.map(({ code }) => code)),
    new Set(['checkpoint.fork', 'checkpoint.unproven']),
  );
  const { checks } = await acme.operations['doctor.node']({});
  const shown = checks.filter(({ name }) => name === 'partner’s archive');
  assert.equal(shown.length, 2);
  assert.ok(shown.every(({ state, mend }) => state === 'warning' && mend === 'chancery archive evidence'));
  assert.match(checks.find(({ name }) => name === 'archive')?.message ?? '', /^\d+ entries, /);
  assert.equal((await alice.say(conversation, 'still here')).state, 'archived');
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
});

test('receipts: one whose checkpoint does not cover it is not taken, two that contradict each other are evidence', async () => {
  const { log } = partner.node.organisation;
  const link = (): { code: string } | null => acme.node.links.state('partner.test')?.lastError ?? null;
  const delivered = (): Promise<boolean> =>
    until('the partner to have it', async () => {
      acme.node.links.retryAll();
      const shown = await acme.operations['partner.show']({ domain: 'partner.test' });
      return shown.partner.backlog === 0;
    });
  await delivered();
  let checkpoint = await forged(1, 7);
  Object.assign(log, { checkpoint: () => Promise.resolve(checkpoint) });
  await alice.say(conversation, 'with a receipt that covers nothing');
  await until('the receipt to be refused', () => link()?.code === 'checkpoint.malformed');
  const at = size + 5_000;
  checkpoint = await forged(at, 8);
  await delivered();
  checkpoint = await forged(at, 9);
  await alice.say(conversation, 'with a receipt from a fork');
  await delivered();
  assert.ok(await until('the evidence', async () => (await kept()).includes(`fork ${at} ${at}`)));
  assert.ok(Reflect.deleteProperty(log, 'checkpoint'));
});

test('the exported evidence verifies with openssl alone', async (t) => {
  const cli = await testCli(t);
  const { operations, settings } = acme;
  const server = await startAdminServer({ socket: cli.home.adminSocket, operations, log: settings.log });
  const folder = await mkdtemp(join(tmpdir(), 'chancery-evidence-'));
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  const [first] = (await operations['archive.evidence']({})).evidence;
  const out = join(folder, 'evidence');
  const said = await cli.run('archive', 'evidence', 'export', String(first!.sequence), '--out', out);
  assert.deepEqual([said.code, said.err], [0, '']);
  const run = (...args: string[]): string => execFileSync('openssl', args, { cwd: out, encoding: 'utf8' });
  for (const side of ['first', 'second']) {
    const files = ['-in', `${side}.signed`, '-sigfile', `${side}.signature`];
    const signed = run('pkeyutl', '-verify', '-certin', '-inkey', `${side}.signer.pem`, '-rawin', ...files);
    assert.match(signed, /Signature Verified Successfully/);
    const chain = ['-CAfile', `${side}.root.pem`, '-untrusted', `${side}.issuer.pem`, `${side}.signer.pem`];
    assert.match(run('verify', '-no_check_time', ...chain), /: OK/);
  }
});
