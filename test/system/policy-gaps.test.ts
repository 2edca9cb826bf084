/** Gaps of the policy, its rules and scanners: each is made, named, its printed command is run, and it is gone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { writeNewPolicy } from '../../node/policy/index.ts';
import { cliOf, wordsOf } from '../support/node-cli.ts';
import { CLAMD_COMMANDS, CLAMD_PACKAGES, startClamd } from '../support/malware-scanners.ts';
import { requireCommands } from '../support/requirements.ts';
import { TestDevice } from '../support/test-device.ts';
import { apply, bringUnreadable, rule, world } from '../support/gap-world.ts';

/** Somebody at the terminal who says yes. */
const SURE = { isTerminal: true, confirm: () => Promise.resolve(true) };

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
