/** Files between organisations: the partner has the file before its message counts, each under its own limits. */
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openNodeClient } from '../../client/adapters/index.ts';
import { runProgram } from '../../client/chat/program.ts';
import { FILE_CHUNK_BYTES } from '../../protocol/message/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { download, makeFile, sendFile, upload } from '../support/files.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  ({ dns, acme, partner } = await startPartners({
    partner: { files: { maxBytes: 5_000_000, types: ['application/pdf'] } },
  }));
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  conversation = await alice.create('bob@partner.test');
});

after(async () => {
  for (const each of [alice, bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

/** Where a node's archive durably has a message. */
function positionAt({ node }: TestNode, id: Uint8Array): number | undefined {
  const { messages, log } = node.organisation;
  const position = messages.position(id);
  return position !== undefined && position < log.size ? position : undefined;
}

async function said(text: string): Promise<Uint8Array> {
  const result = await alice.say(conversation, text);
  assert.equal(result.state, 'archived');
  return result.message;
}

/** What the partner's receipt said of a message, as its sender is told. */
async function deliveryOf(id: Uint8Array): Promise<string> {
  return until('the delivery is known', async () => {
    const { items } = await alice.request({ type: 'read', cursor: 0, limit: 100, wait: false }, 'feed');
    const found = items.find((item) => item.type === 'delivery' && Buffer.compare(item.message, id) === 0);
    if (found?.type !== 'delivery') return undefined;
    return found.outcome.state === 'refused' ? found.outcome.code : found.outcome.state;
  });
}

test('a file reaches the partner byte for byte, with its message, and in the order of all that was said', async () => {
  const sent = makeFile(7 * FILE_CHUNK_BYTES + 5);
  assert.equal(await upload(alice, sent), 'whole');
  const before = await said('here it comes');
  const { id } = await sendFile(alice, conversation, sent.file);
  const later = await said('did you get it?');
  await until('the partner has the last message', () => positionAt(partner, later) !== undefined);
  const positions = [before, id, later].map((each) => positionAt(partner, each));
  assert.deepEqual(
    positions,
    positions.toSorted((a, b) => a! - b!),
  );
  assert.equal(await download(bob, id, sent), 'same');
  assert.equal(await deliveryOf(id), 'archived');
});

test('the partner refuses what it does not accept, says so, and what follows goes on', async () => {
  const large = makeFile(5_000_001);
  const image = makeFile(1_000, { type: 'image/png' });
  for (const sent of [large, image]) assert.equal(await upload(alice, sent), 'whole');
  const first = await sendFile(alice, conversation, large.file);
  const second = await sendFile(alice, conversation, image.file);
  const later = await said('and otherwise?');
  await until('the partner has the last message', () => positionAt(partner, later) !== undefined);
  assert.equal(await deliveryOf(first.id), 'attachment.too-large');
  assert.equal(await deliveryOf(second.id), 'attachment.bad-type');
  assert.equal(positionAt(partner, first.id), undefined);
});

test('a file that waits while the partner is away arrives once it is back', async () => {
  await bob.stop();
  await partner.node.stop();
  const sent = makeFile(3 * FILE_CHUNK_BYTES);
  assert.equal(await upload(alice, sent), 'whole');
  const { id } = await sendFile(alice, conversation, sent.file);
  partner = await partner.restart();
  bob = await TestDevice.connect(partner, bob.key, bob.address, bob.bundle);
  await until('the partner has the file', () => positionAt(partner, id) !== undefined);
  assert.equal(await download(bob, id, sent), 'same');
});

test('at the command line a member attaches a file, and another one saves it, byte for byte', async () => {
  await using carol: TestClient = await joinClient(acme, 'carol@acme.test', 'Carol');
  await using dave: TestClient = await joinClient(partner, 'dave@partner.test', 'Dave');
  for (const { client } of [carol, dave]) {
    await client.acknowledgeRecording();
    await client.close();
  }
  const chat = async (
    home: string,
    ...args: string[]
  ): Promise<{ code: number; out: string; err: string }> => {
    const terminal = new FakeTerminal();
    const code = await runProgram(args, {
      ...{ terminal, env: {}, version: '1.2.3', defaultHome: home, hostname: 'laptop' },
      open: () => openNodeClient({ home }),
      enrol: () => Promise.reject(new Error('not in this test')),
    });
    return { code, out: terminal.out, err: terminal.err };
  };
  const { bytes } = makeFile(2 * FILE_CHUNK_BYTES + 99);
  const path = join(carol.home, 'Plan for May.pdf');
  await writeFile(path, bytes);
  const attached = await chat(carol.home, 'attach', 'dave@partner.test', path, 'as', 'promised', '--json');
  assert.deepEqual([attached.code, attached.err], [0, '']);
  const { id } = JSON.parse(attached.out) as { id: string };
  await until('dave has it', () => positionAt(partner, Buffer.from(id, 'hex')) !== undefined);
  const listed = await chat(dave.home, 'history', 'carol@acme.test');
  assert.match(
    listed.out,
    new RegExp(`Plan for May.pdf \\(application/pdf, 524.4 kB; save ${id.slice(0, 8)}\\) as promised`),
  );
  const saved = await chat(dave.home, 'save', id.slice(0, 6), dave.home);
  assert.deepEqual([saved.code, saved.err], [0, '']);
  assert.ok((await readFile(join(dave.home, 'Plan for May.pdf'))).equals(bytes));
  assert.deepEqual(
    (await readdir(dave.home)).filter((name) => name.endsWith('.partial')),
    [],
  );
  const again = await chat(dave.home, 'save', id, dave.home, '--json');
  assert.equal((JSON.parse(again.err) as { error: { code: string } }).error.code, 'request.invalid');
  const recalled = await chat(carol.home, 'recall', 'dave@partner.test', '--message', id.slice(0, 8));
  assert.deepEqual([recalled.code, recalled.err], [0, '']);
  const target = new Uint8Array(Buffer.from(id, 'hex'));
  await until('the partner knows', () => partner.node.organisation.messages.target(target)?.recalled);
  const gone = await chat(dave.home, 'save', id, '/tmp', '--json');
  assert.equal((JSON.parse(gone.err) as { error: { code: string } }).error.code, 'message.recalled');
});

test('messages with files agree where two archives are held against each other', async () => {
  const sent = makeFile(1_000);
  await upload(alice, sent);
  const { id } = await sendFile(alice, conversation, sent.file);
  assert.equal(await deliveryOf(id), 'archived');
  const asked = { partner: 'partner.test', late: 300 };
  let step = await acme.operations['archive.reconcile'](asked);
  while (step.outcome === null)
    step = await acme.operations['archive.reconcile']({ ...asked, run: step.run! });
  assert.deepEqual(step.outcome.counts.different, 0);
  assert.ok(step.outcome.agrees);
});
