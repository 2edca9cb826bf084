/** The directory over federation: only what the agreement allows, only who may be seen, with its age. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DeviceAnswer } from '../../protocol/wire/index.ts';
import { HostilePartner } from '../support/hostile-partner.ts';
import { TestDevice } from '../support/test-device.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

type Contacts = Extract<DeviceAnswer, { type: 'contacts' }>;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let third: TestNode;
let alice: TestDevice;

before(async () => {
  dns = await startDns('acme.test', 'partner.test', 'third.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  third = await startTestNode(dns, 'third.test');
  await federate(acme, partner);
  await federate(partner, third);
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  for (const [name, roles] of [
    ['ada', ['auditor', 'member']],
    ['bob', ['member']],
    ['cid', ['member']],
    ['dan', ['member']],
  ] as const) {
    await partner.operations['member.add']({ address: `${name}@partner.test`, name, roles: [...roles] });
  }
});

after(async () => {
  for (const each of [alice, acme, partner, third]) await each.stop();
  await dns.server.stop();
});

function share(what: 'none' | 'names' | 'roles'): Promise<unknown> {
  return partner.operations['partner.update']({ domain: 'acme.test', shareDirectory: what });
}

/** What a device of ours is shown once what was kept is forgotten. */
function contacts(change: { search?: string; after?: string; limit?: number } = {}): Promise<Contacts> {
  acme.node.organisation.directories.forget('partner.test');
  return alice.request({ type: 'contacts', ...change }, 'contacts');
}

function namesIn({ people }: Contacts): string[] {
  return people.map(({ address }) => address.replace('.test', ''));
}

test('a partner that agreed to nothing more shows nobody, and says so', async () => {
  const shown = await contacts();
  assert.deepEqual(namesIn(shown), ['alice@acme']);
  assert.deepEqual(
    shown.partners.map(({ domain, level, directory }) => [domain, level, directory?.shared]),
    [['partner.test', 'dnssec', 'none']],
  );
});

test('names, then roles as well: each person with address, name, organisation, level and since', async () => {
  await share('names');
  const named = await contacts();
  assert.deepEqual(namesIn(named), [
    'ada@partner',
    'alice@acme',
    'bob@partner',
    'cid@partner',
    'dan@partner',
  ]);
  const [ada] = named.people;
  const { since } = acme.node.organisation.partners.organisation('partner.test')!;
  assert.deepEqual(ada, {
    address: 'ada@partner.test',
    name: 'ada',
    roles: [],
    domain: 'partner.test',
    level: 'dnssec',
    since,
  });
  await share('roles');
  assert.deepEqual((await contacts()).people[0]?.roles, ['auditor', 'member']);
  const { partner: seen } = await partner.operations['partner.show']({ domain: 'acme.test' });
  assert.equal(seen.sharesDirectory, 'roles');
});

test('who is hidden, suspended or gone is not shown, and who is not any more is shown again', async () => {
  const member = (name: string): { address: string; reason: string } => ({
    address: `${name}@partner.test`,
    reason: 'x',
  });
  await partner.operations['member.update']({ ...member('bob'), hidden: true });
  await partner.operations['member.suspend'](member('cid'));
  await partner.operations['member.remove'](member('dan'));
  assert.deepEqual(namesIn(await contacts()), ['ada@partner', 'alice@acme']);
  await partner.operations['member.update']({ ...member('bob'), hidden: false });
  await partner.operations['member.restore'](member('cid'));
  assert.deepEqual(namesIn(await contacts()), ['ada@partner', 'alice@acme', 'bob@partner', 'cid@partner']);
});

test('contacts come by page and can be searched', async () => {
  const first = await contacts({ limit: 3 });
  assert.deepEqual(namesIn(first), ['ada@partner', 'alice@acme', 'bob@partner']);
  assert.equal(first.after, 'bob@partner.test');
  const rest = await alice.request({ type: 'contacts', limit: 3, after: first.after }, 'contacts');
  assert.deepEqual([namesIn(rest), rest.after, rest.partners], [['cid@partner'], null, []]);
  assert.deepEqual(namesIn(await contacts({ search: 'ALICE' })), ['alice@acme']);
  assert.deepEqual(namesIn(await contacts({ search: 'partner.test' })).length, 3);
});

test('a partner of a partner is shown nothing that was agreed with another', async () => {
  const other = await HostilePartner.greeted(partner, third);
  const answer = await other.ask({ type: 'directory', after: null, limit: 500 });
  assert.deepEqual(answer, { type: 'directory', shared: 'none', people: [], after: null });
  await other.stop();
});

test('pages join up over federation, and one that is too large is refused', async () => {
  const asking = await HostilePartner.greeted(partner, acme);
  const first = await asking.ask({ type: 'directory', after: null, limit: 2 });
  assert.ok(first.type === 'directory');
  assert.deepEqual([first.people.length, first.after], [2, 'bob@partner.test']);
  const second = await asking.ask({ type: 'directory', after: first.after, limit: 2 });
  assert.ok(second.type === 'directory');
  assert.deepEqual([second.people.map(({ name }) => name), second.after], [['cid'], null]);
  const refused = await asking.ask({ type: 'directory', after: null, limit: 501 });
  assert.equal(refused.type === 'refused' && refused.code, 'encoding.malformed');
  await asking.stop();
});

test('who is not in the directory but wrote to us is still shown, by what their certificate says', async () => {
  await share('none');
  const bob = await TestDevice.enrol(partner, 'bob@partner.test');
  await bob.create('alice@acme.test');
  await until('bob’s message', async () => (await contacts({ search: 'bob' })).people.length === 1);
  const shown = await contacts();
  assert.deepEqual(namesIn(shown), ['alice@acme', 'bob@partner']);
  assert.deepEqual(shown.people[1]?.roles, ['member']);
  await bob.stop();
});

test('what a partner showed last is there, as old as it is, while the partner is away', async () => {
  await share('names');
  const before = await contacts();
  await partner.node.stop();
  const { organisation } = acme.node;
  const { at } = organisation.directories.of('partner.test')!;
  const shown = await alice.request({ type: 'contacts' }, 'contacts');
  assert.deepEqual(namesIn(shown), namesIn(before));
  assert.equal(shown.partners[0]?.directory?.at, at);
  partner = await partner.restart();
});
