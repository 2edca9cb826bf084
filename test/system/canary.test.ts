/** Canaries: a test message through each control of a policy that decides, which bites; and nothing of it is left. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SAMPLES } from '../../node/gaps/canary/samples.ts';
import type { OperationOutput } from '../../node/operations/contract.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

let dns: TestDns;
let acme: TestNode;

before(async () => {
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  for (const name of ['alice', 'ada'])
    await acme.operations['member.add']({ address: `${name}@acme.test`, name, roles: ['member'] });
});

after(async () => {
  await acme.stop();
  await dns.server.stop();
});

const DEFINITIONS = `
seed: a-seed-for-samples
groups: { trading: [alice@acme.test], research: [ada@acme.test, 'domain:research.test'], others: ['group:trading'] }
lexicons: { offers: { version: 1, words: [guaranteed] } }
patterns: { endless: '(?:\\w|[a-z]){40}\\B-', project: '^project (kestrel|osprey)$', class: '\\d{3}-[a-f]{2}', greek: '\\p{Greek}+' }
lists: { elsewhere: ['*.rival.test'] }
`;

/** The conditions of rules, each in the braces of YAML. */
async function tried(...conditions: string[]): Promise<OperationOutput<'gaps.canary'>['results']> {
  const rules = conditions.map(
    (when, at) => `  - { id: rule-${at}, reason: Because., when: ${when}, then: block }\n`,
  );
  const text = `version: 1\n${DEFINITIONS}\nrules:\n${rules.join('')}`;
  const bringing = { actor: 'operator', reason: 'test' };
  valueOf(await acme.node.organisation.policing.desk.apply(text, 'policy.yaml', bringing));
  return (await acme.operations['gaps.canary']({})).results;
}

/** Each bites, and nothing is left of it but that it was tried. */
async function bite(...conditions: string[]): Promise<void> {
  const results = await tried(...conditions);
  for (const [at, { outcome, detail }] of results.entries())
    assert.equal(outcome, 'bit', `${conditions[at]}: ${detail}`);
  assert.equal(results.length, conditions.length);
  const { policing, log } = acme.node.organisation;
  assert.deepEqual(await policing.decisions.all(null, 10), []);
  const kinds = Array.from({ length: log.size }, (_, at) => log.entry(at)?.kind);
  assert.ok(!kinds.includes('message'));
}

test('what a message says: numbers, words and patterns', async () => {
  await bite(
    '{ direction: out, contains: [{ detector: payment-card }] }',
    '{ contains: [{ detector: payment-card, kinds: [visa], atLeast: 3 }] }',
    '{ contains: [{ lexicon: offers }, { pattern: project }, { pattern: class }] }',
  );
});

test('every detector, and every kind of which there is a sample', async () => {
  const kinds = Object.entries(SAMPLES).flatMap(([detector, samples]) => [
    `{ direction: out, contains: [{ detector: ${detector} }] }`,
    ...Object.keys(samples.kinds ?? {}).map(
      (kind) => `{ direction: out, contains: [{ detector: ${detector}, kinds: [${kind}] }] }`,
    ),
  ]);
  await bite(...kinds);
});

test('links by where they lead and what they hide, and senders who imitate', async () => {
  await bite(
    '{ link: {} }',
    '{ direction: out, link: { is: [any, mismatched, deceptive, lookalike] } }',
    '{ link: { list: elsewhere } }',
    '{ link: { is: [mismatched], list: elsewhere } }',
    '{ imitates: [domain] }',
    '{ direction: in, imitates: [domain, name] }',
  );
});

test('who takes part: people, groups, roles, barriers, levels and first contacts', async () => {
  await bite(
    '{ direction: out, external: true }',
    '{ direction: out, external: false }',
    '{ from: [alice@acme.test] }',
    "{ direction: in, from: ['domain:rival.test'], to: ['role:director'] }",
    "{ from: ['group:others'], to: ['group:research'] }",
    '{ between: [trading, research] }',
    '{ levelBelow: dnssec }',
    '{ direction: in, firstContact: true }',
    '{ direction: out, firstContact: false, to: [external] }',
    '{ direction: out, conversation: direct }',
    '{ direction: in, conversation: group }',
  );
});

test('files by their names, types, sizes and states', async () => {
  await bite(
    '{ attachment: {} }',
    "{ attachment: { names: ['*.exe'], types: ['application/*'], largerThan: 5000000 } }",
    '{ direction: in, attachment: { is: [infected, encrypted, risky] } }',
  );
  const [malware] = await tried('{ attachment: { is: [infected] } }');
  assert.equal(malware?.outcome, 'unmade', 'nothing here would find any');
  assert.match(malware.detail, /no scanner is set up/);
});

test('times and samples', async () => {
  await bite(
    // one of these two is not met now, whenever that is
    '{ direction: out, outside: { days: mon-sun, hours: "00:00-12:00", zone: UTC } }',
    '{ direction: out, outside: { days: mon-sun, hours: "12:00-24:00", zone: UTC } }',
    '{ direction: out, outside: { days: mon-fri, hours: "07:00-20:00", zone: Europe/Berlin } }',
    '{ direction: out, sample: 0.05 }',
  );
});

test('a rule that cannot be met misses, and is not taken for one that cannot be tried', async () => {
  const [missed, unmade, whole, endless] = await tried(
    '{ direction: out, contains: [{ detector: email, kinds: [work] }] }',
    '{ contains: [{ pattern: greek }] }',
    '{ direction: out, outside: { days: mon-sun, hours: "00:00-24:00", zone: UTC } }',
    '{ contains: [{ pattern: endless }] }',
  );
  assert.match(
    endless?.detail ?? '',
    /no example of pattern endless/,
    'an engine that never ends holds up nobody',
  );
  assert.deepEqual(missed, { rule: 'rule-0', outcome: 'missed', detail: 'on the way out, email' });
  assert.deepEqual(unmade?.outcome, 'unmade');
  assert.match(unmade.detail, /no example of pattern greek/);
  assert.match(whole?.detail ?? '', /no time outside/);
});

test('a message that the rule excepts accuses nobody, and a sample that is too rare neither', async () => {
  const text = `version: 1\nseed: a-seed-for-samples\nrules:
  - { id: excepted, reason: R., when: { direction: out }, unless: { external: true }, then: flag }
  - { id: rare, reason: R., when: { direction: out, sample: 0.0000001 }, then: flag }\n`;
  const bringing = { actor: 'operator', reason: 'test' };
  valueOf(await acme.node.organisation.policing.desk.apply(text, 'policy.yaml', bringing));
  const { results } = await acme.operations['gaps.canary']({});
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['unmade', 'unmade'],
  );
});

test('what is tried is the rule as it is worded: of another wording the trial says nothing', async () => {
  const rule = (words: string): string =>
    `version: 1\nlexicons: { w: { version: 1, words: [${words}] } }\nrules:
  - { id: words, reason: R., when: { contains: [{ lexicon: w }] }, then: flag }\n`;
  const { desk } = acme.node.organisation.policing;
  const bringing = { actor: 'operator', reason: 'test' };
  const isProven = async (): Promise<boolean> => {
    const { gaps } = await acme.operations.gaps({ severity: 'info' });
    return !gaps.some(({ kind, subject }) => kind === 'rule-unproven' && subject === 'words');
  };
  valueOf(await desk.apply(rule('one'), 'policy.yaml', bringing));
  await acme.operations['gaps.canary']({ rule: 'words' });
  assert.equal(await isProven(), true);
  valueOf(await desk.apply(rule('two'), 'policy.yaml', bringing));
  assert.equal(await isProven(), false);
});

test('a rule that is off, or unknown, is not tried', async () => {
  const text =
    'version: 1\nrules: [{ id: off, reason: R., when: { direction: out }, then: flag, on: false }]\n';
  const bringing = { actor: 'operator', reason: 'test' };
  valueOf(await acme.node.organisation.policing.desk.apply(text, 'policy.yaml', bringing));
  for (const rule of ['off', 'unknown'])
    await assert.rejects(acme.operations['gaps.canary']({ rule }), { code: 'request.invalid' });
  await assert.rejects(acme.operations['gaps.enable']({ rule: 'unknown', reason: 'r' }), {
    code: 'request.invalid',
  });
});
