/** What too few nodes hold is not acknowledged, not counted, and not lost. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ArchiveLog } from '../../../node/archive/index.ts';
import { archiveOptions, record, records } from '../../support/archive.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';

/** A log whose other holders are played by the test. */
async function logWithHolders(
  t: TestContext,
): Promise<{ log: ArchiveLog; hold: () => void; asked: number[] }> {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: number[] = [];
  let holding = Promise.withResolvers<undefined>();
  const log = await ArchiveLog.open(
    archiveOptions('', {
      openStore: new FaultyDisk().open,
      confirm(size) {
        asked.push(size);
        holding = Promise.withResolvers<undefined>();
        return holding.promise;
      },
    }),
  );
  t.after(() => log.close());
  return { log, asked, hold: () => holding.resolve(undefined) };
}

/** Lets what is under way go on until nothing happens any more. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

test('an append resolves, and is counted, only once the others hold it', async (t) => {
  const { log, asked, hold } = await logWithHolders(t);
  const sizes: number[] = [];
  log.onCommit((size) => sizes.push(size));
  let acknowledged = false;
  const appending = log.append(records(0, 2)).then(() => (acknowledged = true));
  await settle();
  assert.deepEqual(
    [asked, log.size, log.durable.state.head.size, acknowledged, sizes],
    [[2], 0, 2, false, []],
  );
  hold();
  await appending;
  assert.deepEqual([log.size, sizes], [2, [2]]);
});

test('without them it is refused in time, and so is what follows; it counts once they are back', async (t) => {
  const { log, hold } = await logWithHolders(t);
  const first = log.append(records(0, 2));
  await settle();
  const waiting = log.append([record(2)]);
  t.mock.timers.tick(10_000);
  await assert.rejects(first, { code: 'archive.not-replicated' });
  await assert.rejects(waiting, { code: 'archive.not-replicated' });
  await assert.rejects(log.append([record(2)]), { code: 'archive.not-replicated' });
  assert.equal(log.size, 0);
  hold();
  await settle();
  assert.equal(log.size, 2);
  const next = log.append([record(2)]);
  await settle();
  hold();
  assert.equal((await next).first, 2);
  assert.deepEqual((await log.verify()).findings, []);
});
