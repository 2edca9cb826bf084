import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signal } from '../../../node/federation/signal.ts';

test('whoever waits is woken, all of them, and the next wait is a new one', async () => {
  const signal = new Signal();
  const woken: string[] = [];
  const waiting = ['one', 'other'].map((name) => signal.wait().then(() => woken.push(name)));
  signal.fire();
  const later = signal.wait().then(() => woken.push('later'));
  await Promise.all(waiting);
  assert.deepEqual(woken, ['one', 'other']);
  signal.fire();
  await later;
  assert.equal(woken.length, 3);
});

test('what is fired between the look and the wait is not missed, where the wait began before the look', async () => {
  const signal = new Signal();
  const waiting = signal.wait();
  signal.fire();
  await waiting;
});
