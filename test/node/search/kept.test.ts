/** What the index says of messages that holds keep, and of those that were disposed of. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Search, SearchIndex } from '../../../node/search/index.ts';
import { DAY, policyOf, RetainingWorld, type Said } from '../../support/retaining.ts';

const [ALICE, OLIVE, OSCAR] = ['alice@acme.test', 'olive@acme.test', 'oscar@acme.test'] as const;

/** Runs so short that a few messages make several segments. */
const SHORT = { entries: 8, tokens: 4_096 };

const NOTHING = { people: [], conversations: [], organisations: [], words: [], from: null, until: null };

interface Searched {
  readonly world: RetainingWorld;
  readonly conversation: Uint8Array;
  readonly index: SearchIndex;
}

async function start(t: TestContext): Promise<Searched> {
  const world = await RetainingWorld.start(t, policyOf(30, 30));
  for (const officer of [OLIVE, OSCAR]) await world.member(officer, ['member', 'compliance-officer']);
  for (const member of [ALICE, 'bob@acme.test']) await world.member(member);
  const conversation = await world.create([ALICE, 'bob@acme.test'], 'group');
  return { world, conversation, index: await indexOf(t, world) };
}

async function indexOf(t: TestContext, { ledger }: RetainingWorld): Promise<SearchIndex> {
  const index = await SearchIndex.open({ ledger, limits: SHORT, logger: { error: () => undefined } });
  t.after(() => index.stop());
  await index.caughtUp();
  await index.stored();
  return index;
}

function searchOf(world: RetainingWorld, index: SearchIndex): Search {
  return new Search({
    ledger: world.ledger,
    index,
    conversationId: (id) => Promise.resolve(id),
    recordSearch: () => Promise.resolve(),
  });
}

async function find(world: RetainingWorld, index: SearchIndex, query: string): Promise<readonly number[]> {
  return (await searchOf(world, index).find({ query, limit: 100, below: null })).sequences;
}

async function count(world: RetainingWorld, index: SearchIndex, query: string): Promise<number> {
  return searchOf(world, index).count({ query, limit: null, below: null });
}

async function sayAll(
  { world, conversation }: Searched,
  ...texts: readonly string[]
): Promise<readonly Said[]> {
  const said: Said[] = [];
  for (const text of texts) said.push(await world.say(conversation, text));
  return said;
}

/** How many entries the index itself has for a word, in memory and in segments, whatever became of them. */
function indexed(world: RetainingWorld, index: SearchIndex, word: string): number {
  const token = world.ledger.tokens.of(word);
  return index.parts().reduce((sum, part) => sum + part.places(token).length, 0);
}

test('held:yes finds what is under a hold and held:no the rest, as holds are placed and released', async (t) => {
  const searched = await start(t);
  const { world, index } = searched;
  const { holding } = world.retaining;
  const [first] = await sayAll(searched, 'plover egg one', 'plover two', 'plover three');
  assert.equal(await count(world, index, 'plover held:yes'), 0);
  assert.equal(await count(world, index, 'plover held:no'), 3);
  const place = (matter: string, words: string[]): Promise<number> =>
    holding.place({ matter, scope: { ...NOTHING, words }, actor: OLIVE, reason: 'a claim was made' });
  await place('case 1', ['egg']);
  await place('case 2', ['one']);
  const [, later] = await sayAll(searched, 'plover four', 'an egg of a plover', 'plover five');
  await world.fill(20);
  await index.stored();
  assert.deepEqual(await find(world, index, 'plover held:yes'), [later!.sequence, first!.sequence]);
  assert.deepEqual(await find(world, index, 'held:yes'), [later!.sequence, first!.sequence]);
  assert.equal(await count(world, index, 'plover held:no'), 4);
  assert.equal(await count(world, index, 'plover -held:yes'), 4);
  assert.equal(await count(world, index, 'plover -held:no'), 2);
  assert.equal(await count(world, index, 'plover held:yes held:no'), 0);
  const { request } = await holding.request('case 1', OLIVE, 'it is settled');
  await holding.approve('case 1', request, OSCAR);
  assert.deepEqual(await find(world, index, 'plover held:yes'), [first!.sequence]);
});

test('what was disposed of is in no part of the index any more, is not counted, and what stays is found', async (t) => {
  const searched = await start(t);
  const { world, index } = searched;
  await sayAll(searched, ...Array.from({ length: 20 }, (_, at) => `plover early ${at}`));
  await index.stored();
  await world.live(20 * DAY);
  const late = await sayAll(searched, ...Array.from({ length: 20 }, (_, at) => `plover late ${at}`));
  assert.equal(indexed(world, index, 'plover'), 40);
  await world.live(11 * DAY);
  await world.retaining.retention.look();
  assert.equal(await count(world, index, 'plover'), 20, 'before the index is made anew as well');
  await index.stored();
  assert.ok(index.isClean);
  assert.equal(indexed(world, index, 'early'), 0);
  assert.equal(indexed(world, index, 'plover'), 20);
  assert.equal(await count(world, index, 'plover'), 20);
  const expected = late.map(({ sequence }) => sequence).reverse();
  assert.deepEqual(await find(world, index, 'plover'), expected);
  assert.deepEqual(await find(world, index, '"late 7"'), [late[7]!.sequence]);
});

test('what was disposed of while a run was in memory alone is stored without it', async (t) => {
  const searched = await start(t);
  const { world, index } = searched;
  while (index.size % SHORT.entries !== SHORT.entries - 3) await sayAll(searched, 'filler');
  await sayAll(searched, 'plover');
  const before = index.parts()[0]!;
  assert.equal(before.places(world.ledger.tokens.of('plover')).length, 1);
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  await world.fill(SHORT.entries);
  await index.stored();
  assert.equal(indexed(world, index, 'plover'), 0);
});

test('an index that dies anywhere while it forgets goes on with it when it is opened again', async (t) => {
  const searched = await start(t);
  const { world } = searched;
  await searched.index.stop();
  await sayAll(searched, ...Array.from({ length: 24 }, (_, at) => `plover early ${at}`));
  await world.live(10 * DAY);
  await sayAll(searched, ...Array.from({ length: 8 }, (_, at) => `plover late ${at}`));
  const filled = await indexOf(t, world);
  await filled.stop();
  await world.live(21 * DAY);
  await world.retaining.retention.look();
  const { ledger } = world;
  const derive = ledger.derive.bind(ledger);
  let cut = 0;
  for (let writes = 0; ; writes += 1) {
    let left = writes;
    ledger.derive = (ops, sequence) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('the disk is gone')) : derive(ops, sequence);
    };
    const index = await indexOf(t, world);
    assert.equal(await count(world, index, 'plover'), 8, `after ${writes} writes`);
    await index.stop();
    if (index.isClean) break;
    cut += 1;
  }
  ledger.derive = derive;
  assert.ok(cut >= 3, `cut short ${cut} times`);
  const index = await indexOf(t, world);
  assert.equal(indexed(world, index, 'early'), 0);
  assert.equal(indexed(world, index, 'plover'), 8);
});
