/** How long an export of many messages takes: told, not asserted, as it is another figure on every machine. */
import assert from 'node:assert/strict';
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { exportFilesIn, exportFolder } from '../../client/adapters/index.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { verifyExport } from '../../protocol/export/index.ts';
import { joinClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode } from '../support/test-node.ts';

/** Messages exported: 10,000 are to take at most a minute; a few keep the gate short. */
const MESSAGES = Number(process.env['CHANCERY_EXPORT_MESSAGES'] ?? 500);

/** Messages that a device hands in at once. */
const BUNDLE = 50;

test('C4: many messages are exported whole, and how long it takes is told', async (t) => {
  const dns = await startDns('acme.test');
  const acme = await startTestNode(dns, 'acme.test');
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const bob = await TestDevice.enrol(acme, 'bob@acme.test', 'Bob');
  await bob.stop();
  const roles = ['member', 'compliance-officer'] as const;
  await acme.operations['member.add']({ address: 'carol@acme.test', name: 'Carol', roles: [...roles] });
  const carol = await joinClient(acme, 'carol@acme.test', 'Carol');
  const above = await mkdtemp(join(tmpdir(), 'chancery-export-'));
  t.after(async () => {
    await carol[Symbol.asyncDispose]();
    await alice.stop();
    await acme.stop();
    await dns.server.stop();
    await rm(above, { recursive: true, force: true });
  });
  const conversation = await alice.create('bob@acme.test');
  for (let from = 1; from < MESSAGES; from += BUNDLE) {
    const texts = Array.from(
      { length: Math.min(BUNDLE, MESSAGES - from) },
      (_, at) => `message ${from + at}`,
    );
    const envelopes = await Promise.all(
      texts.map((text) => alice.sign({ kind: 'text', text }, { conversation })),
    );
    await alice.submit(...envelopes);
  }
  const folder = join(above, 'export');
  const began = performance.now();
  const grounds = { purpose: 'yearly audit', case: '' };
  const { messages, withheld } = await carol.client.exporter.export({}, grounds, exportFolder(folder));
  const exported = performance.now();
  const { findings } = await verifyExport(exportFilesIn(folder), nodeSuite);
  const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
  t.diagnostic(
    `${messages} messages exported in ${seconds(exported - began)} s, verified in ${seconds(performance.now() - exported)} s`,
  );
  assert.deepEqual([messages, withheld, findings], [MESSAGES, [], []]);
});
