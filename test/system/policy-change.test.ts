/** How a policy comes into force and what is known before it does: plan, simulation, apply and history, and what takes two officers. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openNodeClient } from '../../client/adapters/index.ts';
import { runProgram } from '../../client/chat/program.ts';
import type { OperationInput, OperationOutput } from '../../node/operations/contract.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { cliOf } from '../support/node-cli.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const EMPTY = '# nothing yet\nversion: 1\nrules: []\n';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestClient;
let adam: TestClient;
let bob: TestClient;
let olive: TestClient;
let oscar: TestClient;

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  adam = await joinClient(acme, 'adam@acme.test', 'Adam');
  bob = await joinClient(partner, 'bob@partner.test', 'Bob');
  for (const name of ['olive', 'oscar'])
    await acme.operations['member.add']({
      address: `${name}@acme.test`,
      name,
      roles: ['member', 'compliance-officer'],
    });
  olive = await joinClient(acme, 'olive@acme.test', 'Olive');
  oscar = await joinClient(acme, 'oscar@acme.test', 'Oscar');
});

after(async () => {
  for (const each of [alice, adam, bob, olive, oscar]) await each[Symbol.asyncDispose]();
  for (const each of [acme, partner]) await each.stop();
  await dns.server.stop();
});

const WORDS = 'lexicons: { birds: { version: 1, words: [plover] } }\n';

function policyOf(...rules: readonly string[]): string {
  const listed = rules.map((rule) => `  - ${rule}\n`).join('');
  return `version: 1\n${WORDS}rules:\n${listed}`;
}

function rule(id: string, when: string, then: string): string {
  return `{ id: ${id}, reason: Because., when: { ${when} }, then: ${then} }`;
}

const PLOVERS = 'contains: [{ lexicon: birds }]';

function apply(
  text: string,
  more: Partial<Pick<OperationInput<'policy.apply'>, 'actor' | 'reason' | 'replaces'>> = {},
) {
  return acme.operations['policy.apply']({
    ...{ text, name: 'policy.yaml', actor: 'operator', reason: 'test' },
    ...more,
  });
}

const plan = (text: string): Promise<OperationOutput<'policy.plan'>> =>
  acme.operations['policy.plan']({ text, name: 'policy.yaml' });

async function say(by: TestClient, conversation: string, text: string): Promise<number> {
  const { id, sent } = await by.client.send(conversation, text);
  assert.equal((await sent).state, 'archived');
  const { messages } = acme.node.organisation;
  return until('its entry', () => Promise.resolve(messages.position(Buffer.from(id, 'hex'))));
}

async function simulate(text: string, actor = 'olive@acme.test') {
  const input = { text, name: 'policy.yaml', days: 1, purpose: 'before the change', actor };
  let step = await acme.operations['policy.simulate'](input);
  while (step.outcome === null)
    step = await acme.operations['policy.simulate']({ ...input, run: step.run ?? undefined });
  return step.outcome;
}

async function group(...members: string[]): Promise<string> {
  const { id, sent } = await alice.client.createConversation({ type: 'group', title: 'Quay', members });
  assert.equal((await sent).state, 'archived');
  return id;
}

test('a plan tells whom each changed rule is about, and changes nothing', async () => {
  await apply(EMPTY);
  await group('adam@acme.test', 'bob@partner.test');
  const { size } = acme.node.organisation.log;
  const out = rule(
    'birds-out',
    `direction: out, external: true, from: [alice@acme.test], ${PLOVERS}`,
    'block',
  );
  const none = rule('nobody', `direction: out, from: [role:trader], ${PLOVERS}`, 'hold');
  const { concerns, takesTwo, replaces } = await plan(policyOf(out, none));
  assert.deepEqual([takesTwo, replaces], [false, 1]);
  const [first, second] = concerns;
  assert.deepEqual(
    [first?.rule, first?.change, first?.members, first?.partners, first?.conversations],
    [
      'birds-out',
      'added',
      { count: 1, first: ['alice@acme.test'] },
      { count: 1, first: ['partner.test'] },
      1,
    ],
  );
  assert.match(first?.text ?? '', /^new rule birds-out blocks what 1 member \(alice@acme\.test\) write/);
  assert.deepEqual([second?.members.count, second?.conversations], [0, 0]);
  assert.equal(acme.node.organisation.log.size, size);
});

test('a plan says in a sentence what is other than it was, and of whom', async () => {
  await apply(policyOf(rule('birds', `direction: out, ${PLOVERS}`, 'block')));
  const { concerns } = await plan(
    policyOf(rule('birds', `direction: out, external: true, ${PLOVERS}`, 'hold')),
  );
  assert.match(
    concerns[0]?.text ?? '',
    /^changed rule birds holds for a review what all \d members write, in .* \(then: block → hold; when.external: none → true\)$/,
  );
  await apply(EMPTY);
});

test('what is broken never replaces what is good, and what was planned against another policy does not come into force', async () => {
  const good = policyOf(rule('birds', PLOVERS, 'flag'));
  const { number } = await apply(good);
  await assert.rejects(apply('version: 1\nrules: [{ id: x }]\n'), { code: 'policy.invalid' });
  await assert.rejects(apply(policyOf(rule('birds', 'contains: [{ lexicon: bats }]', 'flag'))), {
    code: 'policy.invalid',
    message: /^policy\.yaml:4:\d+ rule birds: there is no lexicon bats/,
  });
  await assert.rejects(apply(EMPTY, { replaces: number - 1 }), { code: 'policy.changed' });
  await assert.rejects(apply(EMPTY, { actor: 'nobody@acme.test' }), { code: 'member.unknown' });
  await assert.rejects(apply(good), { code: 'request.invalid' });
  assert.equal((await acme.operations['policy.show']({})).text, good);
});

test('every policy stays as it was written, with who brought it and why, and any two are compared', async () => {
  const text = `# birds are shy\n${policyOf(rule('birds', PLOVERS, 'hold'))}`;
  const { number } = await apply(text, { actor: 'olive@acme.test', reason: 'decided on 2 June' });
  const { policies } = await acme.operations['policy.history']({ limit: 2 });
  assert.deepEqual(
    policies.map((one) => [one.number, one.actor]),
    [
      [number, 'olive@acme.test'],
      [number - 1, 'operator'],
    ],
  );
  assert.equal(policies[0]?.reason, 'decided on 2 June');
  assert.equal((await acme.operations['policy.show']({ number })).text, text);
  const { rules } = await acme.operations['policy.diff']({
    ...{ before: number - 1, after: number, name: '' },
  });
  assert.deepEqual(rules, [
    {
      rule: 'birds',
      change: 'changed',
      fields: [{ field: 'then', before: '"flag"', after: '"hold"' }],
      through: [],
    },
  ]);
  const { acts } = await acme.operations.audit({ kind: 'policy', by: 'olive@acme.test', limit: 5 });
  assert.deepEqual(
    acts.map((act) => act.text),
    [`olive@acme.test brought policy ${number} into force over the admin socket: decided on 2 June`],
  );
  await assert.rejects(acme.operations['policy.show']({ number: 99 }), { code: 'policy.unknown' });
});

test('a simulation says what would have been decided otherwise, by entry, and is on record before it looks', async () => {
  await apply(EMPTY);
  const id = await group('adam@acme.test', 'bob@partner.test');
  for (const { client } of [adam, bob])
    await until('the group', async () => (await client.conversation(id)) !== undefined);
  const out = await say(alice, id, 'the plover is here');
  await say(alice, id, 'the duck is here');
  const inbound = await say(bob, id, 'a plover, really?');
  const { first: none, different: before } = await simulate(EMPTY);
  assert.deepEqual([none, before], [[], 0]);
  const proposed = policyOf(
    rule('birds-out', `direction: out, from: [alice@acme.test], ${PLOVERS}`, 'block'),
    rule('birds-in', `direction: in, from: [domain:partner.test], ${PLOVERS}`, 'flag'),
  );
  const { size } = acme.node.organisation.log;
  const outcome = await simulate(proposed);
  assert.deepEqual(outcome.first, [
    { entry: out, before: 'allow', after: 'block', rules: ['birds-out'] },
    { entry: inbound, before: 'allow', after: 'flag', rules: ['birds-in'] },
  ]);
  assert.deepEqual(outcome.rules, [
    { rule: 'birds-out', outcome: 'block', before: 0, after: 1 },
    { rule: 'birds-in', outcome: 'flag', before: 0, after: 1 },
  ]);
  assert.ok(outcome.replayed >= 5);
  const { accesses } = await acme.operations['archive.accesses']({ limit: 2 });
  assert.deepEqual(
    accesses.map(({ actor, purpose, entries }) => [actor, purpose, entries]),
    [
      ['olive@acme.test', 'before the change', [out, inbound]],
      ['olive@acme.test', 'before the change', []],
    ],
  );
  assert.equal(acme.node.organisation.log.size, size + 2);
  await assert.rejects(simulate(proposed, 'alice@acme.test'), { code: 'officer.required' });
});

test('a simulation sees who was in a conversation then, not who is now', async () => {
  const id = await group('adam@acme.test', 'bob@partner.test');
  await until('the group', async () => (await bob.client.conversation(id)) !== undefined);
  const withBob = await say(alice, id, 'a plover for the three of us');
  await (
    await alice.client.changeMembers(id, { members: ['alice@acme.test', 'adam@acme.test'] })
  ).sent;
  const without = await say(alice, id, 'a plover for the two of us');
  const text = policyOf(rule('birds', `direction: out, external: true, ${PLOVERS}`, 'block'));
  const entries = (await simulate(text)).first.map(({ entry }) => entry);
  assert.deepEqual([entries.includes(withBob), entries.includes(without)], [true, false]);
});

test('where nothing asks for two, one officer brings a policy, signed, and nobody else is asked', async () => {
  const { number } = await acme.operations['policy.show']({});
  const text = policyOf(rule('birds', PLOVERS, 'flag'));
  const acted = await olive.client.oversight.ask({ action: 'policy', text, reason: 'spring' });
  assert.equal(acted.expires, null);
  const brought = await acme.operations['policy.show']({});
  assert.deepEqual(
    [brought.number, brought.text, brought.actor, brought.reason],
    [number + 1, text, 'olive@acme.test', 'spring'],
  );
  assert.match(brought.act ?? '', /^[0-9a-f]{64}$/);
  const { value: done } = await oscar.client.oversight.requests().next();
  assert.deepEqual([done?.action, done?.state], ['policy', 'done']);
  const shown = await oscar.client.oversight.request(done?.request ?? 0);
  await assert.rejects(oscar.client.oversight.approve(shown), { code: 'approval.missing' });
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
});

test('where the policy says so, an operator and one officer change nothing, and two officers do', async () => {
  const text = `fourEyes: true\n${policyOf(rule('birds', PLOVERS, 'hold'))}`;
  const { number } = await apply(EMPTY.replace('yet', 'more'));
  assert.equal((await plan(text)).takesTwo, true);
  await assert.rejects(apply(text), { code: 'approval.required', message: /apply-policy/ });
  const invalid = olive.client.oversight.ask({ action: 'policy', text: 'version: 2\n', reason: 'r' });
  await assert.rejects(invalid, { code: 'policy.invalid' });
  const { entry } = await olive.client.oversight.ask({ action: 'policy', text, reason: 'the board' });
  await assert.rejects(olive.client.oversight.approve(await olive.client.oversight.request(entry)), {
    code: 'approval.own',
  });
  assert.equal(acme.node.organisation.policing.policies.number, number);
  const shown = await oscar.client.oversight.request(entry);
  assert.ok(shown.asked.action === 'policy' && shown.asked.text === text);
  await oscar.client.oversight.approve(shown);
  const brought = await acme.operations['policy.show']({});
  assert.deepEqual(
    [brought.number, brought.text, brought.actor, brought.reason],
    [number + 1, text, 'olive@acme.test', 'the board'],
  );
  assert.match(brought.act ?? '', /^[0-9a-f]{64}$/);
  await assert.rejects(apply(EMPTY), { code: 'approval.required' });
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
});

/** What a person's terminal client says, as they run it on their device. */
async function chat({ client, home }: TestClient, ...args: string[]): Promise<string> {
  await client.close();
  const terminal = new FakeTerminal();
  const code = await runProgram([...args], {
    ...{ terminal, env: {}, version: 'test', defaultHome: home, hostname: 'test' },
    open: () => openNodeClient({ home }),
    enrol: () => Promise.reject(new Error('nobody enrols here')),
  });
  assert.equal(code, 0, terminal.err);
  return terminal.out;
}

test('officers bring a policy from their own terminals, and the second one reads the text that they approve', async () => {
  const { number } = await acme.operations['policy.show']({});
  const file = join(olive.home, 'policy.yaml');
  const text = `# no more plovers\nfourEyes: false\n${policyOf(rule('birds', PLOVERS, 'block'))}`;
  await writeFile(file, text);
  const asked = await chat(olive, 'oversight', 'apply-policy', file, '--reason', 'decided', '--json');
  const { request } = JSON.parse(asked) as { request: number };
  const shown = await chat(oscar, 'oversight', 'show', String(request));
  assert.match(shown, /asks to bring another policy into force: decided/);
  assert.ok(shown.includes(text.trimEnd()));
  await chat(oscar, 'oversight', 'approve', String(request));
  const brought = await acme.operations['policy.show']({});
  assert.deepEqual([brought.number, brought.text], [number + 1, text]);
});

test('where two officers change the policy, a rule that is off is turned on by them, from the file that the gap’s command writes', async (t) => {
  const cli = await cliOf(t, acme);
  const folder = await mkdtemp(join(tmpdir(), 'chancery-enable-'));
  const before = process.cwd();
  process.chdir(folder); // the command that is printed writes to where it is run
  t.after(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });
  const bring = async (file: string): Promise<void> => {
    const asked = await chat(olive, 'oversight', 'apply-policy', file, '--reason', 'decided', '--json');
    const { request } = JSON.parse(asked) as { request: number };
    await chat(oscar, 'oversight', 'approve', String(request));
  };
  const off = `fourEyes: true\n${policyOf('{ id: birds, reason: R., when: { direction: out }, then: flag, on: false } # for now')}`;
  const file = join(olive.home, 'off.yaml');
  await writeFile(file, off);
  await bring(file);

  await assert.rejects(acme.operations['gaps.enable']({ rule: 'birds', reason: 'r' }), {
    code: 'approval.required',
  });
  assert.equal((await cli.gap('rule-off'))?.subject, 'birds');
  assert.match(await cli.mend('rule-off'), /apply-policy policy\.yaml --reason …, on an officer’s device/);
  assert.equal((await cli.gap('rule-off'))?.subject, 'birds', 'nobody is passed over');
  await bring('policy.yaml');
  await cli.gone('rule-off');
  const { text } = await acme.operations['policy.show']({});
  assert.equal(text, off.replace('on: false', 'on: true'));
});
