/** The file that a message brought along goes with it, from every place, and stays as long as the message does. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { FILE_CHUNK_BYTES } from '../../../protocol/message/index.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const POLICY = policyOf(30, 30);

async function conversationIn(world: RetainingWorld): Promise<Uint8Array> {
  await world.member('alice@acme.test');
  return world.create(['alice@acme.test', 'bob@acme.test']);
}

test('C11: the file of a message goes with it, and no file holds anything of it after that', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  const conversation = await conversationIn(world);
  const old = await world.attach(conversation, FILE_CHUNK_BYTES + 100);
  const sealed = await readFile(old.path);
  await world.live(31 * DAY);
  const young = await world.attach(conversation, 100);
  assert.equal((await world.filesWith(sealed.subarray(-64))).length, 1);
  await world.retaining.retention.look();
  assert.ok(world.ledger.isDisposed(old.sequence));
  assert.ok(!existsSync(old.path));
  assert.deepEqual(await world.filesWith(sealed.subarray(-64)), []);
  assert.deepEqual(await world.filesWith(old.plain.subarray(0, 64)), []);
  assert.ok(await world.files.isWhole(young.sealed), 'that of a younger message stays');
  const left = [];
  for await (const { sequence } of world.messages.files()) left.push(sequence);
  assert.deepEqual(left, [young.sequence]);
});

test('C12: the file of a message that is held stays with it', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  await world.member('olive@acme.test', ['member', 'compliance-officer']);
  const conversation = await conversationIn(world);
  const { path, sealed, sequence } = await world.attach(conversation, 1_000);
  const named = { people: ['alice@acme.test'], conversations: [], organisations: [], words: [] };
  const scope = { ...named, from: null, until: null };
  const { holding } = world.retaining;
  await holding.place({ matter: 'Smith v. Acme', scope, actor: 'olive@acme.test', reason: 'a claim' });
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  assert.ok(!world.ledger.isDisposed(sequence));
  assert.ok(existsSync(path) && (await world.files.isWhole(sealed)));
});

test('C7: a file that was left where the node died right after its content went is taken away by the next start', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  const conversation = await conversationIn(world);
  const { path, sealed, sequence } = await world.attach(conversation, 1_000);
  const bytes = await readFile(path);
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  const { keys } = world.ledger;
  await writeFile(path, bytes);
  await world.tamper(() => false, undefined, [keys.goneFile(sequence), sealed]);
  await world.open(POLICY);
  assert.ok(!existsSync(path));
  for await (const _row of world.log.iterate(keys.within('goneFile'))) assert.fail('something is left to do');
});
