import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showIdentity } from '../../scripts/bench/identity.ts';

test('a session’s handshake shows a node’s identity, its DNSSEC proof and roster included, in 4 KiB', async (t) => {
  const { frameBytes } = await showIdentity();
  t.diagnostic(`${frameBytes} bytes`);
  assert.ok(frameBytes <= 4_096, `${frameBytes} bytes`);
});
