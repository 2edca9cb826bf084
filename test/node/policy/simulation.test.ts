/** A policy tried on what was archived: what is looked at, as it stood then, and what is not. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { rm } from 'node:fs/promises';
import { inspectFile } from '../../../node/inspection/inspect-file.ts';
import { textFile } from '../../support/files.ts';
import { Accesses, fact, isContact, Signers, type Ledger } from '../../../node/ledger/index.ts';
import {
  compilePolicyFile,
  PastFiles,
  PolicyKeeper,
  Simulator,
  type TalkSources,
} from '../../../node/policy/index.ts';
import { platform } from '../../../node/composition/platform.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { knownDomains, knownMembers } from '../../../protocol/lookalike/index.ts';
import { DAY, policyOf, RetainingWorld, type ArchivedInspection } from '../../support/retaining.ts';

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
  inspect = inspectFile;
  /** Milliseconds that the clock is ahead. */
  late = 0;

  private constructor(world: RetainingWorld) {
    const { ledger, members, messages } = world;
    const { suite } = platform;
    const steady = (): number => platform.steady() + this.late;
    const files = new PastFiles({
      files: world.files,
      inspect: (bytes, declared) => this.inspect(bytes, declared),
    });
    this.world = world;
    this.simulator = new Simulator({
      ...{ ledger, members, messages, suite, steady, files },
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

const CARD = '4111 1111 1111 1111';
const ON_RECORD: ArchivedInspection = {
  ...{ type: 'text/plain', states: [], risks: [], failed: null, verdicts: [] },
};
const CLEAN = { scanner: 'clamav', state: 'clean' as const, engine: 'ClamAV 1' };

test('what is in files is found again, and what was said of them then counts, not what is said now', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const id = await world.create([ALICE, BOB]);
  const card = await world.attach(id, textFile(`name,card\nalice,${CARD}\n`));
  const scanned = { ...ON_RECORD, states: [], verdicts: [CLEAN] };
  const fine = await world.attach(id, textFile('nothing in it', 'b.txt'), scanned);
  const infected = { ...CLEAN, state: 'infected' as const, name: 'Eicar' };
  const found = { ...ON_RECORD, states: ['infected', 'made-up'], verdicts: [infected] };
  const bad = await world.attach(id, textFile('a virus of then', 'c.txt'), found);
  const cards = await trial.try('contains: [{ detector: payment-card }]', 10);
  assert.deepEqual([cards.entries, cards.unread], [[card.sequence], 0]);
  const malware = await trial.try('attachment: { is: [infected] }', 10);
  assert.deepEqual([malware.entries, malware.unread], [[bad.sequence], 0]);
  const unscanned = await trial.try('attachment: { is: [unscanned] }', 10);
  assert.deepEqual(unscanned.entries, [card.sequence], 'of which no scanner is on record');
  const named = await trial.try('attachment: { names: ["b.*"], types: [text/plain] }', 10);
  assert.deepEqual(named.entries, [fine.sequence]);
});

test('a file is not opened for what is on record, nor where no rule asks for what is in it', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const id = await world.create([ALICE, BOB]);
  await world.attach(id, textFile('words'), { ...ON_RECORD, states: ['risky'], verdicts: [CLEAN] });
  trial.inspect = () => assert.fail('it was opened');
  assert.equal((await trial.try('attachment: { is: [risky] }', 10)).different, 1);
  assert.equal((await trial.try('direction: out', 10)).different, 2);
});

test('a file that is gone, or that this node has no room to look into, is counted, and its message tried without', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const id = await world.create([ALICE, BOB]);
  const gone = await world.attach(id, textFile(`card ${CARD}`), {
    ...ON_RECORD,
    states: ['risky'],
    verdicts: [],
  });
  await rm(gone.path);
  const tried = await trial.try('contains: [{ detector: payment-card }]', 10);
  assert.deepEqual([tried.replayed, tried.different, tried.unread], [2, 0, 1]);
  await world.attach(id, textFile('words'));
  trial.inspect = async (bytes, declared) => ({ ...(await inspectFile(bytes, declared)), failed: 'busy' });
  const busy = await trial.try('attachment: { is: [risky, unreadable] }', 10);
  assert.deepEqual([busy.entries, busy.unread], [[gone.sequence], 1]);
});

test('files are looked into no longer than somebody waits for it, and the rest of them is counted', async (t) => {
  const trial = await Trial.start(t);
  const { world } = trial;
  const id = await world.create([ALICE, BOB]);
  const first = await world.attach(id, textFile(`card ${CARD}`));
  for (const name of ['b.txt', 'c.txt']) await world.attach(id, textFile(`card ${CARD}`, name));
  const said = await world.say(id, `card ${CARD}`);
  trial.inspect = (bytes, declared) => {
    trial.late += 21_000;
    return inspectFile(bytes, declared);
  };
  const tried = await trial.try('contains: [{ detector: payment-card }]', 10);
  assert.deepEqual([tried.entries, tried.unread], [[first.sequence, said.sequence], 2]);
});
