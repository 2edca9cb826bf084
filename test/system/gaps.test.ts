/** Gaps of people, partners, keys and what is kept: each is made, `chancery gaps` names it, its command is run, and it is gone. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { enrolNodeClient } from '../../client/adapters/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { readAgreement, signAgreement } from '../../protocol/statement/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { cliOf } from '../support/node-cli.ts';
import { policyOf } from '../support/retaining.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { joinClient } from '../support/test-client.ts';
import { federate, PERMISSIVE, startDns, startTestNode } from '../support/test-node.ts';
import { TestDevice } from '../support/test-device.ts';
import { until } from '../support/until.ts';
import { apply, DAY, laterBy, rule, world } from '../support/gap-world.ts';

test('certificates about to expire: the issuer, and the root in its two steps', async (t) => {
  const dns = await startDns('acme.test');
  t.after(() => dns.server.stop());
  const acme = await startTestNode(dns, 'acme.test', {}, Date.now() - 500 * DAY);
  t.after(() => acme.stop());
  const cli = await cliOf(t, acme);
  assert.equal((await cli.gap('certificate-expiring', 'issuer'))?.severity, 'critical');
  const root = await cli.gap('certificate-expiring', 'root');
  assert.equal(root?.severity, 'warning');
  const [program, ...words] = (await cli.gap('certificate-expiring', 'issuer'))?.mend.split(' ') ?? [];
  assert.equal(program, 'chancery');
  assert.equal((await cli.run(...words)).code, 0);
  await cli.gone('certificate-expiring', 'issuer');
  await cli.gone('certificate-expiring', 'statement');
  const prepared = JSON.parse(await cli.mend('certificate-expiring', '--json')) as {
    records: { name: string; value: string }[];
  };
  const { name } = prepared.records[0] ?? { name: '' };
  dns.tree.setTxt(
    name,
    prepared.records.map(({ value }) => value),
  );
  await cli.mend('certificate-expiring');
  await cli.gone('certificate-expiring');
});

test('devices: one out of rule, and one whose certificate runs out without being renewed', async (t) => {
  const at = await world(t, 'acme.test');
  let acme = await at.node('acme.test');
  const alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  const adam = await joinClient(acme, 'adam@acme.test', 'Adam');
  for (const each of [alice, adam]) await each.client.close();
  at.later(async () => alice[Symbol.asyncDispose]());
  at.later(async () => adam[Symbol.asyncDispose]());
  const clientVersion = { minimum: '99.0.0', evidence: 'self-reported' } as const;
  acme = await acme.restart({ devices: { ...PERMISSIVE, clientVersion } });
  at.later(() => acme.stop());
  const cli = await cliOf(t, acme);
  const found = await cli.gap('device-out-of-rule');
  assert.match(found?.text ?? '', /older than 99\.0\.0; update the client/);
  await cli.mend('device-out-of-rule');
  await cli.gone('device-out-of-rule', found?.subject ?? '');
  laterBy(t, 12 * DAY);
  await cli.mend('device-certificate-expiring');
  await cli.gone('device-certificate-expiring');
});

test('a member without enrolled device', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  await acme.operations['member.add']({ address: 'alice@acme.test', name: 'Alice', roles: ['member'] });
  const cli = await cliOf(t, acme);
  const said = await cli.mend('member-without-device', '--json');
  const { invitation } = JSON.parse(said) as { invitation: string };
  const home = await temporaryHome(t, 'member');
  await enrolNodeClient({ home: `${home.directory}-client`, invitation, label: 'laptop' });
  await cli.gone('member-without-device');
});

test('conversations with a partner that keeps them for less time', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  const [acme, partner] = [await at.node('acme.test'), await at.node('partner.test')];
  await federate(acme, partner);
  const bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  at.later(() => bob.stop());
  at.later(() => alice.stop());
  await alice.create('bob@partner.test');
  const cli = await cliOf(t, acme);
  const found = await cli.gap('partner-weaker-retention');
  assert.deepEqual(found?.affected, ['alice@acme.test, bob@partner.test']);
  await cli.mend('partner-weaker-retention');
  await cli.gone('partner-weaker-retention');
});

test('a partner whose archive was not compared with ours for long, or is not as ours', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  const [acme, partner] = [await at.node('acme.test'), await at.node('partner.test')];
  await federate(acme, partner);
  const { ledger } = acme.node.organisation;
  const cli = await cliOf(t, acme);
  const counts = { 'missing-there': 2, 'in-flight': 1 };
  // as it would be recorded where the partner had lost two
  const detail = { partner: 'partner.test', state: 'consistent', complete: true, compared: 3, counts };
  await ledger.administer('operator', 'archive.reconciled', JSON.stringify(detail));
  const found = await cli.gap('partner-archive-differs');
  assert.match(found?.text ?? '', /not as ours: 2 missing-there;/);
  for (const other of ['{', '7', '{"partner":"partner.test","failed":"node.unreachable"}'])
    await ledger.administer('operator', 'archive.reconciled', other);
  assert.ok((await cli.gap('partner-archive-differs')) !== undefined, 'an attempt is no comparison');
  await until('the partner', () => acme.node.links.state('partner.test')?.connected === true);
  await cli.mend('partner-archive-differs');
  await cli.gone('partner-archive-differs');
  assert.equal(await cli.gap('partner-not-compared'), undefined);
  laterBy(t, 31 * DAY);
  for (const { node } of [acme, partner]) await node.organisation.renew();
  await cli.mend('partner-not-compared');
  await cli.gone('partner-not-compared');
});

test('a partner of which nothing is heard, and whose roster is overdue', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  const [acme, partner] = [await at.node('acme.test'), await at.node('partner.test')];
  await federate(acme, partner);
  await until('a roster', () => acme.node.organisation.partners.roster('partner.test') !== undefined);
  await partner.node.stop();
  laterBy(t, 10 * DAY);
  const cli = await cliOf(t, acme);
  assert.equal((await cli.gap('partner-roster-overdue'))?.severity, 'critical');
  await cli.mend('partner-silent');
  await cli.gone('partner-silent');
  await cli.gone('partner-roster-overdue');
});

test('a partner whose domain has another root', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  const [acme, before] = [await at.node('acme.test'), await at.node('partner.test')];
  await federate(acme, before);
  await until('a roster', () => acme.node.organisation.partners.roster('partner.test') !== undefined);
  await before.node.stop();
  const partner = await at.node('partner.test');
  await partner.operations['partner.add']({
    domain: 'acme.test',
    rootId: acme.made.rootId,
    addresses: acme.node.host.addresses,
    shareDirectory: 'none',
  });
  const cli = await cliOf(t, acme);
  await cli.mend('partner-changed-root');
  await cli.gone('partner-changed-root');
});

test('an agreement about to end', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  const [acme, partner] = [await at.node('acme.test'), await at.node('partner.test')];
  await federate(acme, partner);
  const { partners, statementSigner } = acme.node.organisation;
  const { statement } = partners.agreement('partner.test') ?? { statement: new Uint8Array() };
  const terms = valueOf(readAgreement(statement));
  const until = Math.floor(Date.now() / 1000) + 10 * 86_400;
  valueOf(
    await partners.amend(
      'partner.test',
      statement,
      await signAgreement({ ...terms, until }, statementSigner),
    ),
  );
  const cli = await cliOf(t, acme);
  await cli.mend('agreement-ending');
  await cli.gone('agreement-ending');
});

test('disposition that is behind', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test', { retention: policyOf(0, 0) });
  const [alice, adam] = [
    await TestDevice.enrol(acme, 'alice@acme.test', 'Alice'),
    await TestDevice.enrol(acme, 'adam@acme.test', 'Adam'),
  ];
  at.later(() => alice.stop());
  at.later(() => adam.stop());
  const conversation = await alice.create('adam@acme.test');
  await alice.say(conversation, 'one');
  const cli = await cliOf(t, acme);
  assert.equal(await cli.gap('disposition-behind'), undefined, 'a day is granted');
  laterBy(t, 1.5 * DAY);
  await cli.mend('disposition-behind');
  await cli.gone('disposition-behind');
});

test('a backup that was never made, and keys without copy', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  const cli = await cliOf(t, acme, {
    isTerminal: true,
    askSecret: () => Promise.resolve('correct horse battery staple'),
  });
  assert.match((await cli.gap('backup-old'))?.text ?? '', /no backup of the archive was ever made/);
  await cli.mend('backup-old');
  await cli.gone('backup-old');
  laterBy(t, 8 * DAY);
  assert.match((await cli.gap('backup-old'))?.text ?? '', /the last backup is of/);
  await cli.mend('backup-old');
  await cli.gone('backup-old');
  assert.match((await cli.gap('key-not-copied'))?.mend ?? '', /key protect/);
  await cli.mend('key-not-copied');
  await cli.mend('key-not-copied');
  await cli.gone('key-not-copied');
  const { directory } = acme.settings.home;
  assert.ok((await readdir(`${directory}-keys`)).includes('statement.key'));
});

test('since when a gap is there stays the same over a restart of the node', async (t) => {
  const at = await world(t, 'acme.test');
  let acme = await at.node('acme.test');
  const since = async (): Promise<string | null | undefined> =>
    (await acme.operations.gaps({ severity: 'info' })).gaps.find(({ kind }) => kind === 'copy-missing')
      ?.since;
  const before = await since();
  assert.ok(typeof before === 'string');
  laterBy(t, DAY);
  acme = await acme.restart();
  at.later(() => acme.stop());
  assert.equal(await since(), before);
});

test('acts of oversight that nobody looked at', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  await acme.operations['member.add']({
    address: 'olive@acme.test',
    name: 'Olive',
    roles: ['member', 'compliance-officer'],
  });
  const cli = await cliOf(t, acme);
  assert.equal(await cli.gap('audit-unread'), undefined);
  laterBy(t, 31 * DAY);
  assert.equal((await cli.run('audit', '--kind', 'member')).code, 0);
  assert.ok(
    (await cli.gap('audit-unread')) !== undefined,
    'whoever looked for something else has not seen it',
  );
  await cli.mend('audit-unread');
  await cli.gone('audit-unread');
  const { size } = acme.node.organisation.log;
  assert.equal((await cli.run('audit')).code, 0);
  assert.equal(acme.node.organisation.log.size, size, 'a look where there is nothing new is not recorded');
});

test('metrics tell the gaps that were found, and what the policy decided', async (t) => {
  const port = await freePort();
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test', { metrics: { host: '127.0.0.1', port } });
  await apply(acme, rule('people', '{ direction: out, external: false }'));
  const [alice, adam] = [
    await TestDevice.enrol(acme, 'alice@acme.test', 'Alice'),
    await TestDevice.enrol(acme, 'adam@acme.test', 'Adam'),
  ];
  at.later(() => alice.stop());
  at.later(() => adam.stop());
  await assert.rejects(alice.create('adam@acme.test'));
  const { policing, log } = acme.node.organisation;
  await until('the decision', async () => (await policing.decisions.all(null, 1)).length === 1);
  await (await cliOf(t, acme)).gaps();
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n');
  assert.ok(lines.includes('chancery_gaps{kind="copy-missing",severity="info"} 1'), text);
  assert.ok(lines.includes('chancery_policy_decisions_total{rule="people",outcome="block"} 1'), text);
  assert.ok(lines.includes(`chancery_archive_entries ${log.size}`), text);
  assert.ok(lines.includes('chancery_devices_connected 2'), text);
});
