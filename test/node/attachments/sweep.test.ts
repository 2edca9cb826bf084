/** Files that no message brought along do not stay, and nothing else goes with them. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, utimes } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { LEFT_AFTER_MS, Sweep, type Claim } from '../../../node/attachments/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { FILE_CHUNK_BYTES, chunksOf, type FileInfo } from '../../../protocol/message/index.ts';
import { chunkAt, makeFile } from '../../support/files.ts';
import { DAY, RetainingWorld, policyOf } from '../../support/retaining.ts';

const POLICY = policyOf(30, null);
const SOURCE = 'alice@acme.test';

async function start(t: TestContext): Promise<{ world: RetainingWorld; conversation: Uint8Array }> {
  const world = await RetainingWorld.start(t, POLICY);
  return { world, conversation: await world.create(['alice@acme.test', 'bob@acme.test']) };
}

function sweepOf({ ledger, files, incoming }: RetainingWorld): Sweep {
  return new Sweep({ ledger, files, incoming, logger: pino({ level: 'silent' }) });
}

/** Hands in a file as its sender would. */
async function handIn(world: RetainingWorld, size: number): Promise<FileInfo> {
  const { file, bytes } = makeFile(size);
  valueOf(await world.incoming.begin(SOURCE, file));
  for (let index = 0; index < chunksOf(file); index += 1)
    valueOf(await world.incoming.put(SOURCE, file.digest, index, chunkAt(bytes, index)));
  return file;
}

interface Placed extends Claim {
  readonly path: string;
  readonly file: FileInfo;
}

/** Puts a file in its place for a message that is never appended. */
async function place(world: RetainingWorld): Promise<Placed> {
  const file = await handIn(world, 100);
  const claim = world.incoming.claim(SOURCE, file);
  assert.ok(claim);
  const path = world.files.path(claim.key.sealed);
  await age(world, path);
  return { ...claim, path, file };
}

/** The disk keeps the machine's time, and this log its own. */
async function age(world: RetainingWorld, path: string): Promise<void> {
  await utimes(path, world.now / 1000, world.now / 1000);
}

test('a file that was placed when the node died, before its message was appended, is taken away a day later', async (t) => {
  const { world, conversation } = await start(t);
  const { path } = await place(world);
  const kept = await world.attach(conversation, FILE_CHUNK_BYTES + 1);
  await age(world, kept.path);
  await world.reopen(POLICY);
  await world.live(LEFT_AFTER_MS - 1_000);
  assert.equal(await sweepOf(world).sweep(), 0, 'it may be of a message that is on its way');
  assert.ok(existsSync(path));
  world.jump(300);
  assert.equal(await sweepOf(world).sweep(), 0, 'a clock that jumps brings nothing forward');
  world.jump(-300);
  await world.live(2_000);
  assert.equal(await sweepOf(world).sweep(), 1);
  assert.ok(!existsSync(path));
  assert.ok(await world.files.isWhole(kept.sealed));
});

test('a file whose message is just being appended, or comes again, is not taken away', async (t) => {
  const { world } = await start(t);
  const writing = await place(world);
  const again = await place(world);
  again.giveBack();
  await world.live(2 * DAY);
  assert.equal(valueOf(await world.incoming.begin(SOURCE, again.file)), chunksOf(again.file));
  assert.equal(await sweepOf(world).sweep(), 0);
  for (const { path } of [writing, again]) assert.ok(existsSync(path));
  writing.done();
  assert.equal(await sweepOf(world).sweep(), 1, 'once it is neither, it is like any other');
  assert.ok(!existsSync(writing.path) && existsSync(again.path));
});

test('a file whose row of the views is lost stays: its message has it', async (t) => {
  const { world, conversation } = await start(t);
  const { path, sequence, sealed } = await world.attach(conversation, 100);
  await age(world, path);
  const row = world.ledger.keys.file(sequence);
  await world.tamper((key) => Buffer.from(key).equals(row), undefined);
  await world.open(POLICY);
  await world.live(2 * DAY);
  assert.equal(await sweepOf(world).sweep(), 0);
  assert.ok(await world.files.isWhole(sealed));
});

test('what was handed in and never sent is let go of after a day, and what is still coming is not', async (t) => {
  const { world } = await start(t);
  await handIn(world, 3 * FILE_CHUNK_BYTES);
  await world.live(2 * DAY);
  const coming = await handIn(world, FILE_CHUNK_BYTES);
  assert.equal((await readdir(world.files.incoming)).length, 2);
  await sweepOf(world).sweep();
  assert.equal((await readdir(world.files.incoming)).length, 1);
  assert.ok(world.incoming.claim(SOURCE, coming));
});

test('nothing is taken away while anything is wrong with the log', async (t) => {
  const { world, conversation } = await start(t);
  const { path } = await place(world);
  const { sequence } = await world.say(conversation, 'the plover egg');
  await world.live(2 * DAY);
  await world.tamper((key) => key[0] === 0x01 && key[8] === sequence, undefined);
  await world.open(POLICY);
  await world.log.verify();
  assert.equal(await sweepOf(world).sweep(), 0);
  assert.ok(existsSync(path));
});
