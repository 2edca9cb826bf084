/** Our log before a witness that answers whatever a test has it answer, and what stops the log and what does not. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { fromString } from 'uint8arrays/from-string';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import { Cosignatures, disownedFact, isDisowned, type Ledger } from '../../../node/ledger/index.ts';
import type { Peer } from '../../../node/network/index.ts';
import { OwnLog, Submitter } from '../../../node/witness/index.ts';
import {
  cosign,
  decodeAddCheckpoint,
  logOrigin,
  readCheckpoint,
  signCheckpoint,
  witnessName,
} from '../../../protocol/checkpoint/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { verifyConsistency } from '../../../protocol/merkle/index.ts';
import {
  readFrame,
  witnessRequestShape,
  writeFrame,
  type WitnessRequest,
} from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';
import { openLedger } from '../../support/ledger.ts';

const { sha256 } = sodiumSuite;
const own = sodiumSigner(new Uint8Array(32).fill(3));
const partner = sodiumSigner(new Uint8Array(32).fill(4));
const stranger = sodiumSigner(new Uint8Array(32).fill(5));

interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
}

/** What the witness answers; undefined: it closes the stream. */
type Answering = (request: WitnessRequest) => Answer | undefined | Promise<Answer | undefined>;

interface World {
  readonly ledger: Ledger;
  readonly cosignatures: Cosignatures;
  readonly submitter: Submitter;
  readonly ownLog: OwnLog;
  readonly kept: { halt: string | undefined };
  readonly requests: WitnessRequest[];
  readonly alarms: unknown[];
  readonly grow: (count: number) => Promise<void>;
  readonly checkpoint: (change?: { size?: number; root?: Uint8Array }) => Promise<string>;
}

const peer = {
  id: 'partner',
  own: false,
  bundle: new Uint8Array(),
  identity: {
    domain: 'partner.test',
    statement: { publicKey: partner.publicKey },
    bundle: { statement: Uint8Array.of(1), chain: [1, 2, 3].map((byte) => Uint8Array.of(byte)) },
  },
} as unknown as Peer;

async function world(t: TestContext, answer: Answering, unasked: string[] = []): Promise<World> {
  const ledger = await openLedger(t);
  const { log } = ledger;
  const cosignatures = new Cosignatures(ledger);
  const alarms: unknown[] = [];
  const write = (line: string): void => {
    const { alarm, code } = JSON.parse(line) as { alarm?: boolean; code?: string };
    if (alarm === true) alarms.push(code);
  };
  const logger = pino({ level: 'info' }, { write });
  const kept: World['kept'] = { halt: undefined };
  const store = {
    read: () => Promise.resolve(kept.halt),
    write: (text: string) => Promise.resolve(void (kept.halt = text)),
    clear: () => Promise.resolve(void (kept.halt = undefined)),
  };
  const origin = logOrigin('acme.test');
  const common = { log, suite: sodiumSuite, clock: () => 1_700_000_000_000, logger };
  const ownLog = await OwnLog.open({
    ...common,
    origin,
    publicKey: () => own.publicKey,
    losses: [],
    store,
    isDisowned: () => false,
  });
  const requests: WitnessRequest[] = [];
  const submitter = new Submitter({
    ...common,
    domain: 'acme.test',
    cosignatures,
    ownLog,
    partners: () => Promise.resolve(['partner.test']),
    unasked,
    checkpoint: () => log.checkpoint(own),
    open: () => {
      const [channel, theirs] = channelPair();
      void serve(theirs, requests, answer);
      return Promise.resolve({ channel, peer });
    },
  });
  const grow = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) await ledger.administer('operator', 'test', 'growth');
  };
  const checkpoint: World['checkpoint'] = (change = {}) =>
    signCheckpoint({ origin, size: log.size, root: log.head.root, ...change }, own, sha256);
  return { ledger, cosignatures, submitter, ownLog, kept, requests, alarms, grow, checkpoint };
}

async function serve(
  channel: ReturnType<typeof channelPair>[1],
  requests: WitnessRequest[],
  answer: Answering,
): Promise<void> {
  for (;;) {
    const request = await readFrame(channel, witnessRequestShape, 1_000_000, 'request').catch(
      () => undefined,
    );
    if (request?.ok !== true) return;
    requests.push(request.value);
    const given = await answer(request.value);
    if (given === undefined) return channel.close();
    const body = typeof given.body === 'string' ? fromString(given.body) : given.body;
    await writeFrame(channel, { type: 'answer', status: given.status, contentType: 'text/plain', body });
  }
}

/** The cosignature of what was submitted, by whomever. */
async function lineOf(request: WitnessRequest, signer = partner, time = 7): Promise<string> {
  const { checkpoint } = valueOf(decodeAddCheckpoint(request.type === 'add-checkpoint' ? request.body : ''));
  const { text } = valueOf(readCheckpoint(checkpoint));
  return cosign(text, witnessName('partner.test'), time, signer, sha256);
}

const honest: Answering = async (request) => ({ status: 200, body: await lineOf(request) });

async function outcome({ submitter }: World): Promise<string | undefined> {
  return (await submitter.round()).get('partner.test');
}

test('a checkpoint is submitted from the size that was cosigned last, with a proof, and the cosignature is kept', async (t) => {
  const w = await world(t, honest);
  await w.grow(3);
  assert.equal(await outcome(w), 'cosigned');
  const first = w.cosignatures.byPartner('partner.test')!;
  assert.deepEqual([first.size, first.time], [3, 7]);
  await w.grow(5);
  assert.equal(await outcome(w), 'cosigned');
  const request = w.requests[1]!;
  const { oldSize, proof, checkpoint } = valueOf(
    decodeAddCheckpoint(request.type === 'get' ? '' : request.body),
  );
  const { size, root } = valueOf(readCheckpoint(checkpoint));
  assert.deepEqual([oldSize, size], [3, 9]);
  const claim = { olderSize: 3, newerSize: size, olderRoot: first.root, newerRoot: root, proof };
  assert.ok(verifyConsistency(sha256, claim).ok);
});

test('nothing is submitted where nothing grew but what tells of cosigning', async (t) => {
  const w = await world(t, honest);
  await w.grow(1);
  await outcome(w);
  assert.equal(await outcome(w), undefined);
  assert.equal(w.requests.length, 1);
});

test('a witness that knows another size is asked anew from there', async (t) => {
  const w = await world(t, (request) =>
    w.requests.length === 1 ? { status: 409, body: '2\n' } : honest(request),
  );
  await w.grow(4);
  assert.equal(await outcome(w), 'cosigned');
  const sizes = w.requests.map((request) => (request.type === 'get' ? '' : request.body.split('\n')[0]));
  assert.deepEqual(sizes, ['old 0', 'old 2']);
});

test('an answer that is no cosignature by the partner is not kept, and costs nobody anything', async (t) => {
  const answers: Answering[] = [
    () => ({ status: 200, body: '' }),
    () => ({ status: 200, body: '— x AAAA\n' }),
    () => ({ status: 200, body: Uint8Array.of(0xff, 0xfe) }),
    async (request) => ({ status: 200, body: await lineOf(request, stranger) }),
    async (request) => ({ status: 200, body: await lineOf(request, partner, 0) }),
    async (request) => ({ status: 200, body: (await lineOf(request)).replace('A', 'B') }),
    () => ({ status: 409, body: '1\n' }),
    () => ({ status: 409, body: 'many\n' }),
    () => ({ status: 409, body: '99999999999999999999\n' }),
    () => ({ status: 404, body: '' }),
    () => ({ status: 403, body: '' }),
    () => ({ status: 503, body: 'x'.repeat(100_000) }),
    () => undefined,
  ];
  let answer: Answering = honest;
  const w = await world(t, (request) =>
    request.type === 'get' ? { status: 404, body: '' } : answer(request),
  );
  await w.grow(3);
  for (answer of answers) {
    const found = await outcome(w);
    assert.ok(found === 'late' || found === 'refused', answer.toString());
    assert.ok(w.requests.splice(0).length <= 3, 'it is not asked without end');
  }
  assert.equal(w.cosignatures.byPartner('partner.test'), undefined);
  assert.equal(w.ledger.log.stopped, undefined);
  assert.deepEqual(w.alarms, []);
});

test('a larger size without our signature on it stops nothing, and with it stops the log', async (t) => {
  let shown = '';
  const w = await world(t, (request) =>
    request.type === 'get' ? { status: 200, body: shown } : { status: 409, body: '1000\n' },
  );
  await w.grow(3);
  const origin = logOrigin('acme.test');
  const claim = { size: 1_000, root: new Uint8Array(32).fill(1) };
  for (shown of [
    '',
    'nonsense',
    await signCheckpoint({ origin, ...claim }, partner, sha256),
    await signCheckpoint({ origin: logOrigin('other.test'), ...claim }, own, sha256),
    await w.checkpoint(), // ours, but contained
  ]) {
    assert.equal(await outcome(w), 'refused');
    assert.equal(w.ledger.log.stopped, undefined);
  }
  shown = await w.checkpoint(claim);
  assert.equal(await outcome(w), 'stopped');
  assert.equal(w.ledger.log.stopped?.code, 'archive.rolled-back');
  assert.deepEqual(w.alarms, ['archive.rolled-back']);
  await assert.rejects(w.grow(1), { code: 'archive.rolled-back' });
  assert.equal(await outcome(w), undefined, 'a stopped log is not submitted');
});

test('a checkpoint of ours with another root than the log had at that size stops it as forked', async (t) => {
  let shown = '';
  const w = await world(t, (request) =>
    request.type === 'get' ? { status: 200, body: shown } : { status: 422, body: '' },
  );
  await w.grow(5);
  shown = await w.checkpoint({ size: 2, root: w.ledger.log.rootAt(2) });
  assert.equal(await outcome(w), 'refused');
  shown = await w.checkpoint({ size: 2, root: w.ledger.log.rootAt(3) });
  assert.equal(await outcome(w), 'stopped');
  assert.equal(w.ledger.log.stopped?.code, 'archive.forked');
});

test('what stopped the log stays with it until it contains what was signed', async (t) => {
  const w = await world(t, honest);
  await w.grow(3);
  const fuller = await world(t, honest);
  await fuller.grow(3);
  const { size, root } = fuller.ledger.log.head;
  assert.equal(
    await w.ownLog.confront('partner.test', await w.checkpoint({ size: 4, root })),
    'archive.rolled-back',
  );
  const halt = w.kept.halt!;
  assert.match(halt, /"partner": "partner\.test"/);
  const reopen = (log: Ledger['log'], text: string): Promise<OwnLog> =>
    OwnLog.open({
      log,
      origin: logOrigin('acme.test'),
      publicKey: () => own.publicKey,
      losses: [],
      store: {
        read: () => Promise.resolve(text),
        write: () => Promise.resolve(),
        clear: () => Promise.resolve(),
      },
      isDisowned: () => false,
      suite: sodiumSuite,
      clock: Date.now,
      logger: pino({ level: 'silent' }),
    });
  const again = await reopen(w.ledger.log, halt);
  assert.equal(again.restored, undefined);
  assert.equal(w.ledger.log.stopped?.code, 'archive.rolled-back');
  const held = halt.replace(
    /"checkpoint": .*,/,
    `"checkpoint": ${JSON.stringify(await w.checkpoint({ size, root }))},`,
  );
  const restored = await reopen(fuller.ledger.log, held);
  assert.equal(restored.restored?.partner, 'partner.test');
  assert.equal(fuller.ledger.log.stopped, undefined);
  await assert.rejects(reopen(fuller.ledger.log, '{"v":2}'), { code: 'archive.damaged' });
});

test('a checkpoint that was disowned stops the log no more, for good; one that a partner cosigned cannot be', async (t) => {
  const w = await world(t, honest);
  await w.grow(3);
  const { log } = w.ledger;
  const foreign = { size: 2, root: log.rootAt(3) };
  await assert.rejects(w.ownLog.disown('operator', 'nothing to disown'), { code: 'request.invalid' });
  const note = await w.checkpoint(foreign);
  assert.equal(await w.ownLog.confront('partner.test', note), 'archive.forked');
  const cosigned = `${note}${note.trimEnd().split('\n').at(-1) ?? ''}\n`;
  const halted = w.kept.halt!;
  w.kept.halt = halted.replace(JSON.stringify(note), JSON.stringify(cosigned));
  await assert.rejects(w.ownLog.disown('operator', 'cosigned'), { code: 'request.invalid' });
  w.kept.halt = halted;
  await w.ownLog.disown('operator', 'edited and put back');

  const fresh = await world(t, honest);
  await fresh.grow(3);
  const reopened = await OwnLog.open({
    log: fresh.ledger.log,
    origin: logOrigin('acme.test'),
    publicKey: () => own.publicKey,
    store: {
      read: () => Promise.resolve(w.kept.halt),
      write: () => Promise.resolve(),
      clear: () => Promise.resolve(),
    },
    losses: [],
    isDisowned: () => false,
    suite: sodiumSuite,
    clock: Date.now,
    logger: pino({ level: 'silent' }),
  });
  assert.equal(fresh.ledger.log.stopped, undefined);
  assert.equal(reopened.restored?.disowned?.reason, 'edited and put back');
  assert.equal(await reopened.confront('partner.test', note), 'contained');
  const other = await w.checkpoint({ size: 1, root: log.rootAt(3) });
  assert.equal(await reopened.confront('partner.test', other), 'archive.forked');

  const { restored } = reopened;
  assert.ok(restored.disowned);
  const recorded = await openLedger(t);
  await recorded.append([
    disownedFact({ note: restored.checkpoint, partner: restored.partner, ...restored.disowned }),
  ]);
  assert.equal(isDisowned(recorded, foreign), true);
  assert.equal(isDisowned(recorded, { ...foreign, size: 1 }), false);
});

test('a partner that was away at the start is asked what it knows before anything is submitted to it', async (t) => {
  let shown = '';
  const w = await world(
    t,
    (request) =>
      request.type === 'get' ? { status: shown === '' ? 404 : 200, body: shown } : honest(request),
    ['partner.test'],
  );
  await w.grow(2);
  assert.equal(await outcome(w), 'cosigned');
  assert.deepEqual(
    w.requests.map(({ type }) => type),
    ['get', 'get', 'add-checkpoint'],
  );
  assert.equal(await outcome(w), undefined, 'once');

  const back = await world(
    t,
    (request) => (request.type === 'get' ? { status: 200, body: shown } : { status: 409, body: '2\n' }),
    ['partner.test'],
  );
  await back.grow(1);
  shown = await back.checkpoint({ size: 2, root: new Uint8Array(32) });
  assert.equal(await outcome(back), 'stopped');
  assert.deepEqual(
    back.requests.map(({ type }) => type),
    ['get', 'add-checkpoint', 'get'],
    'what stopped it is shown to the partner as well',
  );
});
