/** A partner that hides what it holds, or shows what it does not: what it is found out by, and what it gains. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import { logOrigin, readCheckpoint, signCheckpoint } from '../../../protocol/checkpoint/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import type { ReconcileAnswer, ShownEntry } from '../../../protocol/wire/index.ts';
import { START } from '../../support/archive.ts';
import {
  Side,
  newId,
  reconcile,
  reconcilerOf,
  send,
  told,
  type Answering,
  type Sent,
} from '../../support/reconciling.ts';

const stranger = sodiumSigner(new Uint8Array(32).fill(9));

/** Two organisations, a message each way. */
async function world(t: TestContext): Promise<{ acme: Side; partner: Side; sent: Sent; received: Sent }> {
  const [acme, partner] = [await Side.open(t, 'acme.test'), await Side.open(t, 'partner.test')];
  await acme.fill();
  return { acme, partner, sent: await send(acme, partner), received: await send(partner, acme) };
}

/** Answers with other entries than the log holds; null hides one. */
function entries(change: (shown: ShownEntry) => ShownEntry | null, types = ['page', 'at']): Answering {
  return (answer) => {
    if (!types.includes(answer.type)) return answer;
    if (answer.type === 'page')
      return { ...answer, entries: answer.entries.flatMap((shown) => change(shown) ?? []) };
    if (answer.type !== 'at') return answer;
    return { ...answer, entries: answer.entries.map((shown) => (shown === null ? null : change(shown))) };
  };
}

function answering<T extends ReconcileAnswer['type']>(
  type: T,
  change: (answer: Extract<ReconcileAnswer, { type: T }>) => ReconcileAnswer,
): Answering {
  return (answer) =>
    answer.type === type ? change(answer as Extract<ReconcileAnswer, { type: T }>) : answer;
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
}

test('who hides an entry is found out by its receipt, and by what came from it', async (t) => {
  const { acme, partner, sent, received } = await world(t);
  const outcome = await reconcile(acme, partner, { answering: entries(() => null) });
  assert.deepEqual(told(outcome), [
    `missing-there ${sent.from} ${sent.to}`,
    `missing-there ${received.to} ${received.from}`,
  ]);
  assert.deepEqual(
    (await acme.evidence.all()).map(({ evidence }) => evidence.message),
    [sent.id],
  );
});

test('an entry that is left out of the pages, and shown when it is asked for, is no fault', async (t) => {
  const { acme, partner } = await world(t);
  const outcome = await reconcile(acme, partner, { answering: entries(() => null, ['page']) });
  assert.deepEqual([told(outcome), outcome.agrees, outcome.compared], [[], true, 2]);
});

const LIES: readonly [string, (shown: ShownEntry) => ShownEntry, RegExp][] = [
  ['a wrong proof', (shown) => ({ ...shown, proof: shown.proof.map(flipped) }), /proof does not verify/],
  ['no proof', (shown) => ({ ...shown, proof: [] }), /proof does not verify/],
  ['another leaf', (shown) => ({ ...shown, entry: flipped(shown.entry) }), /proof does not verify/],
  [
    'a wrong salt',
    (shown) => ({ ...shown, opening: { ...shown.opening!, salt: flipped(shown.opening!.salt) } }),
    /does not commit to the message/,
  ],
  ['the other direction', (shown) => ({ ...shown, sent: !shown.sent }), /it says that/],
  [
    'another way that it came',
    (shown) => ({
      ...shown,
      opening: {
        ...shown.opening!,
        via: shown.opening!.via === null ? { position: 0, checkpoint: null } : null,
      },
    }),
    /how it came by it/,
  ],
];

for (const [what, lie, reason] of LIES) {
  test(`who shows ${what} is told so, message by message`, async (t) => {
    const { acme, partner, sent, received } = await world(t);
    const outcome = await reconcile(acme, partner, { answering: entries(lie) });
    assert.deepEqual(told(outcome), [
      `different ${sent.from} ${sent.to}`,
      `different ${received.to} ${received.from}`,
    ]);
    for (const finding of outcome.findings) assert.match(finding.reason, reason);
    assert.equal(outcome.agrees, false);
  });
}

test('an entry of another position or place in our log is not the message', async (t) => {
  const { acme, partner, sent } = await world(t);
  const moved = entries((shown) =>
    shown.sent
      ? shown
      : { ...shown, opening: { ...shown.opening!, via: { position: 77, checkpoint: null } } },
  );
  const outcome = await reconcile(acme, partner, { answering: moved });
  assert.deepEqual(told(outcome), [`different ${sent.from} ${sent.to}`]);
  assert.match(outcome.findings[0]?.reason ?? '', /took it as our entry 77/);
});

test('what a partner says it cannot open is told message by message, and is no fault', async (t) => {
  const { acme, partner } = await world(t);
  const outcome = await reconcile(acme, partner, {
    answering: entries((shown) => ({ ...shown, opening: null })),
  });
  assert.deepEqual([outcome.agrees, outcome.counts.sealed], [true, 2]);
  assert.match(outcome.findings[0]?.reason ?? '', /cannot open it/);
});

test('a message that is shown twice, or was never exchanged, is a difference', async (t) => {
  const { acme, partner, sent, received } = await world(t);
  const twice = entries((shown) => ({ ...shown, message: sent.id }));
  const outcome = await reconcile(acme, partner, { answering: twice });
  assert.ok(told(outcome).includes(`different ${sent.from} ${received.from}`));
  assert.ok(outcome.findings.some(({ reason }) => reason === 'it is shown twice'));

  // of the first, who was in the conversation before is told as well
  const elsewhere = { id: newId(), sender: acme.person, time: START };
  await acme.archive({ ...elsewhere, id: newId() }, ['carol@third.test']);
  await acme.archive(elsewhere, ['carol@third.test']);
  const { findings } = await reconcile(acme, partner, {
    answering: entries((shown) => ({ ...shown, message: elsewhere.id }), ['page']),
  });
  assert.ok(findings.some(({ reason }) => reason === 'it was not exchanged with the partner'));
});

test('that a message was acknowledged is believed by our own signature only', async (t) => {
  const { acme, partner } = await world(t);
  const lost = await send(partner, acme, { arrives: false });
  const claim = entries((shown) => (shown.position === lost.from ? { ...shown, answered: true } : shown));
  const why = async (change: Answering): Promise<string | undefined> =>
    (await reconcile(acme, partner, { answering: (answer) => change(claim(answer)) })).findings[0]?.reason;
  const receipt = (bytes: Uint8Array | null): Answering =>
    answering('receipt', (answer) => ({ ...answer, receipt: bytes }));
  assert.equal(await why(receipt(null)), 'no receipt of ours for it is shown');
  assert.equal(await why(receipt(Uint8Array.of(1, 2))), 'no receipt of ours for it is shown');
  // one that we did sign, about another message
  const row = partner.exchanges.row('acme.test', partner.ledger.log.size - 1);
  assert.equal(row?.receipt, null);
  const [first] = await partner.exchanges.rows('acme.test', 1, 1);
  const other = partner.exchanges.receipt(first!.receipt!)!;
  assert.equal(await why(receipt(other)), 'no receipt of ours for it is shown');
});

test('a checkpoint that is not of the partner’s log is refused, and that is on record', async (t) => {
  const { acme, partner } = await world(t);
  const forged = async (origin: string, signer: typeof stranger): Promise<Answering> => {
    const checkpoint = await signCheckpoint(
      { origin, size: 9, root: new Uint8Array(32) },
      signer,
      sodiumSuite.sha256,
    );
    return answering('begun', () => ({ type: 'begun', checkpoint }));
  };
  for (const [origin, signer] of [
    [logOrigin('acme.test'), partner.signer],
    [logOrigin('acme.test'), acme.signer],
    [logOrigin('partner.test'), stranger],
  ] as const) {
    const answering = await forged(origin, signer);
    await assert.rejects(reconcile(acme, partner, { answering }), { code: /^checkpoint\./ });
    const last = acme.acts().at(-1);
    assert.equal(last?.action, 'archive.reconciled');
    assert.match(String(last.detail['failed']), /^checkpoint\./);
  }
});

/** Has acme cosign the log of the partner as it is, or as somebody made it up. */
async function cosign(
  acme: Side,
  partner: Side,
  change: { size?: number; root?: Uint8Array } = {},
): Promise<number> {
  const { size, root } = { ...valueOf(readCheckpoint(await partner.checkpoint())), ...change };
  const head = { origin: logOrigin('partner.test'), size, root };
  const note = await signCheckpoint(head, partner.signer, sodiumSuite.sha256);
  const partnerKey = partner.signer.publicKey;
  await acme.cosignatures.keep({
    log: 'partner.test',
    witness: 'acme.test',
    size,
    root,
    note,
    partnerKey,
    time: 1,
  });
  return size;
}

test('a log that goes on from what was cosigned is consistent; one that does not is evidence', async (t) => {
  const { acme, partner } = await world(t);
  await cosign(acme, partner);
  await send(acme, partner);
  assert.equal((await reconcile(acme, partner)).theirs.state, 'consistent');
  const withheld = answering('consistency', (answer) => ({ ...answer, proof: null }));
  const outcome = await reconcile(acme, partner, { answering: withheld });
  assert.deepEqual([outcome.theirs.state, outcome.agrees, told(outcome)], ['unproven', false, []]);
  await cosign(acme, partner, { size: 3, root: new Uint8Array(32) });
  assert.equal((await reconcile(acme, partner)).theirs.state, 'unproven');
  await cosign(acme, partner, { root: new Uint8Array(32) });
  await partner.fill();
  assert.equal((await reconcile(acme, partner)).theirs.state, 'unproven');
  await cosign(acme, partner, { root: new Uint8Array(32).fill(1) });
  assert.equal((await reconcile(acme, partner)).theirs.state, 'unproven');
  await cosign(acme, partner, { size: 1_000 });
  assert.equal((await reconcile(acme, partner)).theirs.state, 'shrunk');
  const kinds = (await acme.checkpointEvidence.all()).map(({ evidence }) => evidence.kind);
  assert.deepEqual(new Set(kinds), new Set(['unproven', 'fork', 'shrunk']));
});

test('a receipt whose checkpoint the log does not go on from proves that it was rewritten', async (t) => {
  const { acme, partner } = await world(t);
  const size = partner.ledger.log.size;
  const note = await signCheckpoint(
    { origin: logOrigin('partner.test'), size, root: new Uint8Array(32).fill(3) },
    partner.signer,
    sodiumSuite.sha256,
  );
  const id = newId();
  const from = await acme.archive({ id, sender: acme.person, time: START }, [partner.person]);
  await partner.fill();
  await acme.acknowledge({ id, from, to: size - 1 }, partner, undefined, note);
  const outcome = await reconcile(acme, partner);
  assert.equal(outcome.theirs.state, 'unproven');
  const [kept] = await acme.checkpointEvidence.all();
  assert.deepEqual([kept?.evidence.kind, kept?.evidence.first.note], ['unproven', note]);
  // a receipt under a longer log than it has now
  const later = newId();
  const there = await acme.archive({ id: later, sender: acme.person, time: START }, [partner.person]);
  const longer = await signCheckpoint(
    { origin: logOrigin('partner.test'), size: 5_000, root: new Uint8Array(32) },
    partner.signer,
    sodiumSuite.sha256,
  );
  await acme.acknowledge({ id: later, from: there, to: 4_000 }, partner, undefined, longer);
  const shrunk = await reconcile(acme, partner);
  assert.equal(shrunk.theirs.state, 'shrunk');
  assert.ok(told(shrunk).includes(`missing-there ${there} 4000`));
});

test('pages that do not go on, and answers to nothing, end the comparison', async (t) => {
  const { acme, partner } = await world(t);
  const page = (change: (answer: Extract<ReconcileAnswer, { type: 'page' }>) => ReconcileAnswer): Answering =>
    answering('page', change);
  const lies: Answering[] = [
    page((answer) => ({ ...answer, entries: [], next: 1 })),
    page((answer) => ({ ...answer, next: 0 })),
    page((answer) => ({ ...answer, next: 1_000_000 })),
    page((answer) => ({ ...answer, entries: [...answer.entries, ...answer.entries] })),
    page((answer) => ({ ...answer, entries: answer.entries.toReversed() })),
    page((answer) => ({
      ...answer,
      entries: answer.entries.map((shown) => ({ ...shown, position: 1_000_000 })),
    })),
    page(() => ({ type: 'at', entries: [] })),
    (answer) =>
      answer.type === 'at' || answer.type === 'page'
        ? { type: answer.type, entries: [], next: null }
        : answer,
  ];
  for (const lie of lies)
    await assert.rejects(reconcile(acme, partner, { answering: lie }), { code: 'encoding.malformed' });
});

test('what a partner refuses, it is quoted with', async (t) => {
  const { acme, partner } = await world(t);
  const refused: Answering = () => ({ type: 'refused', code: 'agreement.missing', message: 'no agreement' });
  await assert.rejects(reconcile(acme, partner, { answering: refused }), { code: 'agreement.missing' });
  const reconciler = reconcilerOf(acme, partner);
  await assert.rejects(reconciler.step('77'), { code: 'request.invalid' });
});
