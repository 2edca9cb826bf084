/** A primary whose archive was restored from an older backup has the rest from its replica, before it appends anything. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findRestored } from '../../node/composition/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { restoreFromBackup } from '../support/restored.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { TestReplica } from '../support/test-replica.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-refill-'));
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test', { listen: [`/ip4/127.0.0.1/tcp/${await freePort()}`] });
});

after(async () => {
  await acme.stop();
  await dns.server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('what is younger than the backup comes back from the replica, identical', async (t) => {
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  await TestDevice.enrol(acme, 'carol@acme.test', 'Carol').then((carol) => carol.stop());
  const id = await alice.create('carol@acme.test');
  const replica = await TestReplica.join(acme);
  t.after(() => replica.remove());
  const backup = join(folder, 'backup');
  const { size } = await acme.operations.backup({ directory: backup, keys: false, from: 0 });
  for (let at = 0; at < 40; at += 1) await alice.say(id, `message ${at} ${'.'.repeat(30_000)}`);
  await alice.stop();
  const { log } = acme.node.organisation;
  await until('the replica holds all', () => replica.size === log.size);
  await acme.node.stop();
  const lost = log.head;
  assert.ok(lost.size >= size + 40);

  await restoreFromBackup(acme.settings, backup);
  const records = replica.replica!.ledger.log;
  acme = await acme.restart();
  const restored = acme.node.organisation.log;
  assert.equal(restored.stopped, undefined);
  assert.ok(restored.size >= lost.size);
  assert.deepEqual(restored.rootAt(lost.size), lost.root);
  assert.deepEqual((await restored.verify()).findings, []);
  assert.equal(await findRestored(acme.settings.archiveLocation), undefined);
  await until('the replica follows again', () => records.size === restored.size);
  assert.deepEqual(records.head.root, restored.head.root);
});
