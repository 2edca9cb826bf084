/** When comparisons are made, and what is in the log of it. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { Losses, Partners } from '../../../node/ledger/index.ts';
import { Reconciler } from '../../../node/reconcile/index.ts';
import { channelPair } from '../../support/channel-pair.ts';
import { Side, peerOf, reconcile, reconcilerOf, send, serverOf } from '../../support/reconciling.ts';
import { until } from '../../support/until.ts';

const RANGE = { since: null, until: null };
const ASKED = { partner: 'partner.test', range: RANGE, lateMs: 300_000, actor: 'operator' };

async function sides(t: TestContext): Promise<[Side, Side]> {
  return [await Side.open(t, 'acme.test'), await Side.open(t, 'partner.test')];
}

test('a comparison is in the log before it begins, and what it came to before it is shown', async (t) => {
  const [acme, partner] = await sides(t);
  const away = await send(acme, partner, { arrives: false });
  const reconciler = reconcilerOf(acme, partner);
  const id = await reconciler.begin(ASKED);
  const [begun] = acme.acts();
  assert.deepEqual(
    [begun?.action, begun?.actor, begun?.detail['partner']],
    ['archive.reconcile', 'operator', 'partner.test'],
  );
  while ((await reconciler.step(id)).outcome === null);
  const [, done] = acme.acts();
  assert.equal(done?.action, 'archive.reconciled');
  assert.deepEqual(done.detail['findings'], [
    ['in-flight', Buffer.from(away.id).toString('hex'), away.from, null],
  ]);
  assert.deepEqual([done.detail['compared'], done.detail['state']], [1, 'consistent']);
  await assert.rejects(reconciler.step(id), { code: 'request.invalid' });
});

test('one that is begun anew ends the one before', async (t) => {
  const [acme, partner] = await sides(t);
  const reconciler = reconcilerOf(acme, partner);
  const first = await reconciler.begin(ASKED);
  const second = await reconciler.begin(ASKED);
  await assert.rejects(reconciler.step(first), { code: 'request.invalid' });
  assert.equal((await reconciler.step(second)).outcome?.agrees, true);
});

test('without an agreement nobody is asked, and nothing is recorded', async (t) => {
  const [acme] = await sides(t);
  const { ledger, messages, exchanges, evidence, partnerLogs, log } = acme;
  const compared = {
    domain: 'acme.test',
    ledger,
    messages,
    exchanges,
    losses: new Losses(ledger),
    evidence,
    partnerLogs,
    log,
  };
  const reconciler = new Reconciler({
    ...compared,
    partners: new Partners(ledger, sodiumSuite.sha256),
    publicKey: acme.signer.publicKey,
    suite: sodiumSuite,
    clock: Date.now,
    open: () => Promise.reject(new Error('nobody is to be asked')),
  });
  await assert.rejects(reconciler.begin(ASKED), { code: 'partner.unknown' });
  assert.deepEqual(acme.acts(), []);
});

test('who is asked compares in return, once in ten minutes, and records it by who caused it', async (t) => {
  const [acme, partner] = await sides(t);
  await send(acme, partner, { delay: 400_000 });
  const inReturn = reconcilerOf(partner, acme);
  let asked = 0;
  const server = serverOf(partner, (domain) => {
    asked += 1;
    inReturn.inReturn(domain, RANGE);
  });
  const { ledger, messages, exchanges, evidence, partnerLogs, log } = acme;
  const compared = {
    domain: 'acme.test',
    ledger,
    messages,
    exchanges,
    losses: new Losses(ledger),
    evidence,
    partnerLogs,
    log,
  };
  const reconciler = new Reconciler({
    ...compared,
    partners: { agreement: () => ({}) } as unknown as Partners,
    publicKey: acme.signer.publicKey,
    suite: sodiumSuite,
    clock: () => 0,
    open: () => {
      const [here, there] = channelPair();
      void server.serve(there, peerOf('acme.test', acme.signer.publicKey));
      return Promise.resolve({ channel: here, peer: peerOf('partner.test', partner.signer.publicKey) });
    },
  });
  for (let run = 0; run < 2; run += 1) {
    const id = await reconciler.begin(ASKED);
    assert.equal((await reconciler.step(id)).outcome?.counts.late, 1);
    await until('the comparison in return', () => partner.acts().length === 2);
  }
  assert.equal(asked, 2);
  const [begun, done] = partner.acts();
  assert.deepEqual([begun?.actor, done?.actor], ['acme.test', 'acme.test']);
  assert.deepEqual((done?.detail['counts'] as { late: number }).late, 1);
  assert.deepEqual(partner.alarms, ['archive.unreconciled']);
  inReturn.stop();
});

test('a log that was rewritten without one message is told, entry by entry', async (t) => {
  const [acme, partner] = await sides(t);
  const sent = [];
  for (let at = 0; at < 4; at += 1) sent.push(await send(acme, partner));
  const rewritten = await Side.open(t, 'partner.test');
  for (const [at, { id, from }] of sent.entries()) {
    if (at === 1) continue;
    const via = { domain: 'acme.test', position: from, checkpoint: await acme.checkpoint() };
    await rewritten.archive({ id, sender: acme.person, time: 1_700_000_000_000 }, [], via);
  }
  const outcome = await reconcile(acme, rewritten);
  const [, missing, ...later] = sent;
  assert.equal(outcome.theirs.state, 'unproven');
  assert.deepEqual(
    new Set(outcome.findings.map(({ state, here }) => `${state} ${here?.sequence}`)),
    new Set([`different ${missing!.from}`, ...later.map(({ from }) => `different ${from}`)]),
  );
  assert.equal((await acme.evidence.all()).length, 3);
});
