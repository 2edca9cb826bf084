/** Each setting that a condition can have, where it bites and where it just does not; and that no setting is without such a test. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { nobleSuite, type Sha256 } from '../../../protocol/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import {
  compilePolicy,
  MAX_FINDINGS,
  OUTCOMES,
  policyShape,
  type Decision,
  type Outcome,
  type Policy,
  type Talk,
} from '../../../protocol/policy/index.ts';
import { FILES, LINKS, SAMPLES, TEXTS } from '../../support/conditions/content-rows.ts';
import { HOURS, PEOPLE } from '../../support/conditions/people-rows.ts';
import { said, type Row, type Said, type When, type Written } from '../../support/conditions/row.ts';
import { settingsIn, settingsOfSchema } from '../../support/policy-settings.ts';

const ROWS = [...PEOPLE, ...HOURS, ...TEXTS, ...FILES, ...LINKS, ...SAMPLES];

/** Settings that no condition is met or missed by, and the file whose tests are about them; of outcomes, see below. */
const BESIDE: Readonly<Record<string, string>> = {
  version: 'test/node/policy/policy-file.test.ts',
  'fourEyes=true': 'test/system/policy-change.test.ts',
  'fourEyes=false': 'test/system/policy-change.test.ts',
  'lexicons.*.version': 'test/protocol/policy/difference.test.ts',
  id: 'test/protocol/policy/conditions.test.ts',
  reason: 'test/protocol/policy/conditions.test.ts',
  text: 'test/protocol/policy/conditions.test.ts',
  law: 'test/node/policy/profiles.test.ts',
  'accept=receiver': 'test/system/contacts.test.ts',
  'accept=organisation': 'test/system/contacts.test.ts',
  'on=true': 'test/protocol/policy/conditions.test.ts',
  'on=false': 'test/protocol/policy/conditions.test.ts',
};

type Rule = Partial<Written['rules'][number]>;

function written(when: When, named: Row['named'] = {}, rule: Rule = {}): Written {
  return { version: 1, ...named, rules: [{ id: 'one', reason: 'R.', when, then: 'flag', ...rule }] };
}

function compiled(policy: Written, sha256: Sha256 = nobleSuite.sha256): Policy {
  return valueOf(compilePolicy(policyShape.parse(policy), sha256));
}

function bites({ decide }: Policy, talk: Talk): boolean {
  return decide(talk).reasons.length > 0;
}

/** A message in a few words, for whoever reads that a test failed. */
function shown(talk: Talk): string {
  const { texts, files, direction, sender, receivers, leastLevel, time } = talk;
  const from = `${direction} ${sender.address} → ${receivers.map(({ address }) => address).join(', ')}`;
  const at = new Date(time).toISOString();
  return JSON.stringify([from, at, leastLevel, texts[0]?.text, files, talk.links(), String(talk.id)]);
}

for (const { of, when, named, meets, misses } of ROWS)
  it(`${of}: ${JSON.stringify(when)} is met, and just not met`, () => {
    assert.ok(settingsIn(written(when, named)).has(of), `the rule has no ${of}`);
    const policy = compiled(written(when, named));
    for (const talk of meets) assert.equal(bites(policy, talk), true, `should bite: ${shown(talk)}`);
    for (const talk of misses) assert.equal(bites(policy, talk), false, `must not bite: ${shown(talk)}`);
    for (const direction of ['out', 'in'] as const) {
      const turned = compiled(written({ direction }, named, { unless: when }));
      const about = (talk: Talk): boolean => talk.direction === direction;
      for (const talk of meets.filter(about)) assert.equal(bites(turned, talk), false, shown(talk));
      for (const talk of misses.filter(about)) assert.equal(bites(turned, talk), true, shown(talk));
    }
  });

describe('every setting of a policy', () => {
  const settings = settingsOfSchema();
  const conditions = settings.filter((one) => !/^(unless|then=)/.test(one));

  it('has messages that meet it and messages that do not, or a test beside', () => {
    const inBoth = (of: string): boolean => {
      const rows = ROWS.filter((row) => row.of === of);
      return rows.some(({ meets }) => meets.length > 0) && rows.some(({ misses }) => misses.length > 0);
    };
    assert.deepEqual(
      conditions.filter((one) => !inBoth(one) && BESIDE[one] === undefined),
      [],
    );
  });

  it('is there: no row and no test beside is about one that is not', () => {
    const known = new Set(settings);
    const about = [...ROWS.map(({ of }) => of), ...Object.keys(BESIDE)];
    assert.deepEqual(
      about.filter((one) => !known.has(one)),
      [],
    );
    const root = new URL('../../../', import.meta.url);
    for (const file of Object.values(BESIDE)) assert.ok(existsSync(new URL(file, root)), file);
  });

  it('of when is one of unless as well, which each row asks for in turn', () => {
    const under = (name: string): string[] =>
      settings.filter((one) => one.startsWith(name)).map((one) => one.slice(name.length));
    assert.deepEqual(under('unless'), under('when'));
  });

  it('that is an outcome has a test', () => {
    const outcomes = settings.filter((one) => one.startsWith('then=')).map((one) => one.slice(5));
    assert.deepEqual(Object.keys(DECIDED), outcomes);
  });
});

const CARD = '4111 1111 1111 1111';
const CARDS: When = { contains: [{ detector: 'payment-card' }] };

const DECIDED: Readonly<Record<Outcome, Pick<Decision, 'outcome' | 'flagged'>>> = {
  flag: { outcome: 'allow', flagged: true },
  warn: { outcome: 'warn', flagged: false },
  redact: { outcome: 'redact', flagged: false },
  hold: { outcome: 'hold', flagged: false },
  block: { outcome: 'block', flagged: false },
};

function decided(rules: readonly Rule[], message: Said): Decision {
  const all = rules.map((rule, at) => ({ id: `rule-${at}`, reason: 'R.', when: CARDS, then: 'flag' as const, ...rule }));
  return compiled({ version: 1, rules: all }).decide(said(message));
} // prettier-ignore

describe('an outcome', () => {
  for (const [then, expected] of Object.entries(DECIDED) as [Outcome, Partial<Decision>][])
    for (const direction of ['out', 'in'] as const)
      it(`${then}, ${direction}: is that of what meets the rule in this direction, and of nothing else`, () => {
        const rule = { when: { direction, ...CARDS }, then };
        const { outcome, flagged, reasons, redactions } = decided([rule], { direction, text: `a ${CARD}` });
        assert.deepEqual({ outcome, flagged }, expected);
        assert.deepEqual(
          reasons.map((reason) => [reason.rule, reason.outcome, reason.found, reason.text]),
          [['rule-0', then, 1, 'R.']],
        );
        assert.deepEqual(
          redactions.map(({ start, end }) => [start, end]),
          then === 'redact' ? [[2, 2 + CARD.length]] : [],
        );
        const other = direction === 'out' ? 'in' : 'out';
        for (const missed of [{ direction, text: 'a card' }, { direction: other, text: CARD } as const])
          assert.deepEqual(decided([rule], missed), { outcome: 'allow', flagged: false, reasons: [], redactions: [] });
      }); // prettier-ignore

  for (const [at, weaker] of OUTCOMES.entries())
    for (const stronger of OUTCOMES.slice(at + 1))
      it(`${stronger} counts before ${weaker}, in whatever order the rules are`, () => {
        for (const order of [[weaker, stronger], [stronger, weaker]]) {
          const { outcome, flagged, redactions } = decided(order.map((then) => ({ then })), { text: CARD });
          assert.deepEqual([outcome, flagged], [DECIDED[stronger].outcome, weaker === 'flag']);
          assert.equal(redactions.length, stronger === 'redact' ? 1 : 0);
        }
      }); // prettier-ignore

  it('redact is block where something cannot be taken out: of a file, or of more than is kept on record', () => {
    const redact: Rule = { then: 'redact' };
    const inFile = { file: { texts: [{ place: 'a.csv', text: CARD }] } };
    assert.equal(decided([redact], inFile).outcome, 'block');
    const many = (number: number): Said => ({ text: Array.from({ length: number }, () => CARD).join(', ') });
    assert.equal(decided([redact], many(MAX_FINDINGS)).outcome, 'redact');
    const tooMany = decided([redact], many(MAX_FINDINGS + 1));
    assert.equal(tooMany.outcome, 'block');
    assert.deepEqual(
      [tooMany.reasons[0]?.found, tooMany.reasons[0]?.findings.length],
      [MAX_FINDINGS + 1, MAX_FINDINGS],
    );
  });

  it('is said in the text of its rule, or in its reason where it has none', () => {
    const { reasons } = decided([{ text: 'Not that.' }, {}], { text: CARD });
    assert.deepEqual(reasons.map(({ text }) => text), ['Not that.', 'R.']); // prettier-ignore
  });

  it('is that of no rule that is off', () => {
    assert.equal(decided([{ then: 'block', on: false }], { text: CARD }).outcome, 'allow');
    assert.equal(decided([{ then: 'block', on: true }], { text: CARD }).outcome, 'block');
  });
});

describe('a sample', () => {
  const ids = Array.from({ length: 500 }, (_, number) => number);
  const drawn = (seed: string, sha256: Sha256, more: Said = {}): number[] => {
    const policy = compiled(written({ sample: 0.25 }, { seed }), sha256);
    return ids.filter((number) => bites(policy, said({ ...more, number })));
  };

  it('is the same on two nodes with the same seed, whichever way a message goes, and another by another seed', () => {
    const ours = drawn('a seed of the board', nobleSuite.sha256);
    const theirs = drawn('a seed of the board', sodiumSuite.sha256, {
      ...{ direction: 'in', ownDomain: 'partner.test' },
    });
    assert.deepEqual(theirs, ours);
    assert.notDeepEqual(drawn('another seed', nobleSuite.sha256), ours);
    assert.ok(ours.length > 90 && ours.length < 160, String(ours.length));
  });

  it('is refused without a seed, and with a share of nothing or more than all', () => {
    const without = compilePolicy(policyShape.parse(written({ sample: 0.5 })), nobleSuite.sha256);
    assert.equal(without.ok ? '' : without.refusal.code, 'policy.invalid');
    for (const sample of [0, -0.1, 1.1])
      assert.equal(policyShape.safeParse(written({ sample }, { seed: 'a seed' })).success, false);
  });
});

it('hours are refused that are none: empty ones, and such as no clock shows', () => {
  const isHours = (hours: string, days = 'mon-fri', zone = 'UTC'): boolean =>
    policyShape.safeParse(written({ outside: { days, hours, zone } })).success;
  for (const hours of ['07:00-20:00', '00:00-24:00', '22:00-06:00', '22:00-00:00']) assert.ok(isHours(hours), hours);
  for (const hours of ['07:00-07:00', '24:00-06:00', '07:00-24:01', '07:60-20:00', '7:00-20:00', '07:00', '22:00-06:00-08:00'])
    assert.ok(!isHours(hours), hours);
  for (const days of ['mon-fri-sat', 'monday', '', 'mon,tue']) assert.ok(!isHours('07:00-20:00', days), days);
  assert.ok(!isHours('07:00-20:00', 'mon', 'Mars/Base'));
}); // prettier-ignore
