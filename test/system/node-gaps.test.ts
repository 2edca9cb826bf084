/** Gaps of the other nodes and of the archive itself: each is made, named, its printed command is run, and it is gone. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Level } from 'level';
import { startArchiveNode } from '../../node/composition/index.ts';
import { operationsOfArchive, type Operations } from '../../node/operations/index.ts';
import { reindexHome } from '../../node/reindex.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { makeFile, sendFile, upload } from '../support/files.ts';
import { startGateway } from '../support/test-gateway.ts';
import { cliOf, wordsOf } from '../support/node-cli.ts';
import { type TestNode } from '../support/test-node.ts';
import { TestDevice } from '../support/test-device.ts';
import { TestReplica } from '../support/test-replica.ts';
import { until } from '../support/until.ts';
import { apply, bringUnreadable, laterBy, rule, world } from '../support/gap-world.ts';

test('the only copy of the archive, a replica that is away, and one that lacks the policy in force', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  const cli = await cliOf(t, acme);
  const said = await cli.mend('copy-missing', '--json');
  const { invitation } = JSON.parse(said) as { invitation: string };
  const replica = await TestReplica.join(acme, invitation);
  at.later(() => replica.remove());
  await until('the replica to follow', () => replica.size === acme.node.organisation.log.size);
  await cli.gone('copy-missing');
  await replica.stop();
  await apply(acme, rule('people', '{ direction: out, external: true }'));
  laterBy(t, 15 * 60_000);
  assert.equal((await cli.gap('policy-differs'))?.severity, 'warning');
  await cli.mend('replica-away');
  await cli.gone('replica-away');
  await cli.gone('policy-differs');
});

test('a replica that is here and does not hold what it should, and a gateway that is away', async (t) => {
  const at = await world(t, 'acme.test');
  const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  const acme = await at.node('acme.test', { listen });
  const { log, primary } = acme.node.organisation;
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const adam = await TestDevice.enrol(acme, 'adam@acme.test', 'Adam');
  at.later(() => alice.stop());
  at.later(() => adam.stop());
  const replica = await TestReplica.join(acme);
  at.later(() => replica.remove());
  await until('the replica to follow', () => replica.size === log.size);
  await rm(replica.settings.attachmentsLocation, { recursive: true });
  await writeFile(replica.settings.attachmentsLocation, 'what a full disk does');
  const made = makeFile(2_000);
  const conversation = await alice.create('adam@acme.test');
  assert.equal(await upload(alice, made), 'whole');
  assert.equal((await sendFile(alice, conversation, made.file)).code, 'archived');
  await until('the log to be there', () => replica.size === log.size);
  const gateway = await startGateway(acme);
  const { peerId } = acme.node.host;
  await until('the gateway to be here', () =>
    acme.node.host.peers.some(({ id }) => id === gateway.host.peerId),
  );
  const cli = await cliOf(t, acme);
  assert.equal(await cli.gap('copy-behind'), undefined, 'it may take a while');
  assert.equal(await cli.gap('gateway-away'), undefined);
  await gateway.stop();
  laterBy(t, 15 * 60_000);
  const found = await cli.gap('copy-behind');
  assert.equal(found?.subject, primary.replicas(peerId)[0]?.peer);
  assert.match(found?.evidence ?? '', /it holds \d+ of \d+ entries with their files/);
  await cli.mend('copy-behind');
  await cli.gone('copy-behind');
  assert.equal((await cli.gap('gateway-away'))?.severity, 'warning');
  await cli.mend('gateway-away');
  await cli.gone('gateway-away');
});

test('a policy that a replica lacks: taking it off the roster mends it', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  const replica = await TestReplica.join(acme);
  at.later(() => replica.remove());
  await until('the replica to follow', () => replica.size === acme.node.organisation.log.size);
  const cli = await cliOf(t, acme);
  await apply(acme, rule('people', '{ direction: out, external: true }'));
  await until('the policy to be there', () => replica.size === acme.node.organisation.log.size);
  laterBy(t, 2 * 60_000);
  assert.equal(await cli.gap('policy-differs'), undefined);
  await bringUnreadable(acme, 'version: 2\nrules: []\n');
  await until('that as well', () => replica.size === acme.node.organisation.log.size);
  t.mock.timers.setTime(Date.now() + 2 * 60_000);
  const told = await cli.gap('policy-differs');
  assert.match(told?.text ?? '', /cannot read the policy in force: it runs test/);
  assert.match(told?.evidence ?? '', /asked, it told policy 2/);
  await replica.stop();
  await apply(acme, rule('others', '{ direction: out, external: true }'));
  t.mock.timers.setTime(Date.now() + 2 * 60_000);
  await cli.mend('policy-differs');
  await cli.gone('policy-differs');
});

/** Changes one byte of a row of a stopped node's archive. */
async function spoil({ archiveLocation }: TestNode['settings'], key: Uint8Array): Promise<void> {
  const views = { keyEncoding: 'view', valueEncoding: 'view' } as const;
  const database = new Level<Uint8Array, Uint8Array>(archiveLocation, views);
  const value = await database.get(key);
  value[value.length - 1]! ^= 1;
  await database.put(key, value);
  await database.close();
}

test('what cannot be looked at, since a view of the archive was changed: the views are made anew', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  const { settings } = acme;
  await apply(acme, rule('people', '{ direction: out, external: true }'));
  await acme.operations['gaps.canary']({});
  const key = acme.node.organisation.ledger.keys.ruleTrial('people');
  let { node } = acme;
  const operations: Operations = {
    ...acme.operations,
    gaps: (input) => operationsOfArchive(node).gaps(input),
  };
  const cli = await cliOf(t, { ...acme, operations }, {}, { reindex: reindexHome });
  await writeFile(
    join(settings.home.directory, 'chancery.yaml'),
    'version: 1\ndomain: acme.test\nroles: [gateway, archive]\n',
  );
  await node.stop();
  await spoil(settings, key);
  node = await startArchiveNode(settings);

  const found = await cli.gap('not-looked-at');
  assert.deepEqual([found?.severity, found?.subject], ['critical', 'rules']);
  assert.ok((await cli.gap('copy-missing')) !== undefined, 'all else is looked at');
  await node.stop();
  const [program, ...words] = wordsOf(found?.mend ?? '');
  assert.equal(program, 'chancery');
  const { code, err } = await cli.run(...words);
  assert.equal(code, 0, err);
  node = await startArchiveNode(settings);
  await cli.gone('not-looked-at');
  assert.equal(await cli.gap('rule-unproven'), undefined, 'the trial is found again');
  await node.stop();
  await rm(settings.home.directory, { recursive: true, force: true });
});
