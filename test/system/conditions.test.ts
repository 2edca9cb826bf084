/**
 * Each condition that a rule can have, between organisations of which one alone has the rule: what meets it goes nowhere and is
 * let in from nobody, however willingly the partner delivers it; what just does not meet it passes; and both archives agree on it.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import { testFile } from '../../node/inspection/scanners/test-file.ts';
import { drawnAt } from '../support/conditions/content-rows.ts';
import {
  attach,
  say,
  World,
  type Act,
  type Attached,
  type Direction,
  type Sent,
} from '../support/conditions/world.ts';
import { compoundFile, pdfOf } from '../support/inspected.ts';
import { CLAMD_COMMANDS, CLAMD_PACKAGES, startClamd } from '../support/malware-scanners.ts';
import { applyPolicy } from '../support/policing.ts';
import { requireCommands } from '../support/requirements.ts';
import { until } from '../support/until.ts';

const DIRECTIONS = ['out', 'in'] as const;

let world: World;

before(async () => {
  world = await World.start();
});

after(() => world.stop());

function policy(direction: Direction, when: string, then: string, named: string): string {
  return `version: 1\n${named}\nrules: [{ id: the-rule, reason: R., text: Not that., when: { direction: ${direction}, ${when} }, then: ${then} }]\n`;
}

interface Case {
  readonly when: string;
  readonly bites: Act;
  readonly passes: Act;
  /** What the rule refers to. */
  readonly named?: string;
  /** Where not both. */
  readonly directions?: readonly Direction[];
}

/** Blocks and holds what meets the condition, and nothing else. */
async function bites({ when, bites: bad, passes, named = '' }: Case, direction: Direction): Promise<void> {
  const { acme, partner, weak } = world;
  for (const other of [partner, weak])
    assert.equal(other.node.organisation.policing.policies.number, 0, 'nobody else has a policy');
  await applyPolicy(acme, policy(direction, when, 'block', named));
  await world.isDelivered(passes, direction);
  const blocked = await world.isBlocked(bad, direction);
  await applyPolicy(acme, policy(direction, when, 'hold', named));
  const held = await world.isHeld(bad, direction);
  await world.isShownToNobody([blocked, held], direction);
  const { messages, policing } = acme.node.organisation;
  assert.equal(messages.position(Buffer.from(blocked.id, 'hex')), undefined, 'it is not archived');
  const decided = (await policing.decisions.all(null, 2)).map(({ decision }) => decision);
  assert.deepEqual(
    decided.map((one) => [Buffer.from(one.message).toString('hex'), one.outcome, one.direction]),
    [[held.id, 'hold', direction], [blocked.id, 'block', direction]],
  ); // prettier-ignore
}

function check(cases: Readonly<Record<string, Case>>): void {
  for (const [what, one] of Object.entries(cases))
    for (const direction of one.directions ?? DIRECTIONS)
      it(`${what}, ${direction}`, () => bites(one, direction));
}

const here = say('here');
const direct = say('between us', { out: ['alice', 'direct'], in: ['bob', 'direct'] });
const other = say('between us', { out: ['adam', 'other'], in: ['bob', 'other'] });
const weakly = say('from afar', { out: ['alice', 'weak'], in: ['carl', 'weak'] });
const second = say('here too', { out: ['adam', 'quay'], in: ['bea', 'quay'] });
const inner = say('among us', { out: ['alice', 'inner'] });

const GROUPS =
  "groups: { trading: ['role:trader'], research: ['group:analysts'], analysts: ['role:analyst'], buyers: ['role:broker'] }";
const own = ['out'] as const;

describe('who takes part', () => {
  check({
    'a role that wrote it': { when: "from: ['role:trader', 'role:broker']", bites: here, passes: second },
    'a group that wrote it': { when: "from: ['group:trading', 'group:buyers']", bites: here, passes: second, named: GROUPS },
    'an address that wrote it': { when: 'from: [alice@acme.test, bob@partner.test]', bites: here, passes: second },
    'a domain that wrote it': { when: "from: ['domain:acrne.test']", bites: weakly, passes: here, directions: ['in'] },
    'a role that receives it': { when: "to: ['role:analyst']", bites: here, passes: direct },
    'a role of theirs that receives it': { when: "to: ['role:broker']", bites: here, passes: weakly, directions: own },
    'a group that receives it': { when: "to: ['group:research']", bites: here, passes: direct, named: GROUPS },
    'a domain that receives it': { when: "to: ['domain:acrne.test']", bites: weakly, passes: here, directions: own },
    'a barrier between two groups': { when: 'between: [trading, research]', bites: here, passes: direct, named: GROUPS },
    'a direct conversation': { when: 'conversation: direct', bites: direct, passes: here },
    'a group': { when: 'conversation: group', bites: here, passes: other },
    'somebody external': { when: 'external: true', bites: here, passes: inner, directions: own },
    'nobody external': { when: 'external: false', bites: inner, passes: here, directions: own },
    'a level below that of DNSSEC': { when: 'levelBelow: dnssec', bites: weakly, passes: here },
    'a domain that imitates ours': { when: 'imitates: [domain]', bites: weakly, passes: here },
    'a name that imitates one of ours': { when: 'imitates: [name]', bites: second, passes: here, directions: ['in'] },
    'all of a sample, of those that meet the rest': { when: 'conversation: direct, sample: 1', bites: direct, passes: here, named: 'seed: a-seed-of-tests' },
  }); // prettier-ignore

  for (const direction of DIRECTIONS)
    it(`a level that is below pinned is not that of a pinned partner, ${direction}`, async () => {
      await applyPolicy(world.acme, policy(direction, 'levelBelow: pinned', 'block', ''));
      await world.isDelivered(weakly, direction);
    });
});

const IBAN = { de: 'pay DE89 3704 0044 0532 0130 00', gb: 'pay GB29 NWBK 6016 1331 9268 19' };
const lists = "lists: { sharing: [share.example, '*.drop.example'] }";

describe('what is said', () => {
  check({
    'a kind of what is sensitive': { when: 'contains: [{ detector: iban, kinds: [DE] }]', bites: say(IBAN.de), passes: say(IBAN.gb) },
    'as many of it as are too many': { when: 'contains: [{ detector: iban, atLeast: 2 }]', bites: say(`${IBAN.de}, ${IBAN.gb}`), passes: say(IBAN.de) },
    'a link': { when: 'link: {}', bites: say('see https://any.example/'), passes: here },
    'a link to a domain of a list': { when: 'link: { list: sharing }', bites: say('see a.share.example/x'), passes: say('see https://drop.example/'), named: lists },
    'a link below a domain of a list': { when: 'link: { list: sharing }', bites: say('see https://x.drop.example/'), passes: say('see https://xshare.example'), named: lists },
    'a link that shows another target': {
      when: 'link: { is: [mismatched] }',
      bites: say('log in at [acme.test](https://evil.example/login)'),
      passes: say('log in at [acme.test](https://login.acme.test/)'),
    },
    'a link that hides its target': {
      when: 'link: { is: [deceptive] }',
      bites: say('log in at https://acme.test@evil.example/'),
      passes: say('log in at https://evil.example/acme.test'),
    },
    'a link to a domain that imitates ours': {
      when: 'link: { is: [lookalike] }',
      bites: say('log in at https://acme.example/'),
      passes: say('log in at https://www.acme.test/'),
    },
  }); // prettier-ignore
});

let made = 0;

/** A file that no other is like: what was found of one is known for a while. */
function file(name: string, bytes: Uint8Array | string, type?: string): Attached {
  made += 1;
  const unlike = Buffer.concat([Buffer.from(bytes), Buffer.from(` ${made}`)]);
  return { name, bytes: unlike, ...(type === undefined ? {} : { type }) };
}

const PROGRAM = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);
const UNKNOWN = Buffer.from('\x01\x02\x03\x00\xff'.repeat(50), 'latin1');
const sized = (bytes: number): Attached => ({ name: 'a.txt', bytes: Buffer.alloc(bytes, `${(made += 1)} `) });
const attached = (...all: Parameters<typeof file>): Act => (w, direction) => attach(file(...all))(w, direction); // prettier-ignore
const plain = attached('notes.txt', 'nothing in it');
const is = (state: string): string => `attachment: { is: [${state}] }`;

describe('what comes along', () => {
  check({
    'a file': { when: 'attachment: {}', bites: plain, passes: here },
    'a name': { when: "attachment: { names: ['*.CSV'] }", bites: attached('cards.csv', 'a,b'), passes: attached('csv.txt', 'a,b') },
    'a type that it has by its content': {
      when: 'attachment: { types: [application/pdf] }',
      bites: attached('notes.txt', pdfOf('words'), 'text/plain'),
      passes: plain,
    },
    'a type that it says it has': {
      when: "attachment: { types: ['Image/*'] }",
      bites: attached('notes.txt', 'no picture', 'image/png'),
      passes: attached('image.txt', 'no picture', 'text/plain'),
    },
    'more bytes': {
      when: 'attachment: { largerThan: 1000 }',
      bites: (w, direction) => attach(sized(1_001))(w, direction),
      passes: (w, direction) => attach(sized(1_000))(w, direction),
    },
    'an encrypted file': { when: is('encrypted'), bites: attached('a.docx', compoundFile(['EncryptedPackage'])), passes: plain },
    'an unreadable file': { when: is('unreadable'), bites: attached('a.bin', UNKNOWN), passes: plain },
    'a file of another kind than it says': { when: is('mismatched'), bites: attached('a.png', pdfOf('words'), 'image/png'), passes: attached('a.pdf', pdfOf('words'), 'application/pdf') },
    'a risky file': { when: is('risky'), bites: attached('a.exe', PROGRAM), passes: attached('exe.txt', 'MZ') },
    'a file that nothing looked at for malware': { when: is('unscanned'), bites: plain, passes: here },
  }); // prettier-ignore

  it('a file with malware in it, once there is a scanner, and one without', async (t) => {
    if (!requireCommands(t, CLAMD_COMMANDS, CLAMD_PACKAGES)) return;
    const clamd = await startClamd(1_048_576);
    t.after(() => clamd.stop());
    await world.scanWith(clamd.path);
    for (const direction of DIRECTIONS) {
      await bites({ when: is('infected, unscanned'), bites: attached('a.txt', testFile), passes: plain }, direction); // prettier-ignore
      await bites({ when: is('infected'), bites: attached('a.txt', testFile), passes: plain }, direction);
    }
  });
});

/** A zone where the clock shows about noon, so that no border of a day is near. */
function noonZone(time: number): string {
  const ahead = 12 - new Date(time).getUTCHours();
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

for (const direction of DIRECTIONS)
  test(`hours end on the minute by the node’s clock, ${direction}`, async (t) => {
    const border = Math.ceil((Date.now() + 1) / 60_000) * 60_000;
    const minute = String(new Date(border).getUTCMinutes()).padStart(2, '0');
    const zone = noonZone(border);
    const when = `outside: { days: mon-sun, hours: '06:00-12:${minute}', zone: ${zone} }`;
    t.mock.timers.enable({ apis: ['Date'], now: border - 1 });
    await applyPolicy(world.acme, policy(direction, when, 'block', ''));
    await world.isDelivered(here, direction);
    t.mock.timers.setTime(border);
    const blocked = await world.isBlocked(here, direction);
    await applyPolicy(world.acme, policy(direction, when, 'hold', ''));
    const held = await world.isHeld(here, direction);
    await world.isShownToNobody([blocked, held], direction);
  });

/** Says so much that some of it is drawn at a half and some is not: the ids of all, and of those that are. */
async function sayMany(seed: string, direction: Direction): Promise<{ all: Sent[]; drawn: string[] }> {
  const all: Sent[] = [];
  for (;;) {
    all.push(await direct(world, direction));
    const drawn = all.map(({ id }) => id).filter((id) => drawnAt(Buffer.from(id, 'hex'), seed, 'the-rule') < 0.5);
    if (all.length >= 8 && drawn.length > 0 && drawn.length < all.length) return { all, drawn };
  }
} // prettier-ignore

const SEED = 'a-seed-of-two-boards';
const HALF = 'conversation: direct, sample: 0.5';

for (const direction of DIRECTIONS)
  test(`of a sample the drawn ones are refused, and the others come, ${direction}`, async () => {
    await applyPolicy(world.acme, policy(direction, HALF, 'block', `seed: ${SEED}`));
    const { all, drawn } = await sayMany(SEED, direction);
    await world.isShownToNobody(all.filter(({ id }) => drawn.includes(id)), direction);
    const [, reader] = direction === 'out' ? (['alice', 'bob'] as const) : (['bob', 'alice'] as const);
    for (const sent of all) assert.equal(await world.isShown(sent, reader), !drawn.includes(sent.id));
    if (direction === 'in') world.refused.get('partner.test')?.push(...drawn);
  }); // prettier-ignore

test('both archives agree on all of it: what was refused is no loss, and what was held back is none either', async () => {
  const { acme, partner, weak } = world;
  for (const other of [partner, weak])
    for (const [one, domain] of [[acme, other.settings.domain], [other, 'acme.test']] as const) {
      await until('all to be answered', async () => (await one.node.organisation.messages.backlog(domain, 10)) === 0);
      const asked = { partner: domain, late: 300 };
      let step = await one.operations['archive.reconcile'](asked);
      while (step.outcome === null) step = await one.operations['archive.reconcile']({ ...asked, run: step.run! });
      const { agrees, compared, findings } = step.outcome;
      assert.equal(agrees, true, JSON.stringify(findings));
      assert.ok(compared > 0);
      const told = findings.map(({ state, message }) => `${state} ${message}`);
      const refused = world.refused.get(other.settings.domain) ?? [];
      assert.deepEqual(told.sort(), refused.map((id) => `refused ${id}`).sort());
    }
}); // prettier-ignore

// last: from here on the partner has a policy, too
test('a sample is drawn alike by two nodes with the same seed, of what one sends and the other receives', async () => {
  const rule = (direction: Direction): string => policy(direction, HALF, 'flag', `seed: ${SEED}`);
  for (const direction of DIRECTIONS) {
    await applyPolicy(world.acme, rule(direction));
    await applyPolicy(world.partner, rule(direction === 'out' ? 'in' : 'out'));
    const { all, drawn } = await sayMany(SEED, direction);
    const last = all.at(-1)!;
    const reader = direction === 'out' ? 'bob' : 'alice';
    await until('the last', () => world.isShown(last, reader));
    for (const { node } of [world.acme, world.partner]) {
      const decided = await node.organisation.policing.decisions.all(null, all.length);
      const flagged = decided.flatMap(({ decision }) =>
        decision.flagged ? [Buffer.from(decision.message).toString('hex')] : [],
      );
      const ids = new Set(all.map(({ id }) => id));
      assert.deepEqual(flagged.filter((id) => ids.has(id)).sort(), [...drawn].sort());
    }
  }
}); // prettier-ignore
