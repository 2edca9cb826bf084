/** What a partner is shown of our log, and what it is not. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { commitTo, decodeEntry } from '../../../protocol/archive/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { encodeRecord } from '../../../node/ledger/index.ts';
import { readCheckpoint } from '../../../protocol/checkpoint/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { hashLeaf, verifyInclusion } from '../../../protocol/merkle/index.ts';
import {
  MAX_FRAME_BYTES,
  MAX_SHOWN_ENTRIES,
  readFrame,
  reconcileAnswerShape,
  writeFrame,
  type FrameChannel,
  type ReconcileAnswer,
  type ReconcileRequest,
} from '../../../protocol/wire/index.ts';
import { START } from '../../support/archive.ts';
import { channelPair } from '../../support/channel-pair.ts';
import { Side, newId, peerOf, send, serverOf } from '../../support/reconciling.ts';

const BEGIN: ReconcileRequest = { type: 'begin', v: 1, since: null, until: null, mutual: false };

/** A stream of the partner's to acme. */
function streamTo(acme: Side, server = serverOf(acme), from = 'partner.test'): FrameChannel {
  const [here, there] = channelPair();
  void server.serve(there, peerOf(from, new Uint8Array(32))).catch(() => undefined);
  return here;
}

async function ask<T extends ReconcileAnswer['type']>(
  channel: FrameChannel,
  request: unknown,
  type: T,
): Promise<Extract<ReconcileAnswer, { type: T }>> {
  await writeFrame(channel, request);
  const answer = valueOf(
    await readFrame<ReconcileAnswer>(channel, reconcileAnswerShape, MAX_FRAME_BYTES, 'answer'),
  );
  assert.equal(answer.type, type, JSON.stringify(answer));
  return answer as Extract<ReconcileAnswer, { type: T }>;
}

async function sides(t: TestContext): Promise<[Side, Side, Side]> {
  return [
    await Side.open(t, 'acme.test'),
    await Side.open(t, 'partner.test'),
    await Side.open(t, 'third.test'),
  ];
}

test('a partner is shown what was exchanged with it, whatever else it asks for, and nothing that was said', async (t) => {
  const [acme, partner, third] = await sides(t);
  const sent = await send(acme, partner);
  await acme.fill();
  await send(acme, third); // goes to the partner as well, which was in the conversation until then
  const others = await send(acme, third);
  const received = await send(partner, acme, { acknowledged: false });
  const channel = streamTo(acme);
  await ask(channel, BEGIN, 'begun');
  const { entries, next } = await ask(channel, { type: 'page', from: 0 }, 'page');
  assert.equal(next, null);
  assert.deepEqual(
    entries.map(({ message, sent: byUs, answered }) => [message, byUs, answered]).slice(0, 1),
    [[sent.id, true, true]],
  );
  const known = new Set(entries.map(({ position }) => position));
  assert.ok(!known.has(others.from) && known.has(received.to!));
  const all = Array.from({ length: acme.ledger.log.size + 2 }, (_, at) => at);
  const shown = await ask(channel, { type: 'at', positions: all }, 'at');
  assert.deepEqual(
    shown.entries.flatMap((entry) => entry?.position ?? []),
    [...known],
  );
  assert.equal((await ask(channel, { type: 'receipt', position: others.from }, 'receipt')).receipt, null);
  assert.ok((await ask(channel, { type: 'receipt', position: sent.from }, 'receipt')).receipt !== null);
  assert.equal((await ask(channel, { type: 'receipt', position: 1 }, 'receipt')).receipt, null);
});

test('what is shown proves itself to who holds the message', async (t) => {
  const [acme, partner] = await sides(t);
  const envelope = Uint8Array.of(1, 2, 3);
  const sent = await send(partner, acme, { envelope });
  const channel = streamTo(acme);
  const { checkpoint } = await ask(channel, BEGIN, 'begun');
  const { size, root } = valueOf(readCheckpoint(checkpoint));
  await acme.fill(); // what comes later changes nothing on this stream
  const [shown] = (await ask(channel, { type: 'page', from: 0 }, 'page')).entries;
  const { sha256 } = sodiumSuite;
  const claim = { index: shown!.position, size, root, proof: shown!.proof };
  valueOf(verifyInclusion(sha256, { ...claim, leafHash: hashLeaf(sha256, shown!.entry) }));
  const { salt, via } = shown!.opening!;
  assert.equal(via?.position, sent.from);
  const content = encodeRecord('message', { envelope, via: { domain: 'partner.test', ...via } });
  assert.deepEqual(commitTo(sha256, salt, content), valueOf(decodeEntry(shown!.entry)).commitment);
  const older = await ask(channel, { type: 'consistency', size: size + 1 }, 'consistency');
  assert.equal(older.proof, null);
});

test('pages hold so many entries at most, and go on to the end', async (t) => {
  const [acme, partner] = await sides(t);
  const count = MAX_SHOWN_ENTRIES * 2 + 5;
  for (let at = 0; at < count; at += 1) {
    const message = { id: newId(), sender: acme.person, time: START + at };
    await acme.archive(message, [partner.person]);
  }
  const channel = streamTo(acme);
  await ask(channel, BEGIN, 'begun');
  const positions: number[] = [];
  const sizes: number[] = [];
  for (let from: number | null = 0; from !== null;) {
    const page: Extract<ReconcileAnswer, { type: 'page' }> = await ask(
      channel,
      { type: 'page', from },
      'page',
    );
    positions.push(...page.entries.map(({ position }) => position));
    sizes.push(page.entries.length);
    from = page.next;
  }
  assert.deepEqual(sizes, [MAX_SHOWN_ENTRIES, MAX_SHOWN_ENTRIES, 5]);
  assert.deepEqual(
    positions,
    Array.from({ length: count }, (_, at) => at),
  );
  const part = streamTo(acme);
  await ask(part, { ...BEGIN, since: START + 10, until: START + 12 }, 'begun');
  const { entries } = await ask(part, { type: 'page', from: 0 }, 'page');
  assert.deepEqual(
    entries.map(({ position }) => position),
    [10, 11, 12],
  );
});

test('a stream begins with what to compare, and nothing else', async (t) => {
  const [acme] = await sides(t);
  for (const [frame, code] of [
    [{ type: 'page', from: 0 }, 'encoding.malformed'],
    [{ type: 'give', me: 'everything' }, 'encoding.malformed'],
  ] as const)
    assert.equal((await ask(streamTo(acme), frame, 'refused')).code, code);
  const [here, there] = channelPair();
  void serverOf(acme).serve(there, peerOf('partner.test', new Uint8Array(32)));
  await here.write(Uint8Array.of(0xff, 0xff));
  const answer = valueOf(await readFrame(here, reconcileAnswerShape, MAX_FRAME_BYTES, 'answer'));
  assert.equal(answer.type, 'refused');
});

test('of one partner a stream is served and one waits, and no more; of others as well', async (t) => {
  const [acme] = await sides(t);
  const server = serverOf(acme);
  const first = streamTo(acme, server);
  await ask(first, BEGIN, 'begun');
  const second = streamTo(acme, server);
  await writeFrame(second, BEGIN);
  assert.equal((await ask(streamTo(acme, server), BEGIN, 'refused')).code, 'limit.exceeded');
  await ask(streamTo(acme, server, 'third.test'), BEGIN, 'begun');
  await first.close();
  const answer = valueOf(await readFrame(second, reconcileAnswerShape, MAX_FRAME_BYTES, 'answer'));
  assert.equal(answer.type, 'begun');
});
