/** What an officer's device asks by a query: answered from the index, together with all else that can be asked, on record first. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { findByQuery } from '../../../node/disclosure/query.ts';
import { SearchIndex } from '../../../node/search/index.ts';
import type { Sought } from '../../../protocol/wire/index.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const EVERYTHING: Sought = { person: null, conversation: null, since: null, until: null, only: null };
const [ALICE, BOB] = ['alice@acme.test', 'bob@acme.test'] as const;

interface Asked {
  readonly sought?: Partial<Sought>;
  readonly limit?: number;
  readonly before?: number;
  readonly count?: true;
}

async function officer(t: TestContext): Promise<{
  readonly world: RetainingWorld;
  readonly recorded: (readonly number[])[];
  readonly ask: (query: string, asked?: Asked) => ReturnType<typeof findByQuery>;
}> {
  const world = await RetainingWorld.start(t, policyOf(30, null));
  const { ledger, messages } = world;
  const searchIndex = await SearchIndex.open({ ledger, logger: { error: () => undefined } });
  t.after(() => searchIndex.stop());
  const recorded: (readonly number[])[] = [];
  const record = (entries: readonly number[]): Promise<number> => Promise.resolve(recorded.push(entries));
  const ask: Awaited<ReturnType<typeof officer>>['ask'] = (query, asked = {}) => {
    const { sought, limit = 10, before = null, count } = asked;
    const grounds = { purpose: 'complaint', case: '' };
    const request = { type: 'archive-find', id: 1, grounds, before, limit } as const;
    return findByQuery(
      { ledger, messages, searchIndex },
      { ...request, sought: { ...EVERYTHING, ...sought }, ...(count && { count }) },
      query,
      record,
    );
  };
  return { world, recorded, ask };
}

test('a query, a person, a conversation and times are all to hold', async (t) => {
  const { world, ask } = await officer(t);
  const [one, other] = [
    await world.create([ALICE, BOB]),
    await world.create([ALICE, BOB, 'carol@acme.test'], 'group'),
  ];
  const first = await world.say(one, 'Invoice, net 30', ALICE);
  await world.live(DAY);
  const second = await world.say(one, 'the invoice is net 30', BOB);
  await world.live(DAY);
  const third = await world.say(other, 'invoice of 30 net', ALICE);
  const found = async (query: string, sought: Partial<Sought> = {}): Promise<number[]> =>
    (await ask(query, { sought })).messages.map(({ sequence }) => sequence);
  assert.deepEqual(await found('invoice'), [third.sequence, second.sequence, first.sequence]);
  assert.deepEqual(await found('"net 30"'), [second.sequence, first.sequence]);
  assert.deepEqual(await found('invoice', { person: ALICE }), [third.sequence, first.sequence]);
  assert.deepEqual(await found('invoice from:bob', { person: ALICE }), []);
  assert.deepEqual(await found('invoice', { conversation: one }), [second.sequence, first.sequence]);
  const at = world.log.entry(second.sequence)!.time;
  assert.deepEqual(await found('invoice', { since: at, until: at }), [second.sequence]);
  assert.deepEqual(await found('invoice', { until: at - 1 }), [first.sequence]);
  const { messages } = await ask('"net 30" from:bob');
  assert.deepEqual(messages, [
    {
      sequence: second.sequence,
      time: at,
      message: second.id,
      conversation: one,
      sender: BOB,
      kind: 'text',
    },
  ]);
});

test('what is found comes in pages, and is counted as a whole', async (t) => {
  const { world, recorded, ask } = await officer(t);
  const conversation = await world.create([ALICE, BOB]);
  const said: number[] = [];
  for (let at = 0; at < 5; at += 1) said.unshift((await world.say(conversation, `plover ${at}`)).sequence);
  const paged: number[] = [];
  for (let before: number | null = Infinity; before !== null;) {
    const page: Awaited<ReturnType<typeof ask>> = await ask('plover', {
      limit: 2,
      ...(paged.length > 0 && { before }),
    });
    paged.push(...page.messages.map(({ sequence }) => sequence));
    assert.deepEqual(
      recorded.at(-1),
      page.messages.map(({ sequence }) => sequence),
    );
    assert.equal(page.access, recorded.length);
    before = page.next;
  }
  assert.deepEqual(paged, said);
  const counted = await ask('plover', { count: true });
  assert.deepEqual([counted.count, counted.messages, counted.next], [5, [], null]);
  assert.deepEqual(recorded.at(-1), []);
});

test('what cannot be searched is refused with the place of the fault, and nothing of it is recorded', async (t) => {
  const { recorded, ask } = await officer(t);
  await assert.rejects(ask('egg "plover'), { code: 'request.invalid', facts: { position: 4 } });
  await assert.rejects(ask('egg', { sought: { only: 'membership' } }), { code: 'request.invalid' });
  assert.deepEqual(recorded, []);
});
