import assert from 'node:assert/strict';
import { it } from 'node:test';
import { judgeRoom } from '../../../node/doctor/disk.ts';

it('the doctor warns of a disk that fills, and fails before the archive cannot write', () => {
  const mib = 2 ** 20;
  const states = [100_000, 4_096, 4_095, 256, 255, 0].map((free) => judgeRoom(free * mib, 'home').state);
  assert.deepEqual(states, ['ok', 'ok', 'warning', 'warning', 'failed', 'failed']);
  assert.match(judgeRoom(3 * mib, 'home').message, /^3 MiB free at home$/);
});
