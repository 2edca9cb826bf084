/** What an officer is told of messages that were disposed of: that they are gone, and everything of those that are not. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportFilesIn, exportFolder } from '../../client/adapters/index.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import type { Opened, Wanted } from '../../client/index.ts';
import { verifyExport } from '../../protocol/export/index.ts';
import { policyOf } from '../support/retaining.ts';
import { joinClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode } from '../support/test-node.ts';

const GROUNDS = { purpose: 'complaint of 4 May', case: '2026-17' };

test('C6, C7: an officer finds, opens and exports beside what was disposed of, and is told what is gone', async (t) => {
  const dns = await startDns('acme.test');
  const acme = await startTestNode(dns, 'acme.test', { retention: policyOf(0, 0) });
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  await (await TestDevice.enrol(acme, 'bob@acme.test', 'Bob')).stop();
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
  await alice.say(conversation, 'long gone');
  const { archive, exporter } = carol.client;
  const before = (await archive.find({}, GROUNDS)).messages.map(({ sequence }) => sequence);
  assert.equal(before.length, 2);
  const { disposed } = await acme.node.organisation.retaining.retention.look();
  assert.equal(disposed, 2);
  await alice.say(conversation, 'still here');
  const kinds = async (sought: Wanted): Promise<[string[], readonly number[]]> => {
    const { messages, damaged } = await archive.find(sought, GROUNDS);
    return [messages.map(({ kind }) => kind), damaged];
  };
  assert.deepEqual(await kinds({ person: 'alice@acme.test' }), [['text'], []]);
  // that a conversation was begun is kept for as long as there is one, and no longer by whom
  assert.deepEqual(await kinds({}), [['text', 'create'], []]);
  const opened: Opened[] = [];
  for await (const one of archive.open(before, GROUNDS)) opened.push(one);
  assert.deepEqual(
    opened.map((one) => one.state === 'withheld' && one.code),
    ['archive.disposed', 'archive.disposed'],
  );
  const folder = join(above, 'export');
  const { messages, withheld } = await exporter.export({}, GROUNDS, exportFolder(folder));
  assert.deepEqual([messages, withheld.map(({ code }) => code)], [1, ['archive.disposed']]);
  assert.deepEqual((await verifyExport(exportFilesIn(folder), nodeSuite)).findings, []);
});
