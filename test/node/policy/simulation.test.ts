/** A policy tried on what was archived: what is looked at, as it stood then, and what is not. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Accesses, fact, isContact, Signers, type Ledger } from '../../../node/ledger/index.ts';
import { compilePolicyFile, PolicyKeeper, Simulator, type TalkSources } from '../../../node/policy/index.ts';
import { platform } from '../../../node/composition/platform.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { knownDomains, knownMembers } from '../../../protocol/lookalike/index.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const OLIVE = 'olive@acme.test';
const [ALICE, ADAM, BOB] = ['alice@acme.test', 'adam@acme.test', 'bob@partner.test'];

const DOMAINS = knownDomains(['acme.test']);
const NAMES = knownMembers([]);

function sourcesOf(ledger: Ledger): TalkSources {
  return {
    domain: 'acme.test',
    clock: () => 0,
    rolesOf: () => [],
    levelOf: () => 'dnssec',
    isContact: (member, person) => isContact(ledger, member, person),
    knownDomains: () => DOMAINS,
    knownMembers: () => NAMES,
    fileOf: () => undefined,
  };
}

class Trial {
  readonly world: RetainingWorld;
  readonly simulator: Simulator;

  private constructor(world: RetainingWorld) {
    const { ledger, members, messages } = world;
    const { suite, steady } = platform;
    this.world = world;
    this.simulator = new Simulator({
      ...{ ledger, members, messages, suite, steady },
      signers: new Signers(ledger, suite),
      accesses: new Accesses(ledger),
      policies: new PolicyKeeper(ledger, suite.sha256),
      sources: sourcesOf(ledger),
      refresh: () => Promise.resolve(),
    });
  }

  static async start(t: TestContext): Promise<Trial> {
    const world = await RetainingWorld.start(t, policyOf(0, null));
    await world.live(1);
    await world.member(OLIVE, ['member', 'compliance-officer']);
    return new Trial(world);
  }

  async try(when: string, days: number, then = 'flag') {
    const text = `version: 1\nrules: [{ id: one, reason: R., when: { ${when} }, then: ${then} }]\n`;
    const { policy } = valueOf(compilePolicyFile(text, 'policy.yaml', platform.suite.sha256));
    const run = await this.simulator.begin({ policy, text, days, actor: OLIVE, purpose: 'p' });
    for (;;) {
      const { outcome } = await this.simulator.step(run);
      if (outcome !== null) return { ...outcome, entries: outcome.first.map(({ entry }) => entry) };
    }
  }
}

test('only the days that are asked for are looked at, and what cannot be opened is counted', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const id = await world.create([ALICE, BOB]);
  await world.say(id, 'in january');
  await world.live(40 * DAY);
  const later = await world.say(id, 'in february');
  const all = await trial.try('direction: out, external: true', 60);
  assert.deepEqual([all.replayed, all.sealed, all.different], [3, 0, 3]);
  const some = await trial.try('direction: out, external: true', 10);
  assert.deepEqual([some.replayed, some.entries], [1, [later.sequence]]);
  await world.dataKeys.close('2026-01');
  const sealed = await trial.try('direction: out, external: true', 60);
  assert.deepEqual([sealed.replayed, sealed.sealed, sealed.entries], [1, 2, [later.sequence]]);
});

test('a message is judged by who was in its conversation then, also where that began long before', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const id = await world.create([ALICE, ADAM], 'group');
  await world.change(id, [ALICE, ADAM, BOB]);
  await world.live(40 * DAY);
  const withBob = await world.say(id, 'for the three of us');
  const left = await world.change(id, [ALICE, ADAM]);
  const without = await world.say(id, 'for the two of us');
  const { entries } = await trial.try('external: true', 10);
  assert.deepEqual(entries, [withBob.sequence]);
  const inside = await trial.try('external: false', 10);
  assert.deepEqual(inside.entries, [left.sequence, without.sequence]);
});

test('a first contact is one by who knew whom then, and hours are those in which the message came', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const id = await world.create([ALICE, BOB]);
  const first = await trial.try('direction: out, firstContact: true', 10);
  const created = world.messages.position(id);
  assert.deepEqual(first.entries, [created], 'what makes the contact is not yet one');
  const said = await world.say(id, 'at noon');
  const again = await trial.try('direction: out, firstContact: true', 10);
  assert.ok(!again.entries.includes(said.sequence));
  await world.live(DAY / 2);
  // it began on a Saturday at midnight, UTC
  const saturday = "outside: { days: sun-fri, hours: '00:00-24:00', zone: UTC }";
  assert.ok((await trial.try(saturday, 10)).entries.includes(said.sequence));
  const workdays = "outside: { days: sat, hours: '00:00-24:00', zone: UTC }";
  assert.ok(!(await trial.try(workdays, 10)).entries.includes(said.sequence));
});

test('what was blocked is counted, since nothing of it is there to be tried', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const hash = new Uint8Array(32);
  const about = { message: hash, conversation: hash, sender: ALICE, direction: 'out', policy: 1 } as const;
  const blocked = { ...about, outcome: 'block', flagged: false, reasons: [], confirmed: null } as const;
  await world.ledger.append([fact('decision', { ...blocked, reasons: [] })]);
  const { blocked: number, replayed } = await trial.try('direction: out', 10);
  assert.deepEqual([number, replayed], [1, 0]);
});

test('that a policy is tried is an entry before it is, and a run that is over goes no further', async (t) => {
  const trial = await Trial.start(t);
  const { simulator, world } = trial;
  const text = 'version: 1\nrules: []\n';
  const { policy } = valueOf(compilePolicyFile(text, 'policy.yaml', platform.suite.sha256));
  const trying = { policy, text, days: 1, purpose: 'p' };
  const { size } = world.log;
  await assert.rejects(simulator.begin({ ...trying, actor: ALICE }), { code: 'officer.required' });
  assert.equal(world.log.size, size);
  const run = await simulator.begin({ ...trying, actor: OLIVE });
  assert.match(
    world.ledger.record('access', size)?.query ?? '',
    /^the policy with SHA-256 [0-9a-f]{64} tried on /,
  );
  assert.notEqual((await simulator.step(run)).outcome, null);
  await assert.rejects(simulator.step(run), { code: 'request.invalid' });
});
