/** Gaps: of each kind one is made, `chancery gaps` names it, the command that it prints is run, and it is gone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { enrolNodeClient } from '../../client/adapters/index.ts';
import { startArchiveNode } from '../../node/composition/index.ts';
import { fact } from '../../node/ledger/index.ts';
import { operationsOfArchive, type Operations } from '../../node/operations/index.ts';
import { writeNewPolicy } from '../../node/policy/index.ts';
import { reindexHome } from '../../node/reindex.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { readAgreement, signAgreement } from '../../protocol/statement/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { makeFile, sendFile, upload } from '../support/files.ts';
import { startGateway } from '../support/test-gateway.ts';
import { cliOf, wordsOf } from '../support/node-cli.ts';
import { CLAMD_COMMANDS, CLAMD_PACKAGES, startClamd } from '../support/malware-scanners.ts';
import { requireCommands } from '../support/requirements.ts';
import { policyOf } from '../support/retaining.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { joinClient } from '../support/test-client.ts';
import { federate, PERMISSIVE, startDns, startTestNode, type TestNode } from '../support/test-node.ts';
import { TestDevice } from '../support/test-device.ts';
import { TestReplica } from '../support/test-replica.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;

interface World {
  readonly node: (
    domain: string,
    change?: Partial<TestNode['settings']>,
    created?: number,
  ) => Promise<TestNode>;
  readonly later: (end: () => Promise<unknown>) => void;
}

/** Domains whose nodes are stopped with the test, however that ends. */
async function world(t: TestContext, ...domains: string[]): Promise<World> {
  const dns = await startDns(...domains);
  const ends: (() => Promise<unknown>)[] = [() => dns.server.stop()];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  return {
    async node(domain, change = {}, created = Date.now()) {
      const node = await startTestNode(dns, domain, change, created);
      ends.push(() => node.stop());
      return node;
    },
    later: (end) => ends.push(end),
  };
}

/** From now on it is so many milliseconds later, for everybody in this process. */
function laterBy(t: TestContext, milliseconds: number): void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + milliseconds });
}

async function apply({ node }: TestNode, text: string): Promise<void> {
  const bringing = { actor: 'operator', reason: 'test' };
  valueOf(await node.organisation.policing.desk.apply(text, 'policy.yaml', bringing));
}

function rule(id: string, when: string, more = ''): string {
  return `version: 1\nrules:\n  - id: ${id}\n    reason: Because.\n    when: ${when}\n    then: block\n${more}`;
}

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

/** Somebody at the terminal who says yes. */
const SURE = { isTerminal: true, confirm: () => Promise.resolve(true) };

/** Of a version that this program does not know: a newer one wrote it. */
async function bringUnreadable({ node: { organisation } }: TestNode, text: string): Promise<void> {
  const number = organisation.policing.policies.number + 1;
  await organisation.ledger.append([fact('policy', { number, text, actor: 'operator', reason: 'newer' })]);
}

test('no policy in force: the one that is shipped, or the file that init wrote, is brought into force', async (t) => {
  const at = await world(t, 'acme.test', 'partner.test');
  for (const domain of ['acme.test', 'partner.test']) {
    const acme = await at.node(domain);
    const { directory } = acme.settings.home;
    if (domain === 'partner.test') await writeNewPolicy(directory, '# ours\nversion: 1\nrules: []\n');
    const cli = await cliOf(t, acme, SURE);
    assert.equal((await cli.gap('no-policy'))?.severity, 'critical');
    await cli.mend('no-policy');
    await cli.gone('no-policy');
    const { text } = acme.node.organisation.policing.policies.record ?? { text: '' };
    assert.match(text, domain === 'partner.test' ? /^# ours/ : /cards-outside/);
  }
});

test('a policy that this node cannot read stops all, and is replaced by the newest that it can', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  await apply(acme, rule('people', '{ direction: out, external: true }'));
  await bringUnreadable(acme, 'version: 2\nrules: []\n');
  const cli = await cliOf(t, acme, SURE);
  const gap = await cli.gap('policy-unreadable');
  assert.equal(gap?.severity, 'critical');
  assert.match(gap.text, /cannot be read/);
  assert.equal(await cli.gap('not-looked-at'), undefined, 'it is named for what it is');
  await cli.mend('policy-unreadable');
  await cli.gone('policy-unreadable');
  const { policies } = acme.node.organisation.policing;
  assert.deepEqual([policies.number, policies.current?.document.rules[0]?.id], [3, 'people']);

  const four = 'version: 2\nfourEyes: true\nrules: []\n';
  for (const text of [four, four.replace('true', '{ of: 3 }'), '- what', 'a: [']) {
    await bringUnreadable(acme, text);
    const [program, ...words] = ((await cli.gap('policy-unreadable'))?.mend ?? '').split(' ');
    assert.deepEqual([program, ...words], ['chancery', 'policy', 'show', '3', '--to', '.'], text);
    const refused = await cli.run('policy', 'apply', '--past', '3', '--by', 'operator', '--reason', 'r');
    assert.match(refused.err, /approval\.required/, 'an older program is no way round two officers');
  }
});

test('rules that are off, that nobody saw bite, and that do not bite', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  const cli = await cliOf(t, acme, SURE);
  const cards = rule(
    'cards',
    '{ direction: out, contains: [{ detector: payment-card }] }',
    '    on: false # for now\n',
  );
  await apply(acme, cards);
  assert.equal((await cli.gap('rule-off', 'cards'))?.severity, 'info');
  await cli.mend('rule-off');
  await cli.gone('rule-off');
  const { record } = acme.node.organisation.policing.policies;
  assert.match(record?.text ?? '', /on: true # for now/);

  const before = acme.node.organisation.log.size;
  await cli.mend('rule-unproven');
  await cli.gone('rule-unproven');
  const { log, policing } = acme.node.organisation;
  const kinds = Array.from({ length: log.size - before }, (_, at) => log.entry(before + at)?.kind);
  assert.deepEqual(kinds, ['canary'], 'a trial is no message and no decision');
  assert.deepEqual(await policing.decisions.all(null, 10), []);

  await apply(acme, rule('cards', '{ direction: out, contains: [{ detector: email, kinds: [work] }] }'));
  assert.equal((await cli.run('gaps', 'canary')).code, 1);
  assert.equal((await cli.run('gaps')).code, 1, 'a critical gap');
  const status = await acme.operations.status({});
  assert.ok(status.alarms.some(({ code, message }) => code === 'gaps.critical' && message.includes('cards')));
  assert.equal((await cli.gap('rule-not-biting'))?.severity, 'critical');
  assert.equal((await cli.run('gaps', 'canary', '--rule', 'cards')).code, 1, 'it still does not');
  await cli.mend('rule-not-biting');
  await cli.gone('rule-not-biting');
  assert.equal(policing.policies.record?.text, record?.text, 'back to the policy in which it bit');
  await cli.mend('rule-unproven');
  await cli.gone('rule-unproven');
});

test('a decision under an older wording of a rule, or by one detector of several, is no evidence', async (t) => {
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test');
  const cli = await cliOf(t, acme);
  const [alice, adam] = [
    await TestDevice.enrol(acme, 'alice@acme.test', 'Alice'),
    await TestDevice.enrol(acme, 'adam@acme.test', 'Adam'),
  ];
  at.later(() => alice.stop());
  at.later(() => adam.stop());
  await apply(acme, rule('inside', '{ direction: out, external: false }'));
  await assert.rejects(alice.create('adam@acme.test'));
  await cli.gone('rule-unproven');
  const since = acme.node.organisation.log.entry(acme.node.organisation.log.size - 1)?.time ?? 0;
  await apply(acme, rule('inside', '{ direction: out, external: false }', '  # as before\n'));
  assert.equal(await cli.gap('rule-unproven'), undefined, 'another policy with the same rule');
  await apply(acme, rule('inside', '{ direction: out, external: false, conversation: direct }'));
  const gap = await cli.gap('rule-unproven');
  assert.ok(Date.parse(gap?.since ?? '') >= since, 'it says this from now on');
  await cli.mend('rule-unproven');
  await cli.gone('rule-unproven');
});

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

test('a scanner that finds no malware, and so a rule about it that cannot bite', async (t) => {
  if (!requireCommands(t, CLAMD_COMMANDS, CLAMD_PACKAGES)) return;
  const clamd = await startClamd(1_000_000);
  t.after(() => clamd.stop());
  let isUp = false;
  const way = createServer((client) => {
    if (!isUp) return void client.destroy();
    const scanner = connect(clamd.path);
    client.on('error', () => scanner.destroy()).pipe(scanner);
    scanner.on('error', () => client.destroy()).pipe(client);
  });
  await once(way.listen(0, '127.0.0.1'), 'listening');
  t.after(() => way.close());
  const { port } = way.address() as AddressInfo;
  const at = await world(t, 'acme.test');
  const acme = await at.node('acme.test', {
    scanners: [{ name: 'clamd', clamd: { host: '127.0.0.1', port } }],
  });
  await apply(acme, rule('malware', '{ attachment: { is: [infected] } }'));
  const cli = await cliOf(t, acme);
  const found = await cli.gap('scanner-blind', 'clamd');
  assert.equal(found?.severity, 'critical');
  assert.equal((await cli.run('gaps', 'canary')).code, 1);
  assert.match((await cli.gap('rule-not-biting', 'malware'))?.text ?? '', /scanner clamd/);
  isUp = true;
  assert.equal((await cli.run(...wordsOf(found.mend).slice(1))).code, 0);
  await cli.gone('scanner-blind');
  await cli.gone('rule-not-biting');
  assert.equal(await cli.gap('rule-unproven'), undefined);
});

/** Changes one byte of a row of a stopped node's archive. */
async function spoil({ archiveLocation }: TestNode['settings'], key: Uint8Array): Promise<void> {
  const views = { keyEncoding: 'view', valueEncoding: 'view' } as const;
  const database = new ClassicLevel<Uint8Array, Uint8Array>(archiveLocation, views);
  const value = await database.get(key);
  assert.ok(value !== undefined);
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
