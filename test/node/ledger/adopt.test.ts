/** What has only the log makes the same views from it: a replica, a restored backup. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { ArchiveLog, type StoredRecord } from '../../../node/archive/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { platform } from '../../../node/composition/platform.ts';
import { ledgerOn, type Ledger } from '../../../node/ledger/index.ts';
import { sealingUnder, type Sealing } from '../../../node/sealing/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { archiveOptions } from '../../support/archive.ts';
import { TestDevice } from '../../support/test-device.ts';
import { startPartners } from '../../support/partners.ts';
import type { TestDns, TestNode } from '../../support/test-node.ts';
import { until } from '../../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
const devices: TestDevice[] = [];

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  devices.push(alice, bob);
  const id = await alice.create('bob@partner.test');
  for (const text of ['one', 'two', 'three']) await alice.say(id, text);
  await until(
    'the conversation is at the partner',
    () => partner.node.organisation.messages.position(id) !== undefined,
  );
  await bob.say(id, 'an answer');
  devices.push(await TestDevice.enrol(partner, 'bob@partner.test', 'Robert'));
  await acme.node.organisation.members.suspend('alice@acme.test', { actor: 'test', reason: 'away', at: 1 });
});

after(async () => {
  for (const each of [...devices, acme, partner]) await each.stop();
  await dns.server.stop();
});

/** That of an organisation's archive: whoever takes its log over has its key. */
function sealingOf(domain: string): Sealing {
  const { made } = domain === 'acme.test' ? acme : partner;
  return sealingUnder(made.seeds.archive, platform.randomBytes);
}

/** A fresh archive of the same organisation. */
async function emptyLedger(t: TestContext, domain: string): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-adopt-'));
  const sealing = sealingOf(domain);
  const log = await ArchiveLog.open(
    archiveOptions(join(folder, 'archive'), { origin: `${domain}/chancery`, sealer: sealing.entries }),
  );
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  return ledgerOn(log, domain, sodiumSuite.sha256, sealing.views);
}

async function viewsOf(ledger: Ledger): Promise<string[]> {
  const rows: string[] = [];
  for await (const [key, value] of ledger.iterate({ gte: Uint8Array.of(0x10) }))
    rows.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
  return rows;
}

/** The next records of a log for another, and the head they lead to. */
async function nextOf(from: ArchiveLog, to: ArchiveLog, count: number): Promise<[StoredRecord[], Head]> {
  const records = await from.stored(to.size, count);
  const size = to.size + records.length;
  return [records, { size, root: from.rootAt(size) }];
}

interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

for (const domain of ['acme.test', 'partner.test']) {
  test(`the log of ${domain}, taken over a few entries at a time, makes the same views`, async (t) => {
    const { ledger } = (domain === 'acme.test' ? acme : partner).node.organisation;
    const copy = await emptyLedger(t, domain);
    while (copy.log.size < ledger.log.size) {
      const [records, head] = await nextOf(ledger.log, copy.log, 7);
      valueOf(await copy.adopt(records, head));
    }
    assert.deepEqual(copy.log.head, ledger.log.head);
    assert.deepEqual(await viewsOf(copy), await viewsOf(ledger));
    assert.deepEqual((await copy.log.verify()).findings, []);
  });
}

test('a record that was changed, or lies elsewhere, is not taken over, and nothing beside it', async (t) => {
  const { log } = acme.node.organisation.ledger;
  const copy = await emptyLedger(t, 'acme.test');
  const [records, head] = await nextOf(log, copy.log, 5);
  const spoiled = (at: number, change: (record: StoredRecord) => StoredRecord): StoredRecord[] =>
    records.map((record, index) => (index === at ? change(record) : record));
  const flipped = (bytes: Uint8Array): Uint8Array => {
    const copied = Uint8Array.from(bytes);
    copied[copied.length - 1] = (copied.at(-1) ?? 0) ^ 1;
    return copied;
  };
  const codes: string[] = [];
  for (const wrong of [
    spoiled(3, (record) => ({ ...record, stored: flipped(record.stored) })),
    spoiled(2, (record) => ({ ...record, entry: flipped(record.entry) })),
    spoiled(1, (record) => ({ ...record, entry: record.entry.subarray(1) })),
    spoiled(0, () => records[1] as StoredRecord),
    records.slice(0, 4),
  ]) {
    const adopted = await copy.adopt(wrong, head);
    codes.push(adopted.ok ? 'taken' : adopted.refusal.code);
  }
  assert.deepEqual(codes, [
    'archive.damaged',
    'archive.damaged',
    'archive.damaged',
    'archive.damaged',
    'proof.invalid',
  ]);
  assert.equal(copy.log.size, 0);
  assert.deepEqual(await viewsOf(copy), []);
  valueOf(await copy.adopt(records, head));
  assert.equal(copy.log.size, 5);
});
