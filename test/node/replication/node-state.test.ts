/** What a node tells of itself when it is asked; and one that does not know the question, answers another, or nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerState, askState, type NodeState } from '../../../node/replication/node-state.ts';
import {
  MAX_FRAME_BYTES,
  readFrame,
  refusalFrame,
  replicaFrameShape,
  writeFrame,
} from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';

test('a node tells by which policy it would decide, and that it cannot read it', async () => {
  const states: NodeState[] = [
    { policy: 3, hash: new Uint8Array(32).fill(7), version: '1.2.3' },
    { policy: 4, hash: null, version: '1.2.3' },
  ];
  for (const state of states) {
    const [ours, theirs] = channelPair();
    const asked = askState(ours);
    const question = await readFrame(theirs, replicaFrameShape, MAX_FRAME_BYTES, 'question');
    assert.equal(question.ok && question.value.type, 'state');
    await answerState(theirs, state);
    assert.deepEqual(await asked, { ok: true, value: state });
  }
});

test('one that does not know the question refuses it, and another answer is none', async () => {
  const [ours, theirs] = channelPair();
  const asked = askState(ours);
  await writeFrame(theirs, refusalFrame({ code: 'encoding.malformed', message: 'what is this?' }));
  const refused = await asked;
  assert.equal(!refused.ok && refused.refusal.code, 'encoding.malformed');
  const [mine, other] = channelPair();
  const again = askState(mine);
  await writeFrame(other, { type: 'at', size: 3, epoch: 0 });
  const answered = await again;
  assert.equal(!answered.ok && answered.refusal.code, 'encoding.malformed');
});

test('one that says nothing holds up nobody for long', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [ours] = channelPair();
  const asked = askState(ours);
  t.mock.timers.tick(10_000);
  await assert.rejects(asked, { code: 'node.unreachable' });
});
