/** What a restored log lacks is taken back from a replica whole and as it was, or not at all. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { fact, type Ledger } from '../../../node/ledger/index.ts';
import { refill, type RefillOptions } from '../../../node/replication/refill.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { openLedger } from '../../support/ledger.ts';

const { sha256 } = sodiumSuite;

async function grow(ledger: Ledger, count: number, what = 'entry'): Promise<void> {
  await ledger.append(
    Array.from({ length: count }, (_, at) =>
      fact('administration', { actor: 'test', action: what, detail: String(at) }),
    ),
  );
}

/** A replica of 1,200 entries, and a log of the first 300 of them. */
async function restored(t: TestContext): Promise<{ replica: Ledger; ledger: Ledger }> {
  const replica = await openLedger(t);
  await grow(replica, 1_200);
  const ledger = await openLedger(t);
  const first = await replica.log.stored(0, 300);
  valueOf(await ledger.adopt(first, { size: 300, root: replica.log.rootAt(300) }));
  return { replica, ledger };
}

/** Gives at most `most` records at a time. */
function from({ log }: Ledger, most = Infinity): RefillOptions['fetch'] {
  return async (sequences) =>
    Promise.all(
      sequences.map(async (sequence, at) =>
        at < most ? ((await log.stored(sequence, 1))[0] ?? null) : null,
      ),
    );
}

function optionsOf(ledger: Ledger, replica: Ledger, fetch = from(replica)): RefillOptions {
  const { size, root } = replica.log.head;
  return { ledger, sha256, fetch, size, root };
}

for (const most of [Infinity, 7])
  test(`all that the replica holds is taken, ${most} records at a time`, async (t) => {
    const { replica, ledger } = await restored(t);
    valueOf(await refill(optionsOf(ledger, replica, from(replica, most))));
    assert.deepEqual(ledger.log.head, replica.log.head);
    assert.deepEqual((await ledger.log.verify()).findings, []);
  });

test('a replica whose log is another, or that lies about its root, gives nothing', async (t) => {
  const { replica, ledger } = await restored(t);
  const other = await openLedger(t);
  await grow(other, 1_200, 'something else');
  const before = ledger.log.head;
  const codes: string[] = [];
  for (const options of [
    optionsOf(ledger, other),
    { ...optionsOf(ledger, replica), root: new Uint8Array(32) },
    optionsOf(ledger, replica, () => Promise.resolve([])),
    optionsOf(ledger, replica, (sequences) => Promise.resolve(sequences.map(() => null))),
  ]) {
    const refilled = await refill(options);
    codes.push(refilled.ok ? 'taken' : refilled.refusal.code);
  }
  assert.deepEqual(codes, ['archive.forked', 'archive.forked', 'node.unreachable', 'node.unreachable']);
  assert.deepEqual(ledger.log.head, before);
});
