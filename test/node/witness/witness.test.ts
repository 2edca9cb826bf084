/** The cases of C2SP tlog-witness's `add-checkpoint`, one by one, and what becomes of a log that does not go together. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import { CheckpointEvidence, Cosignatures, Partners, fact, type Ledger } from '../../../node/ledger/index.ts';
import { PartnerLogs, Witness } from '../../../node/witness/index.ts';
import {
  encodeAddCheckpoint,
  openCheckpoint,
  openCosignatures,
  witnessName,
} from '../../../protocol/checkpoint/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import type { WitnessAnswer } from '../../../protocol/wire/index.ts';
import { HostileLog } from '../../support/hostile-log.ts';
import { openLedger } from '../../support/ledger.ts';

const signer = sodiumSigner(new Uint8Array(32).fill(3));
const key = { name: witnessName('acme.test'), publicKey: signer.publicKey };
const START = 1_700_000_000;

interface World {
  readonly ledger: Ledger;
  readonly witness: Witness;
  readonly partnerLogs: PartnerLogs;
  readonly evidence: CheckpointEvidence;
  readonly alarms: unknown[];
  readonly cosignatures: Cosignatures;
  /** Seconds. */
  now: number;
  /** The status and the body. */
  readonly ask: (log: HostileLog, body: string) => Promise<[number, string]>;
}

async function world(t: TestContext): Promise<World> {
  const ledger = await openLedger(t);
  const cosignatures = new Cosignatures(ledger);
  const evidence = new CheckpointEvidence(ledger);
  const alarms: unknown[] = [];
  const write = (line: string): void => {
    const { alarm, code } = JSON.parse(line) as { alarm?: boolean; code?: string };
    if (alarm === true) alarms.push(code);
  };
  const log = pino({ level: 'info' }, { write });
  const partners = new Partners(ledger, sodiumSuite.sha256);
  const partnerLogs = new PartnerLogs({ cosignatures, evidence, partners, log });
  const made: { now: number } = { now: START };
  const clock = (): number => made.now * 1000;
  const witness = new Witness({
    domain: 'acme.test',
    cosignatures,
    partnerLogs,
    signer,
    suite: sodiumSuite,
    clock,
  });
  const ask = async (from: HostileLog, body: string): Promise<[number, string]> => {
    const { status, contentType, body: said } = await witness.addCheckpoint(body, from.log);
    assert.equal(contentType, status === 409 ? 'text/x.tlog.size' : 'text/plain; charset=utf-8');
    return [status, new TextDecoder().decode(said)];
  };
  return Object.assign(made, { ledger, witness, partnerLogs, evidence, alarms, cosignatures, ask });
}

const partner = (size: number): HostileLog => new HostileLog('partner.test').grow(size);

/** The times at which we cosigned, as anybody reads them from the checkpoint and the answer. */
function times(note: string, lines: string): number[] {
  return valueOf(openCosignatures(note + lines, [key], sodiumSuite)).map(({ time }) => time);
}

const kinds = async ({ evidence }: World): Promise<string[]> =>
  (await evidence.all()).map(
    ({ evidence: { kind, first, second } }) => `${kind} ${first.size} ${second.size}`,
  );

test('200: a first checkpoint is cosigned with the present time, and one that follows by proof', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const [status, lines] = await w.ask(log, await log.body(0));
  assert.equal(status, 200);
  assert.deepEqual(times(await log.checkpoint(), lines), [START]);
  assert.match(lines, /^— acme\.test\/chancery\/witness [A-Za-z0-9+/]+=*\n$/);
  w.now += 60;
  log.grow(8);
  const [again, newer] = await w.ask(log, await log.body(5));
  assert.equal(again, 200);
  assert.deepEqual(times(await log.checkpoint(), newer), [START + 60]);
  assert.equal(w.witness.latest('partner.test'), (await log.checkpoint()) + newer);
  assert.deepEqual(w.alarms, []);
});

test('200: what was cosigned is durable, and known after a start', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  const { ledger } = w;
  assert.equal(ledger.log.entry(ledger.log.size - 1)?.kind, 'cosignature');
  assert.equal(new Cosignatures(ledger).ofPartner('partner.test')?.size, 5);
});

test('200: nothing is answered before what was cosigned is on disk', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const written = Promise.withResolvers<undefined>();
  const keeping = Promise.withResolvers<undefined>();
  const keep = w.cosignatures.keep.bind(w.cosignatures);
  w.cosignatures.keep = async (record) => {
    keeping.resolve(undefined);
    await written.promise;
    return keep(record);
  };
  let answered = false;
  const asked = w.ask(log, await log.body(0)).finally(() => (answered = true));
  await keeping.promise;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answered, false);
  written.resolve(undefined);
  assert.equal((await asked)[0], 200);
});

test('200: a log that has not grown is cosigned anew, and our own log does not grow for it', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  const { size } = w.ledger.log;
  w.now += 10;
  const [status, lines] = await w.ask(log, await log.body(5));
  assert.deepEqual([status, times(await log.checkpoint(), lines)], [200, [START + 10]]);
  assert.equal(w.ledger.log.size, size);
});

test('200: an empty log is cosigned, and grows from there without a proof', async (t) => {
  const w = await world(t);
  const log = partner(0);
  assert.equal((await w.ask(log, await log.body(0)))[0], 200);
  log.grow(3);
  assert.equal((await w.ask(log, await log.body(0)))[0], 200);
});

test('200: extension lines and signatures of others are tolerated, and others’ are not kept', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const note = await log.checkpoint(5, { extensions: ['epoch 3'] });
  const others = (await new HostileLog('other.test').grow(1).checkpoint()).split('\n\n')[1] ?? '';
  const body = encodeAddCheckpoint({ oldSize: 0, proof: [], checkpoint: note + others });
  const [status, lines] = await w.ask(log, body);
  assert.deepEqual([status, times(note, lines)], [200, [START]]);
  assert.equal(w.witness.latest('partner.test'), note + lines);
});

test('400: a body that is malformed', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const body = await log.body(0);
  for (const bad of [
    '',
    body.replace('old 0', 'old'),
    body.replace('\n5\n', '\nfive\n'),
    body.replace('— ', '- '),
  ])
    assert.equal((await w.ask(log, bad))[0], 400, bad);
});

test('400: an old size that is larger than the checkpoint', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const body = encodeAddCheckpoint({ oldSize: 6, proof: [], checkpoint: await log.checkpoint() });
  assert.equal((await w.ask(log, body))[0], 400);
});

test('400: a checkpoint with more in it than is kept', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const checkpoint = await log.checkpoint(5, { extensions: ['x'.repeat(3_072)] });
  assert.equal((await w.ask(log, encodeAddCheckpoint({ oldSize: 0, proof: [], checkpoint })))[0], 400);
});

test('403: no signature of the key that is trusted for the log', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const impostor = new HostileLog('partner.test', new Uint8Array(32).fill(10)).grow(5);
  assert.equal((await w.ask(log, await impostor.body(0)))[0], 403);
});

test('403: a signature of the trusted key that does not verify', async (t) => {
  const w = await world(t);
  const log = partner(5);
  assert.equal((await w.ask(log, (await log.body(0)).replace('\n5\n', '\n6\n')))[0], 403);
});

test('404: an origin that is unknown, or another partner’s', async (t) => {
  const w = await world(t);
  const log = partner(5);
  for (const origin of ['stranger.test/chancery', 'partner.test', 'partner.test/chancery/2']) {
    const checkpoint = await log.checkpoint(5, { origin });
    assert.equal(
      (await w.ask(log, encodeAddCheckpoint({ oldSize: 0, proof: [], checkpoint })))[0],
      404,
      origin,
    );
  }
});

test('409: an old size that is not the one known is answered with the one known', async (t) => {
  const w = await world(t);
  const log = partner(5);
  assert.deepEqual(await w.ask(log, await log.body(3)), [409, '0\n']);
  await w.ask(log, await log.body(0));
  log.grow(4);
  assert.deepEqual(await w.ask(log, await log.body(0)), [409, '5\n']);
  assert.deepEqual(await w.ask(log, await log.body(7)), [409, '5\n']);
  assert.deepEqual(w.alarms, []);
});

test('409: a size that goes back is answered with the one known, and is not cosigned', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  assert.deepEqual(await w.ask(log, await log.body(3, 4)), [409, '5\n']);
  assert.equal(w.cosignatures.ofPartner('partner.test')?.size, 5);
});

test('422: an empty log with another root than the empty one', async (t) => {
  const w = await world(t);
  const log = partner(1);
  const checkpoint = await log.checkpoint(0, { root: log.root(1) });
  assert.equal((await w.ask(log, encodeAddCheckpoint({ oldSize: 0, proof: [], checkpoint })))[0], 422);
});

test('422: a proof from an empty log', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const body = encodeAddCheckpoint({ oldSize: 0, proof: log.proof(3), checkpoint: await log.checkpoint() });
  assert.equal((await w.ask(log, body))[0], 422);
});

test('422: a proof that does not verify is evidence, once, and an alarm', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  const forked = log.fork(3).grow(6, 'other');
  for (let times = 0; times < 2; times += 1) assert.equal((await w.ask(log, await forked.body(5)))[0], 422);
  assert.deepEqual(await kinds(w), ['unproven 5 9']);
  assert.deepEqual(w.alarms, ['checkpoint.unproven']);
  assert.equal(w.cosignatures.ofPartner('partner.test')?.size, 5);
});

test('422: the same size with another root is evidence that proves itself, and an alarm', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  const forked = log.fork(3).grow(2, 'other');
  assert.equal((await w.ask(log, await forked.body(5)))[0], 422);
  assert.deepEqual([await kinds(w), w.alarms], [['fork 5 5'], ['checkpoint.fork']]);
  const [kept] = await w.evidence.all();
  for (const side of [kept!.evidence.first, kept!.evidence.second])
    assert.ok(openCheckpoint(side.note, 'partner.test/chancery', log.log.publicKey, sodiumSuite).ok);
  assert.notEqual(kept!.evidence.first.note.split('\n')[2], kept!.evidence.second.note.split('\n')[2]);
});

test('429: more checkpoints in a minute than are cosigned are put off, and taken in the next', async (t) => {
  const w = await world(t);
  const log = partner(1);
  const statuses = new Set<number>();
  await w.ask(log, await log.body(0));
  for (let size = 2; size < 70 && !statuses.has(429); size += 1) {
    log.grow(1);
    statuses.add((await w.ask(log, await log.body(size - 1)))[0]);
  }
  assert.deepEqual([...statuses], [200, 429]);
  w.now += 60;
  assert.equal((await w.ask(log, await log.body(log.size - 1)))[0], 200);
});

test('two requests at once from one size: one is cosigned, the other is told of it', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  log.grow(7);
  const bodies = [await log.body(5, 9), await log.body(5, 12)];
  const answers: WitnessAnswer[] = await Promise.all(
    bodies.map((body) => w.witness.addCheckpoint(body, log.log)),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 409],
  );
  assert.equal(w.cosignatures.ofPartner('partner.test')?.size, 9);
});

test('a fork is noticed whatever old size is claimed', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  const forked = log.fork(3).grow(2, 'other');
  assert.deepEqual(await w.ask(log, await forked.body(2)), [409, '5\n']);
  assert.deepEqual(await kinds(w), ['fork 5 5']);
});

test('a smaller log submitted as current is evidence, unless it may have been overtaken on its way', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  await w.ask(log, await log.body(3, 4));
  assert.deepEqual(await kinds(w), []);
  w.now += 301;
  assert.deepEqual(await w.ask(log, await log.body(3, 4)), [409, '5\n']);
  assert.deepEqual([await kinds(w), w.alarms], [['shrunk 5 4'], ['checkpoint.shrunk']]);
});

test('after a fork the log that goes on from what was cosigned is cosigned again, and the evidence stays', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  await w.ask(log, await log.fork(3).grow(6, 'other').body(5));
  log.grow(2);
  assert.equal((await w.ask(log, await log.body(5)))[0], 200);
  assert.deepEqual(await kinds(w), ['unproven 5 9']);
});

test('checkpoints that came another way are held against the cosigned one, and against each other', async (t) => {
  const w = await world(t);
  const log = partner(5);
  const forked = log.fork(3).grow(9, 'other');
  assert.equal(await w.partnerLogs.compare(log.log, await log.opened()), false);
  assert.equal(await w.partnerLogs.compare(log.log, await log.opened()), false);
  assert.equal(await w.partnerLogs.compare(log.log, await forked.opened(12)), false); // nothing of that size is known
  assert.equal(await w.partnerLogs.compare(log.log, await forked.opened(5)), true);
  log.grow(3);
  await w.ask(log, await log.body(0));
  assert.equal(await w.partnerLogs.compare(log.log, await forked.opened(8)), true);
  assert.deepEqual(await kinds(w), ['fork 5 5', 'fork 8 8']);
});

test('a domain that changed hands begins another log, and is not held to the one before', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  await w.partnerLogs.compare(log.log, await log.opened(3));
  await w.ledger.append([fact('roster-forgotten', { domain: 'partner.test', actor: 'operator' })]);
  const other = new HostileLog('partner.test', new Uint8Array(32).fill(11)).grow(3, 'anew');
  assert.equal(await w.partnerLogs.compare(other.log, await other.opened(3)), false);
  assert.equal((await w.ask(other, await other.body(0)))[0], 200);
  assert.deepEqual(await kinds(w), []);
});

test('a checkpoint of a lower epoch than was seen, cosigned or not, is of a primary that was deposed', async (t) => {
  const w = await world(t);
  const log = partner(9);
  const body = async (oldSize: number, size: number, epoch: number): Promise<string> =>
    encodeAddCheckpoint({
      oldSize,
      proof: log.proof(oldSize, size),
      checkpoint: await log.checkpoint(size, { extensions: epoch === 0 ? [] : [`epoch ${epoch}`] }),
    });
  const deposed = async (size: number, epoch: number): Promise<boolean> =>
    w.partnerLogs.isDeposed(log.log, await log.opened(size, epoch));
  assert.equal((await w.ask(log, await body(0, 5, 0)))[0], 200);
  assert.equal((await w.ask(log, await body(5, 6, 2)))[0], 200);
  assert.equal((await w.ask(log, await body(6, 8, 1)))[0], 422);
  assert.deepEqual(await w.ask(log, await body(5, 8, 1)), [409, '6\n']);
  assert.equal((await w.ask(log, await body(6, 8, 2)))[0], 200);
  assert.deepEqual([await deposed(9, 0), await deposed(9, 1), await deposed(9, 2)], [true, true, false]);
  await w.partnerLogs.compare(log.log, await log.opened(9, 3));
  assert.deepEqual([await deposed(9, 2), await deposed(9, 3)], [true, false]);
  assert.deepEqual(await kinds(w), []);
});

test('of a partner that forks without end only so much is kept', async (t) => {
  const w = await world(t);
  const log = partner(5);
  await w.ask(log, await log.body(0));
  for (let fork = 0; fork < 20; fork += 1)
    await w.ask(log, await log.fork(3).grow(2, `fork ${fork}`).body(5));
  assert.equal((await kinds(w)).length, 8);
});

test('while our own archive takes nothing, nothing is cosigned', async (t) => {
  const w = await world(t);
  const log = partner(5);
  w.ledger.log.stopAppending({ code: 'archive.rolled-back', message: 'restore it', facts: {} });
  await assert.rejects(w.witness.addCheckpoint(await log.body(0), log.log), { code: 'archive.rolled-back' });
  assert.equal(w.witness.latest('partner.test'), undefined);
});
