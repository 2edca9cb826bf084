/** Who is told of a legal hold, and until when: those whom it names, where it has words for them, until they acknowledge it or it ends. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { decodeRecord, type HoldScope } from '../../../node/ledger/index.ts';
import { MAX_HOLD_NOTICES } from '../../../protocol/wire/index.ts';
import { policyOf, RetainingWorld } from '../../support/retaining.ts';

const OLIVE = 'olive@acme.test';
const OSCAR = 'oscar@acme.test';
const ALICE = 'alice@acme.test';
const BOB = 'bob@acme.test';
const MATTER = 'Smith v. Acme';
const TEXT = 'Delete nothing that has to do with Mr Smith.';

const NOTHING: HoldScope = {
  ...{ people: [], conversations: [], organisations: [], words: [] },
  ...{ from: null, until: null },
};

const LAPTOP = { address: ALICE, peer: 'laptop' };
const PHONE = { address: ALICE, peer: 'phone' };

async function start(t: TestContext): Promise<RetainingWorld> {
  const world = await RetainingWorld.start(t, policyOf(30, null));
  for (const officer of [OLIVE, OSCAR]) await world.member(officer, ['member', 'compliance-officer']);
  for (const member of [ALICE, BOB]) await world.member(member);
  return world;
}

function place(world: RetainingWorld, people: string[], notice?: string, matter = MATTER): Promise<number> {
  const hold = { matter, scope: { ...NOTHING, people }, actor: OLIVE, reason: 'a claim was made' };
  return world.retaining.holding.place(notice === undefined ? hold : { ...hold, notice });
}

async function release(world: RetainingWorld): Promise<void> {
  const { request } = await world.retaining.holding.request(MATTER, OLIVE, 'it is settled');
  await world.retaining.holding.approve(MATTER, request, OSCAR);
}

function acknowledgements(world: RetainingWorld): string[] {
  return Array.from({ length: world.log.size }, (_, at) => at).flatMap((at) => {
    if (world.log.entry(at)?.kind !== 'hold-notice') return [];
    const { hold, person, device } = world.ledger.record('hold-notice', at)!;
    return [`${hold} ${person} ${device}`];
  });
}

test('C12: a hold without a notice tells nobody, whomever it names, and asks nobody to acknowledge it', async (t) => {
  const world = await start(t);
  const { custodians, holds } = world.retaining;
  const hold = await place(world, [ALICE, BOB]);
  assert.deepEqual([custodians.pending(ALICE), custodians.pending(BOB)], [[], []]);
  const refused = await custodians.acknowledge(LAPTOP, hold);
  assert.equal(refused.ok ? '' : refused.refusal.code, 'hold.unknown');
  assert.deepEqual(
    (await holds.all()).flatMap((placed) => custodians.of(placed)),
    [],
  );
  assert.deepEqual(acknowledgements(world), []);
});

test('C12: those whom a hold names are told of it, over a restart too, and nobody else', async (t) => {
  const world = await start(t);
  const hold = await place(world, [ALICE, 'bill@bank.test'], TEXT);
  await world.reopen(policyOf(30, null));
  const { custodians, holds } = world.retaining;
  assert.deepEqual(custodians.pending(ALICE), [{ hold, matter: MATTER, text: TEXT }]);
  assert.deepEqual(custodians.pending(BOB), []);
  const refused = await custodians.acknowledge({ address: BOB, peer: 'tablet' }, hold);
  assert.equal(refused.ok ? '' : refused.refusal.code, 'hold.unknown');
  const [placed] = await holds.all();
  assert.deepEqual(custodians.of(placed!), [{ person: ALICE, acknowledged: null }], 'of our members only');
});

test('C12: a custodian acknowledges a hold once, on whichever device, and is told of it no more', async (t) => {
  const world = await start(t);
  const { custodians, holds } = world.retaining;
  const hold = await place(world, [ALICE, BOB], TEXT);
  const first = custodians.acknowledge(LAPTOP, hold);
  // the second of two at once is answered when that of the first is on record, and not before
  assert.ok((await custodians.acknowledge(PHONE, hold)).ok);
  assert.deepEqual(acknowledgements(world), [`${hold} ${ALICE} laptop`]);
  assert.ok((await first).ok);
  assert.deepEqual(custodians.pending(ALICE), []);
  assert.equal(custodians.pending(BOB).length, 1);
  const [placed] = await holds.all();
  assert.deepEqual(custodians.of(placed!), [
    { person: ALICE, acknowledged: world.log.size - 1 },
    { person: BOB, acknowledged: null },
  ]);
});

test('C12: once a hold is released nobody is told of it, and who acknowledged it stays on record', async (t) => {
  const world = await start(t);
  const { custodians, holds } = world.retaining;
  const hold = await place(world, [ALICE, BOB], TEXT);
  assert.ok((await custodians.acknowledge(LAPTOP, hold)).ok);
  await release(world);
  assert.deepEqual(custodians.pending(BOB), []);
  const refused = await custodians.acknowledge({ address: BOB, peer: 'tablet' }, hold);
  assert.equal(refused.ok ? '' : refused.refusal.code, 'hold.unknown');
  const [placed] = await holds.all();
  assert.deepEqual(
    custodians.of(placed!).map(({ acknowledged }) => acknowledged !== null),
    [true, false],
  );
});

test('C12: a notice that no member would be told is refused, and places no hold', async (t) => {
  const world = await start(t);
  const { size } = world.log;
  for (const people of [[], ['bill@bank.test'], ['alcie@acme.test']])
    await assert.rejects(place(world, people, TEXT), { code: 'request.invalid' });
  assert.equal(world.log.size, size);
});

test('C12: more holds than one answer has room for are told of in turn, oldest first', async (t) => {
  const world = await start(t);
  const { custodians } = world.retaining;
  const placed: number[] = [];
  for (let at = 0; at <= MAX_HOLD_NOTICES; at += 1)
    placed.push(await place(world, [ALICE], TEXT, `matter ${at}`));
  const told = (): number[] => custodians.pending(ALICE).map(({ hold }) => hold);
  assert.deepEqual(told(), placed.slice(0, MAX_HOLD_NOTICES));
  assert.ok((await custodians.acknowledge(LAPTOP, placed[0]!)).ok);
  assert.deepEqual(told(), placed.slice(1));
});

test('a hold of before there were notices is read as it was written', () => {
  // { v: 1, actor: "o@a.test", scope: {…}, matter: "m", reason: "r" }
  const written = Buffer.from(
    'a5617601656163746f72686f40612e746573746573636f7065a66466726f6df665756e74696cf665776f726473806670656f' +
      '706c6581686140612e746573746d636f6e766572736174696f6e73806d6f7267616e69736174696f6e7380666d6174746572616d66726561736f6e6172',
    'hex',
  );
  const read = decodeRecord('hold', new Uint8Array(written));
  assert.ok(read.ok, JSON.stringify(read));
  assert.deepEqual(
    [read.value.matter, read.value.scope.people, read.value.notice],
    ['m', ['a@a.test'], undefined],
  );
});
