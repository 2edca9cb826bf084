/** The files of messages on replicas: fetched as the log is followed, part of what counts as held, and served once promoted. */
import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { ReplicaNode } from '../../node/composition/index.ts';
import { FILE_CHUNK_BYTES } from '../../protocol/message/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { download, makeFile, sendFile, upload } from '../support/files.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { TestReplica } from '../support/test-replica.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test');
  const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  acme = await startTestNode(dns, 'acme.test', { listen });
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const bob = await TestDevice.enrol(acme, 'bob@acme.test', 'Bob');
  await bob.stop();
  conversation = await alice.create('bob@acme.test');
});

after(async () => {
  for (const each of [alice, acme]) await each.stop();
  await dns.server.stop();
});

/** A file that was sent, the id of its message, and the hash under which it lies. */
interface SentFile {
  readonly made: ReturnType<typeof makeFile>;
  readonly id: Uint8Array;
  readonly sealed: Uint8Array;
}

async function send(size: number): Promise<SentFile> {
  const made = makeFile(size);
  assert.equal(await upload(alice, made), 'whole');
  const { id, code } = await sendFile(alice, conversation, made.file);
  assert.equal(code, 'archived');
  const { messages } = acme.node.organisation;
  let sealed: Uint8Array = new Uint8Array();
  for await (const row of messages.files()) ({ sealed } = row);
  return { made, id, sealed };
}

/** Until the primary was told that the replica holds all there is, with its files. */
async function caughtUp(): Promise<void> {
  const { log, primary } = acme.node.organisation;
  await until('the replica holds everything', () => {
    const [state] = primary.replicas(acme.node.host.peerId);
    return state?.connected === true && state.size === log.size;
  });
}

test('a file that is missing or was changed is named by its message, is an alarm, and is had again from another archive node', async (t) => {
  const sent = [await send(FILE_CHUNK_BYTES + 1), await send(200)];
  const replica = await TestReplica.join(acme);
  t.after(async () => {
    const { peerId: peer } = replica.replica!.host;
    await acme.operations['node.remove']({ peer, reason: 'a test is over' });
    await replica.remove();
  });
  await caughtUp();
  const { files, messages } = acme.node.organisation;
  const sequences = sent.map(({ id }) => messages.position(id));
  const spoil = async (at: Pick<ReplicaNode, 'files'>): Promise<void> => {
    await rm(at.files.path(sent[0]!.sealed));
    await writeFile(at.files.path(sent[1]!.sealed), 'changed');
  };
  const { operations } = acme;

  await spoil({ files });
  assert.equal(await download(alice, sent[1]!.id, sent[1]!.made), 'archive.damaged');
  const { faults } = await operations['archive.verify']({});
  assert.deepEqual(
    faults.map(({ sequence, code }) => [sequence, code]),
    sequences.map((sequence) => [sequence, 'archive.damaged']),
  );
  await until('the primary has them again', () => acme.node.filesVerifier.findings.length === 0);
  for (const { id, made } of sent) assert.equal(await download(alice, id, made), 'same');
  assert.deepEqual((await operations['archive.verify']({})).faults, []);

  const own = replica.replica!;
  await spoil(own);
  const found = await own.filesVerifier.verify();
  assert.deepEqual(
    found.findings.map(({ sequence }) => sequence),
    sequences,
  );
  await until('the replica has them again', () => own.filesVerifier.findings.length === 0);
  for (const { sealed } of sent) assert.ok(await own.files.isWhole(sealed));

  await replica.stop();
  await spoil({ files });
  await operations['archive.verify']({});
  const { alarms } = await operations.status({});
  assert.deepEqual(
    alarms.map(({ message }) => Number(/^entry (\d+): the file /.exec(message)?.[1])),
    sequences,
  );
  const { checks } = await operations['doctor.node']({});
  assert.equal(checks.filter(({ name, state }) => name === 'attachments' && state === 'failed').length, 2);
  assert.equal(acme.node.organisation.log.stopped, undefined, 'messages go on');
  await replica.start();
  await until('the replica is back', () => acme.node.host.peers.length > 0);
  assert.deepEqual(await acme.node.filesVerifier.mend(), sequences);
});

test('a replica has the files of what came before it, while it was away, and while it followed; promoted, it serves them', async (t) => {
  const files = [await send(2 * FILE_CHUNK_BYTES + 5)];
  const replica = await TestReplica.join(acme);
  t.after(() => replica.remove());
  await caughtUp();
  const here = replica.replica!.files;
  assert.ok(await here.isWhole(files[0]!.sealed));

  await replica.stop();
  files.push(await send(100));
  await replica.start();
  await caughtUp();
  for (const { sealed } of files) assert.ok(await replica.replica!.files.isWhole(sealed));

  // a home that followed before files were copied has none
  await replica.stop();
  await rm(replica.settings.attachmentsLocation, { recursive: true });
  await replica.start();
  await caughtUp();
  for (const { sealed } of files) assert.ok(await replica.replica!.files.isWhole(sealed));

  await alice.stop();
  acme = await acme.restart({ archiveCopies: 2 });
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  for (const size of [20 * FILE_CHUNK_BYTES, 10]) {
    const sent = await send(size);
    assert.ok(replica.replica!.files.has(sent.sealed), 'nothing counts before its file is held by both');
    files.push(sent);
  }

  await alice.stop();
  await acme.node.stop();
  await replica.replica!.promote('test', 'the other machine burned', false);
  await replica.stop();
  await replica.start();
  const there = { ...acme, settings: replica.settings, node: replica.primary! };
  alice = await TestDevice.connect(there, alice.key, alice.address, alice.bundle);
  for (const { made, id } of files) assert.equal(await download(alice, id, made), 'same');
  assert.deepEqual(await readdir(replica.primary!.organisation.files.fetching), []);
  acme = await acme.restart({ archiveCopies: 1 });
});
