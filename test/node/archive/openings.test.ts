/** How many processes had the database open and died is known to the next one. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Openings } from '../../../node/archive/openings.ts';

test('openings without an end are counted, until one ends', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-openings-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const location = join(folder, 'archive');
  for (const died of [0, 1, 2]) assert.equal((await Openings.begin(location)).unfinished, died);
  const last = await Openings.begin(location);
  await last.end();
  assert.equal((await Openings.begin(location)).unfinished, 0);
});
