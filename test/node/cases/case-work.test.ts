/** What officers do in a case: who may, what a case takes, and that all of it is in the log before it counts. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CaseWork, type Actor } from '../../../node/cases/index.ts';
import { Cases, MAX_TAGS_OF_MESSAGE, remakeViews, type Case } from '../../../node/ledger/index.ts';
import {
  caseEventText,
  caseOf,
  MAX_CASE_NAME,
  type AccessRecord,
  type CaseState,
} from '../../../protocol/archive/index.ts';
import { MAX_CASE_LENGTH } from '../../../protocol/wire/index.ts';
import { policyOf, RetainingWorld } from '../../support/retaining.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const OLIVE = officer('olive');
const OSCAR = officer('oscar');
const ALICE = officer('alice');
const NAME = '2026-17';

function officer(name: string): Actor {
  return { address: `${name}@acme.test`, device: null };
}

interface CaseWorld {
  readonly world: RetainingWorld;
  readonly work: CaseWork;
  readonly cases: Cases;
  /** Three messages, by their entries. */
  readonly said: readonly number[];
}

async function start(t: TestContext): Promise<CaseWorld> {
  const world = await RetainingWorld.start(t, policyOf(0, 0));
  for (const { address } of [OLIVE, OSCAR]) await world.member(address, ['member', 'compliance-officer']);
  await world.member(ALICE.address);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const said: number[] = [];
  for (const text of ['one', 'two', 'three']) said.push((await world.say(conversation, text)).sequence);
  return { world, said, ...workOn(world) };
}

function workOn({ ledger, members }: RetainingWorld): { work: CaseWork; cases: Cases } {
  const cases = new Cases(ledger);
  return { cases, work: new CaseWork({ ledger, members, cases }) };
}

/** A case as the views have it, all of it. */
async function viewOf(cases: Cases, { sequence }: Case): Promise<object> {
  const found = cases.at(sequence)!;
  const { name, title, state, reviewers, tags } = found;
  const counted = new Map<string, number>();
  const messages = (await cases.messages(sequence, null, null, 1_000)).map(({ entry, tagged }) => ({
    entry,
    tags: tagged.map(({ act, actor, sequence: by, time }) => {
      const tag = 'tag' in act ? act.tag : assert.fail('a tag is what an event puts on');
      counted.set(tag, (counted.get(tag) ?? 0) + 1);
      return { tag, actor, sequence: by, time };
    }),
  }));
  assert.deepEqual(new Map(tags.map(({ tag, messages: of }) => [tag, of])), new Map([...counted].sort()));
  for (const { tag } of tags)
    assert.deepEqual(
      (await cases.messages(sequence, tag, null, 1_000)).map(({ entry }) => entry),
      messages.filter((one) => one.tags.some((each) => each.tag === tag)).map(({ entry }) => entry),
    );
  assert.equal(found.messages, messages.length);
  const notes = await cases.events('notes', sequence, null, 1_000);
  assert.equal(found.notes, notes.length);
  const searches = cases.searches(found).map(({ number, saved, run }) => ({
    number,
    saved: saved.sequence,
    run: run?.sequence ?? null,
  }));
  return { name, title, state, reviewers, messages, searches, notes: notes.map(({ sequence: at }) => at) };
}

/** The same as its events make it. */
function foldOf({ name, title, state, reviewers, messages, searches, notes }: CaseState): object {
  return {
    ...{ name, title, state, reviewers, messages },
    searches: searches.map(({ number, sequence, runs }) => ({
      number,
      saved: sequence,
      run: runs.at(-1)?.sequence ?? null,
    })),
    notes: notes.map(({ sequence }) => sequence),
  };
}

const ACCESS: Omit<AccessRecord, 'actor'> = {
  ...{ device: null, action: 'find', purpose: '', case: NAME, query: 'one', entries: [] },
};

test('C14: a case is its events: who opened, reviewed, searched, tagged, noted and closed it, and when', async (t) => {
  const { world, work, cases, said } = await start(t);
  await work.open(OLIVE, NAME, 'Smith v. Acme');
  await work.addReviewer(OLIVE, NAME, OSCAR.address);
  const access = { ...ACCESS, actor: OSCAR.address };
  const ran = { query: 'one', found: 2, newest: said[0]!, access };
  assert.equal(await work.ran(OSCAR, NAME, ran), 1);
  assert.equal(await work.ran(OSCAR, NAME, { ...ran, found: 3 }), 1);
  await work.tag(OSCAR, NAME, 'privileged', said);
  await work.untag(OLIVE, NAME, 'privileged', [said[1]!]);
  await work.note(OLIVE, NAME, 'says the\nopposite', said[0]!);
  await work.close(OLIVE, NAME, 'settled');
  const last = await work.reopen(OSCAR, NAME, 'an appeal');
  const events = await cases.events('timeline', last.sequence, null, 100);
  const [one, , three] = said;
  assert.deepEqual(
    events.map((event) => `${event.actor} ${caseEventText(event)}`),
    [
      'olive@acme.test opened case 2026-17: Smith v. Acme',
      'olive@acme.test made oscar@acme.test a reviewer of case 2026-17',
      'oscar@acme.test saved search 1 in case 2026-17: one',
      `oscar@acme.test ran search 1 of case 2026-17: 2 messages, the newest is entry ${one}`,
      `oscar@acme.test ran search 1 of case 2026-17: 3 messages, the newest is entry ${one}`,
      `oscar@acme.test tagged entries ${said.join(', ')} “privileged” in case 2026-17`,
      `olive@acme.test took the tag “privileged” off entry ${said[1]} in case 2026-17`,
      `olive@acme.test noted on entry ${one} of case 2026-17: says the opposite`,
      'olive@acme.test closed case 2026-17: settled',
      'oscar@acme.test opened case 2026-17 again: an appeal',
    ],
  );
  for (const { sequence, time } of events) {
    const entry = world.log.entry(sequence);
    assert.deepEqual([entry?.kind, entry?.time], ['case', time]);
  }
  const tagged = await cases.messages(last.sequence, 'privileged', null, 10);
  assert.deepEqual(
    tagged.map(({ entry }) => entry),
    [one, three],
  );
  assert.deepEqual(await viewOf(cases, last), foldOf(caseOf(events)!));
});

test('nothing that happened in a case can be read in the files', async (t) => {
  const { world, work, said } = await start(t);
  await work.open(OLIVE, NAME, 'zanzibarium');
  await work.note(OLIVE, NAME, 'kumquatology', said[0]!);
  await work.tag(OLIVE, NAME, 'quizzaciously', said);
  await world.close();
  for (const word of ['zanzibarium', 'kumquatology', 'quizzaciously'])
    assert.deepEqual(await world.filesWith(Buffer.from(word)), [], word);
  await world.open(policyOf(0, 0));
});

test('whatever officers do in whichever order, the views are what the events make of a case, made anew too', async (t) => {
  const { world, work, cases, said } = await start(t);
  const random = seededRandom(t);
  const opened = await work.open(OLIVE, NAME, 'a matter');
  const access = { ...ACCESS, actor: OLIVE.address };
  for (let round = 0; round < 150; round += 1) {
    const tag = random.pick(['a', 'b', 'c']);
    const some = said.filter(() => random.between(0, 2) === 0);
    const entries = some.length === 0 ? said : some;
    const reviewer = random.pick([OLIVE, OSCAR]).address;
    const found = random.between(0, 5);
    const query = random.pick(['x', 'y', 'z']);
    const act = random.pick([
      () => work.tag(OLIVE, NAME, tag, entries),
      () => work.untag(OLIVE, NAME, tag, [random.pick(said)]),
      () => work.tag(OLIVE, NAME, tag, entries),
      () => work.note(OLIVE, NAME, `note ${round}`, random.pick([null, ...said])),
      () => work.ran(OLIVE, NAME, { query, found, newest: null, access }),
      () => work.addReviewer(OLIVE, NAME, reviewer),
      () => work.removeReviewer(OLIVE, NAME, OSCAR.address),
      () => (round % 3 === 0 ? work.close(OLIVE, NAME, 'x') : work.reopen(OLIVE, NAME, 'y')),
      () => work.reopen(OLIVE, NAME, 'y'),
    ] as const);
    await act().catch((error: unknown) => {
      const { code = '', message } = error as Error & { code?: string };
      assert.match(code, /^(case\.closed|request\.invalid)$/, message);
    });
  }
  const events = await cases.events('timeline', opened.sequence, null, 1_000);
  assert.ok(events.length > 20);
  const expected = foldOf(caseOf(events)!);
  assert.deepEqual(await viewOf(cases, opened), expected);
  await remakeViews(world.ledger);
  await world.reopen(policyOf(0, 0));
  assert.deepEqual(await viewOf(workOn(world).cases, opened), expected);
});

test('C14: nobody but a compliance officer in good standing does anything in a case, or reads one', async (t) => {
  const { world, work, said } = await start(t);
  await work.open(OLIVE, NAME, 'a matter');
  const { size } = world.log;
  const acts: (() => unknown)[] = [
    () => work.open(ALICE, 'another', 'a matter'),
    () => work.read(ALICE, NAME),
    () => work.list(ALICE, { all: true, before: null, limit: 10 }),
    () => work.tag(ALICE, NAME, 'x', said),
    () => work.untag(ALICE, NAME, 'x', said),
    () => work.note(ALICE, NAME, 'x', null),
    () => work.addReviewer(ALICE, NAME, ALICE.address),
    () => work.addReviewer(OLIVE, NAME, ALICE.address),
    () => work.close(ALICE, NAME, 'x'),
    () => work.reopen(ALICE, NAME, 'x'),
    () => work.note(officer('nobody'), NAME, 'x', null),
  ];
  for (const act of acts)
    await assert.rejects(async () => await act(), { code: 'officer.required' }, String(act));
  assert.equal(world.log.size, size);
});

test('C14: an officer who does not review a case neither reads it nor adds to it, nor sees it listed', async (t) => {
  const { world, work, said } = await start(t);
  await work.open(OLIVE, NAME, 'a matter');
  const { size } = world.log;
  const acts: (() => unknown)[] = [
    () => work.read(OSCAR, NAME),
    () => work.tag(OSCAR, NAME, 'x', said),
    () => work.note(OSCAR, NAME, 'x', null),
    () => work.addReviewer(OSCAR, NAME, OSCAR.address),
    () => work.removeReviewer(OSCAR, NAME, OLIVE.address),
    () => work.close(OSCAR, NAME, 'x'),
  ];
  for (const act of acts) await assert.rejects(async () => await act(), { code: 'case.not-reviewer' });
  assert.deepEqual((await work.list(OSCAR, { all: true, before: null, limit: 10 })).cases, []);
  assert.equal(world.log.size, size);
  await work.addReviewer(OLIVE, NAME, OSCAR.address);
  await work.removeReviewer(OSCAR, NAME, OLIVE.address);
  assert.throws(() => work.read(OLIVE, NAME), { code: 'case.not-reviewer' });
});

test('the last reviewer stays; a case whose reviewers have all gone is taken up by another officer', async (t) => {
  const { world, work } = await start(t);
  await work.open(OLIVE, NAME, 'a matter');
  await assert.rejects(work.removeReviewer(OLIVE, NAME, OLIVE.address), { code: 'case.last-reviewer' });
  await work.addReviewer(OLIVE, NAME, OSCAR.address);
  const act = { actor: 'test', reason: '', at: world.now };
  await world.members.suspend(OLIVE.address, act);
  await assert.rejects(work.removeReviewer(OSCAR, NAME, OSCAR.address), { code: 'case.last-reviewer' });
  await world.members.suspend(OSCAR.address, act);
  await world.member('otto@acme.test', ['compliance-officer']);
  await work.addReviewer(officer('otto'), NAME, 'otto@acme.test');
  assert.ok(work.read(officer('otto'), NAME).reviewers.includes('otto@acme.test'));
});

test('two officers who remove each other at once leave one of them', async (t) => {
  const { work } = await start(t);
  await work.open(OLIVE, NAME, 'a matter');
  await work.addReviewer(OLIVE, NAME, OSCAR.address);
  const done = await Promise.allSettled([
    work.removeReviewer(OLIVE, NAME, OSCAR.address),
    work.removeReviewer(OSCAR, NAME, OLIVE.address),
  ]);
  assert.deepEqual(
    done.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.deepEqual(work.read(OLIVE, NAME).reviewers, [OLIVE.address]);
});

test('a closed case takes nothing until it is opened again, and is read as before', async (t) => {
  const { world, work, said } = await start(t);
  await work.open(OLIVE, NAME, 'a matter');
  await work.tag(OLIVE, NAME, 'x', said);
  await work.close(OLIVE, NAME, 'settled');
  const { size } = world.log;
  const access = { ...ACCESS, actor: OLIVE.address };
  for (const act of [
    () => work.tag(OLIVE, NAME, 'y', said),
    () => work.untag(OLIVE, NAME, 'x', said),
    () => work.note(OLIVE, NAME, 'x', null),
    () => work.addReviewer(OLIVE, NAME, OSCAR.address),
    () => work.ran(OLIVE, NAME, { query: 'q', found: 0, newest: null, access }),
    () => work.close(OLIVE, NAME, 'x'),
  ])
    await assert.rejects(act, { code: 'case.closed' });
  assert.equal(world.log.size, size);
  assert.equal(work.read(OLIVE, NAME).messages, 3);
  await work.reopen(OLIVE, NAME, 'an appeal');
  await assert.rejects(work.reopen(OLIVE, NAME, 'again'), { code: 'request.invalid' });
  assert.equal((await work.note(OLIVE, NAME, 'x', null)).notes, 1);
});

test('of the cases of one name one at most is open, and the earlier ones are still found by their entry', async (t) => {
  const { work } = await start(t);
  const first = await work.open(OLIVE, NAME, 'the first');
  await assert.rejects(work.open(OSCAR, NAME, 'the second'), { code: 'case.exists' });
  await work.close(OLIVE, NAME, 'settled');
  await work.open(OLIVE, NAME, 'the second');
  assert.equal(work.read(OLIVE, NAME).title, 'the second');
  assert.equal(work.read(OLIVE, NAME, first.sequence).title, 'the first');
  await assert.rejects(work.reopen(OLIVE, NAME, 'x'), { code: 'request.invalid' });
  assert.throws(() => work.read(OLIVE, 'another'), { code: 'case.unknown' });
  assert.throws(() => work.read(OLIVE, 'another', first.sequence), { code: 'case.unknown' });
  assert.throws(() => work.read(OLIVE, NAME, first.sequence - 1), { code: 'case.unknown' });
  const page = await work.list(OLIVE, { all: true, before: null, limit: 1 });
  assert.deepEqual([page.cases.map(({ title }) => title), page.next !== null], [['the second'], true]);
  const rest = await work.list(OLIVE, { all: true, before: page.next, limit: 1 });
  assert.deepEqual(
    rest.cases.map(({ title }) => title),
    ['the first'],
  );
});

test('only a message that is there and was not disposed of is tagged, and all of what was named or none', async (t) => {
  const { world, work, cases, said } = await start(t);
  const { sequence } = await work.open(OLIVE, NAME, 'a matter');
  const before = said[0]!;
  for (const wrong of [sequence, world.log.size + 10])
    await assert.rejects(work.tag(OLIVE, NAME, 'x', [before, wrong]), { code: 'request.invalid' });
  assert.equal(cases.tagCount(sequence, before), 0);
  await assert.rejects(work.untag(OLIVE, NAME, 'x', [before]), { code: 'request.invalid' });
  await assert.rejects(work.note(OLIVE, NAME, 'x', sequence), { code: 'request.invalid' });
  await work.tag(OLIVE, NAME, 'x', [before]);
  await world.retaining.retention.look();
  assert.ok(world.ledger.isDisposed(before));
  await assert.rejects(work.tag(OLIVE, NAME, 'y', [before]), { code: 'archive.disposed' });
  await work.note(OLIVE, NAME, 'it is gone', before);
  await work.untag(OLIVE, NAME, 'x', [before]);
});

test('a case is bounded, and what has a tag already is not told twice', async (t) => {
  const { world, work, cases, said } = await start(t);
  assert.equal(MAX_CASE_NAME, MAX_CASE_LENGTH, 'accesses and exports take every name of a case');
  await work.open(OLIVE, NAME, 'a matter');
  const { size } = world.log;
  await work.tag(OLIVE, NAME, 'x', [...said, ...said]);
  await work.tag(OLIVE, NAME, 'x', said);
  assert.equal(world.log.size, size + 1);
  for (let at = 1; at < MAX_TAGS_OF_MESSAGE; at += 1) await work.tag(OLIVE, NAME, `t${at}`, [said[0]!]);
  await assert.rejects(work.tag(OLIVE, NAME, 'more', [said[0]!]), { code: 'limit.exceeded' });
  const small = new CaseWork({ ledger: world.ledger, members: world.members, cases, maxEvents: 300 });
  const { events } = work.read(OLIVE, NAME);
  for (let at = events; at < 300 - 256; at += 1) await small.note(OLIVE, NAME, 'x', null);
  await assert.rejects(small.note(OLIVE, NAME, 'one more', null), { code: 'limit.exceeded' });
  assert.equal((await small.close(OLIVE, NAME, 'full')).state, 'closed');
});

test('C10: where the log takes nothing, nothing happens in a case', async (t) => {
  const { world, work, cases, said } = await start(t);
  const opened = await work.open(OLIVE, NAME, 'a matter');
  world.log.stopAppending({ code: 'archive.damaged', message: 'for this test', facts: {} });
  await assert.rejects(work.tag(OLIVE, NAME, 'x', said), { code: 'archive.damaged' });
  await assert.rejects(work.note(OLIVE, NAME, 'x', null), { code: 'archive.damaged' });
  assert.deepEqual([cases.at(opened.sequence)?.messages, cases.at(opened.sequence)?.notes], [0, 0]);
});
