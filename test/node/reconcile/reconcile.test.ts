/** Two logs held against each other: what is found where they differ, and that nothing is found where they do not. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { contentKey } from '../../../node/archive/keys.ts';
import { Losses } from '../../../node/ledger/index.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { START } from '../../support/archive.ts';
import { Side, newId, reconcile, send, told } from '../../support/reconciling.ts';

async function sides(t: TestContext): Promise<[Side, Side]> {
  return [await Side.open(t, 'acme.test'), await Side.open(t, 'partner.test')];
}

test('logs that hold the same agree, whoever asks', async (t) => {
  const [acme, partner] = await sides(t);
  for (let at = 0; at < 300; at += 1) await (at % 2 === 0 ? send(acme, partner) : send(partner, acme));
  for (const [own, other] of [
    [acme, partner],
    [partner, acme],
  ] as const) {
    const outcome = await reconcile(own, other);
    assert.deepEqual(told(outcome), []);
    assert.deepEqual([outcome.agrees, outcome.compared, outcome.complete], [true, 300, true]);
    assert.equal(outcome.theirs.state, 'consistent');
  }
});

test('a message is late by the receipt times of both logs, by as much as one says', async (t) => {
  const [acme, partner] = await sides(t);
  const slow = await send(acme, partner, { delay: 400_000 });
  const slowHere = await send(partner, acme, { at: START + 400_000, delay: 500_000 });
  const expected = [`late ${slow.from} ${slow.to}`, `late ${slowHere.to} ${slowHere.from}`];
  const outcome = await reconcile(acme, partner);
  assert.deepEqual(told(outcome), expected);
  assert.equal(outcome.agrees, false);
  assert.deepEqual(
    outcome.findings.map(({ sent, sender, reason }) => [sent, sender, reason]),
    [
      [true, 'someone@acme.test', 'it was archived 400 s after it was sent'],
      [false, 'someone@partner.test', 'it was archived 500 s after it was sent'],
    ],
  );
  assert.deepEqual(told(await reconcile(acme, partner, { late: 400_000 })), [expected[1]]);
  assert.equal((await reconcile(acme, partner, { late: 500_000 })).agrees, true);
});

test('a message that was archived long before it was sent is told: a clock is wrong', async (t) => {
  const [acme, partner] = await sides(t);
  await send(acme, partner, { delay: -400_000 });
  // receipt times never decrease along a log, so its own is the earliest that it can be
  const { findings } = await reconcile(acme, partner);
  assert.match(findings[0]?.reason ?? '', /400 s before it was sent: a clock is wrong/);
});

test('what is in flight or was refused is named, and is no fault', async (t) => {
  const [acme, partner] = await sides(t);
  const away = await send(acme, partner, { arrives: false });
  const coming = await send(partner, acme, { arrives: false });
  const unreceipted = await send(acme, partner, { acknowledged: false });
  const refused = await send(acme, partner, { refused: 'policy.blocked' });
  const refusedHere = await send(partner, acme, { refused: 'message.too-large' });
  assert.notEqual(unreceipted.to, null);
  const outcome = await reconcile(acme, partner);
  assert.equal(outcome.agrees, true);
  assert.deepEqual(
    new Set(outcome.findings.map(({ state, sent, reason }) => `${state} ${sent} ${reason}`)),
    new Set([
      'in-flight true it is on its way there',
      'in-flight false it is on its way here',
      'refused true the partner refused it: policy.blocked',
      'refused false it was refused here: message.too-large',
    ]),
  );
  assert.deepEqual(
    new Set(told(outcome)),
    new Set([
      `in-flight ${away.from} -`,
      `in-flight - ${coming.from}`,
      `refused ${refused.from} -`,
      `refused - ${refusedHere.from}`,
    ]),
  );
});

test('a message that we lack is missing here, with what our own receipt says of it, and nothing of what was said', async (t) => {
  const [acme, partner] = await sides(t);
  await acme.fill();
  // the log of acme as it would be without one that it signed a receipt for
  const lost = {
    id: newId(),
    from: await partner.archive({ id: newId(), sender: partner.person, time: START }, [acme.person]),
    to: 0,
  };
  await partner.fill();
  const outcome = await reconcile(acme, partner);
  assert.deepEqual(told(outcome), [`in-flight - ${lost.from}`]);

  const id = newId();
  const from = await partner.archive({ id, sender: partner.person, time: START + 5 }, [acme.person]);
  await partner.acknowledge({ id, from, to: 0 }, acme);
  const { findings, agrees } = await reconcile(acme, partner);
  assert.equal(agrees, false);
  assert.deepEqual(findings[0], {
    state: 'missing-here',
    message: id,
    sent: false,
    conversation: null,
    sender: null,
    here: null,
    there: { sequence: from, time: START + 5 },
    reason: 'our own receipt says that it is our entry 0',
  });
});

test('what came from us and is here no more is missing here', async (t) => {
  const [acme, partner] = await sides(t);
  await acme.fill();
  const via = { domain: 'acme.test', position: 0, checkpoint: null };
  const at = await partner.archive({ id: newId(), sender: acme.person, time: START }, [partner.person], via);
  const outcome = await reconcile(acme, partner);
  assert.deepEqual(told(outcome), [`missing-here - ${at}`]);
  assert.equal(outcome.findings[0]?.reason, 'it came from here, and is here no more');
});

test('a message whose entry the partner does not have is missing there, and its receipt is evidence, once', async (t) => {
  const [acme, partner] = await sides(t);
  await send(acme, partner);
  const id = newId();
  const from = await acme.archive({ id, sender: acme.person, time: START }, [partner.person]);
  await partner.fill();
  await acme.acknowledge({ id, from, to: 1 }, partner);
  const gone = await acme.archive({ id: newId(), sender: partner.person, time: START }, [], {
    domain: 'partner.test',
    position: 1,
    checkpoint: null,
  });
  for (let run = 0; run < 2; run += 1) {
    const outcome = await reconcile(acme, partner);
    assert.deepEqual(told(outcome), [`missing-there ${from} 1`, `missing-there ${gone} 1`]);
    assert.equal(outcome.agrees, false);
    const kept = await acme.evidence.all();
    assert.deepEqual(
      kept.map(({ evidence }) => [evidence.domain, evidence.message, evidence.position, evidence.shown]),
      [['partner.test', id, 1, null]],
    );
    assert.equal(kept[0]?.evidence.chain.length, 3);
  }
  assert.deepEqual(acme.alarms, [undefined, 'archive.unreconciled', 'archive.unreconciled']);
});

test('another message in the place that a receipt names is a difference, kept with the entry that is there', async (t) => {
  const [acme, partner] = await sides(t);
  const other = await send(acme, partner);
  const id = newId();
  const from = await acme.archive({ id, sender: acme.person, time: START }, [partner.person]);
  await acme.acknowledge({ id, from, to: other.to }, partner);
  const outcome = await reconcile(acme, partner);
  assert.deepEqual(told(outcome), [`different ${from} ${other.to}`]);
  const [kept] = await acme.evidence.all();
  assert.deepEqual(kept?.evidence.shown?.entry, partner.ledger.log.entryBytes(other.to!));
});

test('the same message in another place than its receipt says is a difference', async (t) => {
  const [acme, partner] = await sides(t);
  await partner.fill();
  const sent = await send(acme, partner, { acknowledged: false });
  await acme.acknowledge({ ...sent, to: 0 }, partner);
  const outcome = await reconcile(acme, partner);
  assert.deepEqual(told(outcome), [`different ${sent.from} ${sent.to}`]);
  assert.match(outcome.findings[0]?.reason ?? '', /as entry 1, and said that it is entry 0/);
});

test('an entry that commits to other content than the message has is a difference', async (t) => {
  const [acme, partner] = await sides(t);
  const sent = await send(acme, partner, { envelope: Uint8Array.of(6, 6, 6) });
  const received = await send(partner, acme, { envelope: Uint8Array.of(7, 7, 7) });
  const outcome = await reconcile(acme, partner);
  assert.deepEqual(told(outcome), [
    `different ${sent.from} ${sent.to}`,
    `different ${received.to} ${received.from}`,
  ]);
  assert.equal((await acme.evidence.all()).length, 1); // only what it signed for
});

test('only what was archived within the times asked for is compared, at both ends', async (t) => {
  const [acme, partner] = await sides(t);
  const times = [START, START + 10_000, START + 20_000, START + 30_000];
  for (const time of times) {
    const id = newId();
    const from = await acme.archive({ id, sender: acme.person, time }, [partner.person]);
    const via = { domain: 'acme.test', position: from, checkpoint: null };
    const to = await partner.archive({ id, sender: acme.person, time: time + 5_000 }, [partner.person], via);
    await acme.acknowledge({ id, from, to }, partner);
  }
  const between = async (since: number, until: number): Promise<number> => {
    const outcome = await reconcile(acme, partner, { since, until });
    assert.equal(outcome.agrees, true);
    return outcome.compared;
  };
  assert.equal(await between(START, START + 100_000), 4);
  assert.equal(await between(START + 100_000, START + 200_000), 0);
  assert.equal(await between(START + 12_000, START + 15_000), 1); // by its time there
  assert.equal(await between(START + 16_000, START + 20_000), 1); // by its time here
});

test('a damaged entry of ours is named, once, and everything else is compared', async (t) => {
  const [acme, partner] = await sides(t);
  await send(acme, partner);
  const spoiled = await send(acme, partner);
  await send(partner, acme);
  await send(acme, partner);
  const name = Buffer.from(contentKey(spoiled.from)).toString('hex');
  const stored = acme.disk.pairs.get(name)!;
  acme.disk.pairs.set(
    name,
    stored.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
  );
  const outcome = await reconcile(acme, partner);
  assert.deepEqual(told(outcome), [`different - ${spoiled.to}`]);
  const [found] = outcome.findings;
  assert.ok(found?.reason.startsWith(`entry ${spoiled.from} of the archive cannot be read`));
  assert.deepEqual([outcome.agrees, outcome.compared], [false, 4]);
});

test('what cannot be opened any more is compared by id, place and time, on either side', async (t) => {
  const [acme, partner] = await sides(t);
  const sealed = [await send(acme, partner), await send(partner, acme)];
  const late = await send(acme, partner, { delay: 900_000 });
  const refuse = (): never => {
    throw new ChanceryError('archive.sealed', 'its key is destroyed');
  };
  Object.defineProperty(partner.ledger, 'record', { value: refuse, configurable: true });
  const there = await reconcile(acme, partner);
  assert.deepEqual([there.counts.sealed, there.counts.late, there.agrees], [sealed.length, 1, false]);
  Reflect.deleteProperty(partner.ledger, 'record');
  const record = partner.ledger.record.bind(partner.ledger);
  Object.defineProperty(partner.ledger, 'record', {
    value: (kind: 'message', sequence: number) =>
      (kind as string) === 'message' ? refuse() : record(kind, sequence),
  });
  const here = await reconcile(partner, acme);
  assert.deepEqual([here.counts.sealed, here.counts.late], [sealed.length, 1]);
  assert.deepEqual(here.findings[0]?.here?.sequence, late.to);
});

test('after a loss that was accepted a partner may hold elsewhere what it said before, and is not accused of it', async (t) => {
  const [acme, partner] = await sides(t);
  await partner.fill();
  const moved = await send(acme, partner, { acknowledged: false });
  await acme.acknowledge({ ...moved, to: 77 }, partner);
  const gone = await acme.archive({ id: newId(), sender: acme.person, time: START }, [partner.person]);
  const id = acme.ledger.header('message', gone)!.id;
  await acme.acknowledge({ id, from: gone, to: 78 }, partner);
  assert.equal((await reconcile(acme, partner)).findings.length, 2);
  const accused = (await acme.evidence.all()).length;
  await new Losses(acme.ledger).accept('partner.test', 1, 'operator', 'its disk is gone');
  assert.deepEqual(told(await reconcile(acme, partner)), [`missing-there ${gone} 78`]);
  assert.equal((await acme.evidence.all()).length, accused);
});

test('what we took back after a loss of ours may be elsewhere here, and is the same', async (t) => {
  const [acme, partner] = await sides(t);
  const id = newId();
  const from = await acme.archive({ id, sender: acme.person, time: START }, [partner.person]);
  const via = { domain: 'acme.test', position: 500, checkpoint: null };
  const to = await partner.archive({ id, sender: acme.person, time: START }, [partner.person], via);
  await acme.acknowledge({ id, from, to }, partner);
  assert.deepEqual(told(await reconcile(acme, partner)), [`different ${from} ${to}`]);
  const loss = { size: 400, until: 600, shown: [], actor: 'operator', reason: 'its disk is gone' };
  await new Losses(acme.ledger).record(loss);
  assert.deepEqual(told(await reconcile(acme, partner)), []);
});
