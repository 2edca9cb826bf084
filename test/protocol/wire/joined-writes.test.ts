/** Frames written in one turn go out together, in order; whoever wrote one is told when it is out, or why not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JoinedWrites } from '../../../protocol/wire/index.ts';

/** Writes into a list of pieces; a turn ends when `turn` is called. */
function recording(send?: () => Promise<void>) {
  const pieces: string[][] = [];
  const waiting: (() => void)[] = [];
  const writes = new JoinedWrites({
    async send(frames) {
      pieces.push(frames.map((frame) => Buffer.from(frame).toString()));
      await send?.();
    },
    soon: (run) => void waiting.push(run),
  });
  const turn = (): void => {
    for (const run of waiting.splice(0)) run();
  };
  return { writes, pieces, turn, write: (text: string) => writes.write(Buffer.from(text)) };
}

test('what is written in a turn goes out in one piece, in order', async () => {
  const { pieces, turn, write } = recording();
  const all = [write('a'), write('b')];
  assert.deepEqual(pieces, []);
  turn();
  all.push(write('c'));
  assert.deepEqual(pieces, [['a', 'b']]);
  turn();
  await Promise.all(all);
  assert.deepEqual(pieces, [['a', 'b'], ['c']]);
});

test('much of it goes out at once, and nothing twice', async () => {
  const { pieces, turn, write } = recording();
  const all = [write('a'), write('b'.repeat(64 * 1024)), write('c')];
  assert.deepEqual(
    pieces.map((piece) => piece.length),
    [2],
  );
  turn();
  await Promise.all(all);
  assert.deepEqual(
    pieces.map((piece) => piece.length),
    [2, 1],
  );
});

test('before it closes, what waits is sent', async () => {
  const { writes, pieces, turn, write } = recording();
  const written = write('a');
  await writes.flush();
  await written;
  assert.deepEqual(pieces, [['a']]);
  turn();
  assert.deepEqual(pieces, [['a']]);
});

test('each who wrote hears that the stream broke, and so does who closes', async () => {
  const { writes, turn, write } = recording(() => Promise.reject(new Error('broken')));
  const all = [write('a'), write('b')];
  turn();
  for (const one of all) await assert.rejects(one, /broken/);
  await assert.rejects(writes.flush(), /broken/);
});
