/** What happens to a file that a member attaches: kept on the device, handed in once, from where it broke off. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client, NewFile } from '../../client/index.ts';
import { FILE_CHUNK_BYTES, chunksOf } from '../../protocol/message/index.ts';
import { BOB, makeWorld, type World } from '../support/client-world.ts';
import { chunkAt, makeFile } from '../support/files.ts';
import { until } from '../support/until.ts';

type Made = ReturnType<typeof makeFile>;

/** The file as its owner has it, until it is gone. */
function sourceOf({ bytes, file }: Made, isThere: () => boolean = () => true): NewFile {
  const { name, type, size } = file;
  return {
    ...{ name, type, size },
    read: (at, length) =>
      isThere() ? Promise.resolve(bytes.slice(at, at + length)) : Promise.reject(new Error('gone')),
  };
}

async function talkWithBob(client: Client): Promise<string> {
  const { id, sending } = await client.direct(BOB);
  await sending?.sent;
  return id;
}

function filesOn(world: World): string[] {
  return [...world.store.values.keys()].filter((key) => /^(file|chunk)!/.test(key));
}

function handedIn(world: World, { file, bytes }: Made): boolean {
  const chunks = world.node.files.get(Buffer.from(file.digest).toString('hex')) ?? [];
  return Buffer.concat(chunks).equals(bytes);
}

function indexesPut(world: World): number[] {
  return world.node.requests.flatMap((request) => (request.type === 'file-put' ? [request.index] : []));
}

test('a file goes before its message, what follows waits, and the device lets go of it', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  const made = makeFile(3 * FILE_CHUNK_BYTES + 1);
  const sendings = [
    await client.send(conversation, 'before'),
    await client.attach(conversation, sourceOf(made), 'here'),
    await client.send(conversation, 'after'),
  ];
  for (const { sent } of sendings) assert.equal((await sent).state, 'archived');
  assert.ok(handedIn(world, made));
  const order = world.node.requests.flatMap(({ type }) => (/^(submit|file-put)$/.test(type) ? [type] : []));
  assert.equal(order.lastIndexOf('file-put') < order.lastIndexOf('submit'), true);
  assert.deepEqual(world.node.texts, ['before', 'here', 'after']);
  await until('the device let go of the file', () => filesOn(world).length === 0);
});

test('a file that waited when the program ended goes out with the next, though it is gone where it lay', async () => {
  const world = await makeWorld();
  const made = makeFile(2 * FILE_CHUNK_BYTES);
  let isThere = true;
  {
    await using client = await world.open();
    await client.connect();
    const conversation = await talkWithBob(client);
    world.node.reachable = false;
    world.node.beforeSubmit = () => Promise.reject(new Error('the connection breaks'));
    const { sent } = await client.attach(
      conversation,
      sourceOf(made, () => isThere),
    );
    isThere = false;
    await client.close();
    assert.equal((await sent).state, 'queued');
  }
  world.node.reachable = true;
  world.node.beforeSubmit = () => Promise.resolve();
  assert.equal(filesOn(world).length, 1 + chunksOf(made.file));
  await using again = await world.open();
  await again.connect();
  await until('it is sent', () => again.queued === 0);
  assert.ok(handedIn(world, made));
  await until('the device let go of the file', () => filesOn(world).length === 0);
});

test('of a file that the node has in part, only the rest is handed in', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  const made = makeFile(5 * FILE_CHUNK_BYTES);
  const chunks = [0, 1, 2].map((index) => chunkAt(made.bytes, index));
  world.node.files.set(Buffer.from(made.file.digest).toString('hex'), chunks);
  const { sent } = await client.attach(conversation, sourceOf(made));
  assert.equal((await sent).state, 'archived');
  assert.deepEqual(indexesPut(world), [3, 4]);
  assert.ok(handedIn(world, made));
});

test('a file that cannot be sent is refused before anything is written, and leaves nothing behind', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  const made = makeFile(FILE_CHUNK_BYTES + 1);
  const source = sourceOf(made);
  const faults: [NewFile, string][] = [
    [{ ...source, name: '../plan.pdf' }, 'request.invalid'],
    [{ ...source, name: 'plan\u202efdp.exe' }, 'request.invalid'],
    [{ ...source, type: 'PDF' }, 'request.invalid'],
    [{ ...source, size: 0 }, 'request.invalid'],
    [{ ...source, size: made.bytes.length + 1 }, 'attachment.mismatch'],
    [{ ...source, size: 2 ** 30 + 1 }, 'attachment.too-large'],
  ];
  for (const [file, code] of faults) await assert.rejects(client.attach(conversation, file), { code });
  let reads = 0;
  const changing: NewFile = {
    ...source,
    read: (at, length) => Promise.resolve(made.bytes.slice(at, at + length).fill((reads += 1), 0, 1)),
  };
  await assert.rejects(client.attach(conversation, changing), { code: 'attachment.mismatch' });
  assert.equal(client.queued, 0);
  await client.send(conversation, 'and on').then(({ sent }) => sent);
  assert.deepEqual(filesOn(world), []);
});
