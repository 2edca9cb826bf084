/** What officers decide about what waits: once, about what is still there, and about all that waits for it. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fact, Reports, ReviewQueue, Turn } from '../../../node/ledger/index.ts';
import { Verdicts } from '../../../node/reports/index.ts';
import { Parties, ReviewDesk, type Reviewer } from '../../../node/review/index.ts';
import type { ChanceryError } from '../../../protocol/errors/index.ts';
import { makeKey } from '../../support/organisation.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const ADAM = 'adam@acme.test';
const ALICE = 'alice@acme.test';
const OLIVE: Reviewer = { address: 'olive@acme.test', device: null };
const OSCAR: Reviewer = { address: 'oscar@acme.test', device: null };

interface World {
  readonly world: RetainingWorld;
  readonly desk: ReviewDesk;
  readonly conversation: Uint8Array;
}

async function start(t: TestContext): Promise<World> {
  const world = await RetainingWorld.start(t, policyOf(30, 30));
  const { ledger, members, messages } = world;
  for (const address of [ADAM, ALICE]) await world.member(address);
  for (const { address } of [OLIVE, OSCAR]) await world.member(address, ['member', 'compliance-officer']);
  const desk = new ReviewDesk({
    ...{ ledger, members, messages, queue: new ReviewQueue(ledger), reports: new Reports(ledger) },
    ...{ parties: new Parties(members, messages), turn: new Turn() },
    verdicts: new Verdicts({ ledger, statementSigner: makeKey('the statement key of acme').signer }),
  });
  return { world, desk, conversation: await world.create([ALICE, ADAM]) };
}

/** A message that Adam reported: its report. */
async function reported({ world, conversation }: World): Promise<number> {
  const { id: message, sequence: position } = await world.say(conversation, 'click here');
  const about = { conversation, position, sender: ALICE, device: '12D3KooWAdam', partner: null };
  const { first } = await world.ledger.append([
    fact('report', {
      ...{ message, actor: ADAM, reason: '' },
      act: {
        ...{ what: 'made', ...about, statement: new Uint8Array(), key: new Uint8Array(32) },
        ...{ hosts: [], file: null },
      },
    }),
  ]);
  return first;
}

test('of two officers who decide about the same at once one does, and the other is told who did', async (t) => {
  const { world, desk, conversation } = await start(t);
  const { decision: entry } = await world.hold(conversation, 'guaranteed', ['promises']);
  const done = await Promise.allSettled([
    desk.decide({ entry, outcome: 'release', reason: '' }, OLIVE),
    desk.decide({ entry, outcome: 'reject', reason: '' }, OSCAR),
  ]);
  assert.deepEqual(
    done.map((one) =>
      one.status === 'fulfilled' ? one.value.item.review?.actor : (one.reason as ChanceryError).code,
    ),
    ['olive@acme.test', 'review.settled'],
  );
});

test('what was disposed of while it was held is not released, since nobody could be shown it, and can be turned down', async (t) => {
  const { world, desk, conversation } = await start(t);
  const { decision: entry, sequence } = await world.hold(conversation, 'guaranteed', ['promises']);
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  assert.ok(world.ledger.isDisposed(sequence));
  await assert.rejects(desk.decide({ entry, outcome: 'release', reason: '' }, OLIVE), {
    code: 'archive.disposed',
  });
  const { item } = await desk.decide({ entry, outcome: 'reject', reason: '' }, OLIVE);
  assert.equal(item.review?.outcome, 'reject');
});

test('what is held for a report while that is decided is let go with it', async (t) => {
  const opened = await start(t);
  const { world, desk, conversation } = opened;
  const report = await reported(opened);
  const rules = [`report:${report}`];
  const first = await world.hold(conversation, 'did you click?', rules);
  const { facts } = await world.held(conversation, 'please do', rules);
  const waiting = [facts];
  const late: ReturnType<typeof world.ledger.append>[] = [];
  world.ledger.observe({
    // that it is held was decided before the review is recorded, which is about to be
    before: () => late.push(...waiting.splice(0).map((each) => world.ledger.append(each))),
    recorded: () => undefined,
    refused: () => undefined,
  });
  const { released } = await desk.decide({ entry: report, outcome: 'dismiss', reason: '' }, OLIVE);
  const [second] = await Promise.all(late);
  assert.equal(released, 2);
  for (const entry of [first.decision, second?.first ?? 0])
    assert.equal(desk.at(entry).review?.outcome, 'release', `entry ${entry}`);
});
