/** Files that messages bring along: whole or not at all, sealed beside the log, for whom the message is for. */
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FILE_CHUNK_BYTES } from '../../protocol/message/index.ts';
import { chunkAt, download, makeFile, sendFile, upload } from '../support/files.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

/** A device or partner is told of a file that is too large before it sends it. */
const MAX_BYTES = 2_000_000;

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test');
  const files = { maxBytes: MAX_BYTES, types: ['application/pdf', 'image/*'] };
  acme = await startTestNode(dns, 'acme.test', { files });
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(acme, 'bob@acme.test', 'Bob');
  conversation = await alice.create('bob@acme.test');
});

after(async () => {
  for (const each of [alice, bob, acme]) await each.stop();
  await dns.server.stop();
});

/** Every file beside the log, by its place. */
async function storedFiles(node: TestNode): Promise<string[]> {
  const found = await readdir(node.settings.attachmentsLocation, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('a file comes with its message, byte for byte, and lies sealed in the archive', async () => {
  const sent = makeFile(3 * FILE_CHUNK_BYTES + 17);
  assert.equal(await upload(alice, sent), 'whole');
  const { id, code } = await sendFile(alice, conversation, sent.file);
  assert.equal(code, 'archived');
  assert.equal(await download(bob, id, sent), 'same');
  const [stored, ...more] = await storedFiles(acme);
  assert.deepEqual(more, []);
  const sealed = await readFile(stored!);
  for (let at = 0; at < sent.bytes.length; at += 4_096)
    assert.equal(sealed.indexOf(sent.bytes.subarray(at, at + 24)), -1);
});

test('a message whose file is not whole is refused, and so is a file that is not the one named', async () => {
  const sent = makeFile(2 * FILE_CHUNK_BYTES);
  assert.equal((await sendFile(alice, conversation, sent.file)).code, 'attachment.missing');
  await alice.request({ type: 'file-begin', file: sent.file }, 'file-has');
  const first = {
    type: 'file-put',
    digest: sent.file.digest,
    index: 0,
    bytes: chunkAt(sent.bytes, 0),
  } as const;
  await alice.request(first, 'file-has');
  assert.equal((await sendFile(alice, conversation, sent.file)).code, 'attachment.missing');
  const other = makeFile(2 * FILE_CHUNK_BYTES);
  assert.equal(await upload(alice, { bytes: other.bytes, file: sent.file }), 'attachment.mismatch');
  assert.equal((await sendFile(alice, conversation, sent.file)).code, 'attachment.missing');
  assert.equal(await upload(alice, sent), 'whole');
  assert.equal((await sendFile(bob, conversation, sent.file)).code, 'attachment.missing');
  assert.equal((await sendFile(alice, conversation, sent.file)).code, 'archived');
});

test('a file that is too large, or of a type that is not accepted, is refused before and with its message', async () => {
  const large = makeFile(MAX_BYTES + 1);
  assert.equal(await upload(alice, large), 'attachment.too-large');
  assert.equal((await sendFile(alice, conversation, large.file)).code, 'attachment.too-large');
  const program = makeFile(100, { type: 'application/x-msdownload', name: 'plan.exe' });
  assert.equal(await upload(alice, program), 'attachment.bad-type');
  assert.equal((await sendFile(alice, conversation, program.file)).code, 'attachment.bad-type');
  const image = makeFile(100, { type: 'image/png', name: 'plan.png' });
  assert.equal(await upload(alice, image), 'whole');
});

test('an upload goes on where it stopped when the connection broke', async () => {
  const sent = makeFile(4 * FILE_CHUNK_BYTES);
  await alice.request({ type: 'file-begin', file: sent.file }, 'file-has');
  for (const index of [0, 1]) {
    const { digest } = sent.file;
    await alice.request({ type: 'file-put', digest, index, bytes: chunkAt(sent.bytes, index) }, 'file-has');
  }
  const again = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  try {
    const { chunks } = await again.request({ type: 'file-begin', file: sent.file }, 'file-has');
    assert.equal(chunks, 2);
    assert.equal(await upload(again, sent), 'whole');
    const { id, code } = await sendFile(again, conversation, sent.file);
    assert.equal(code, 'archived');
    assert.equal(await download(bob, id, sent), 'same');
  } finally {
    await again.stop();
  }
});

test('a file is only for those in its conversation, and gone from sight with its message', async () => {
  const carol = await TestDevice.enrol(acme, 'carol@acme.test', 'Carol');
  const sent = makeFile(1_000);
  await upload(alice, sent);
  const { id } = await sendFile(alice, conversation, sent.file);
  assert.equal(await download(carol, id, sent), 'message.unknown-target');
  assert.equal(await download(bob, id, sent), 'same');
  const edit = await alice.sign({ kind: 'edit', target: id, text: 'x' }, { conversation });
  const recall = await alice.sign({ kind: 'recall', target: id }, { conversation });
  const results = await alice.submit(edit, recall);
  assert.deepEqual(
    results.map((result) => (result.state === 'refused' ? result.code : result.state)),
    ['message.malformed', 'archived'],
  );
  assert.equal(await download(bob, id, sent), 'message.recalled');
  await carol.stop();
});

test('a file that was changed in the archive is not given out', async () => {
  const before = new Set(await storedFiles(acme));
  const sent = makeFile(2 * FILE_CHUNK_BYTES);
  await upload(alice, sent);
  const { id } = await sendFile(alice, conversation, sent.file);
  const [path] = (await storedFiles(acme)).filter((each) => !before.has(each));
  const stored = await readFile(path!);
  stored[FILE_CHUNK_BYTES + 100]! ^= 1;
  await writeFile(path!, stored);
  assert.equal(await download(bob, id, sent), 'archive.damaged');
});

test('files are there after the node was started anew', async () => {
  const sent = makeFile(FILE_CHUNK_BYTES + 1);
  await upload(alice, sent);
  const { id } = await sendFile(alice, conversation, sent.file);
  await alice.stop();
  await bob.stop();
  acme = await acme.restart();
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  bob = await TestDevice.connect(acme, bob.key, bob.address, bob.bundle);
  assert.equal(await download(bob, id, sent), 'same');
});
