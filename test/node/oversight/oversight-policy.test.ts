import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatPolicy,
  isWeaker,
  parsePolicy,
  type OversightPolicy,
} from '../../../node/oversight/oversight-policy.ts';
import type { Schedule } from '../../../node/retention/index.ts';

const REST: Schedule = { name: 'default', for: {}, floorDays: 100, ceilingDays: 200 };
const CHATTER: Schedule = {
  name: 'chatter',
  for: { conversation: 'direct' },
  floorDays: 30,
  ceilingDays: 90,
};

function policy(schedules: readonly Schedule[], change: Partial<OversightPolicy> = {}): OversightPolicy {
  return { fourEyes: ['retention'], signed: true, retention: { schedules, disposalsPerHour: 60 }, ...change };
}

const IN_FORCE = policy([CHATTER, REST]);

const WEAKER: Record<string, OversightPolicy> = {
  'a shorter floor': policy([{ ...CHATTER, floorDays: 29 }, REST]),
  'a shorter ceiling': policy([CHATTER, { ...REST, ceilingDays: 199 }]),
  'a schedule that is gone': policy([REST]),
  'another order': policy([REST, CHATTER]),
  'another class under the same name': policy([{ ...CHATTER, for: { conversation: 'group' } }, REST]),
  'a new class that is kept for less than the longest': policy([
    { name: 'new', for: { role: 'trader' }, floorDays: 99, ceilingDays: null },
    CHATTER,
    REST,
  ]),
  'fewer acts under four eyes': policy([CHATTER, REST], { fourEyes: [] }),
  'no signatures': policy([CHATTER, REST], { signed: false }),
};

for (const [what, to] of Object.entries(WEAKER))
  test(`C2: ${what} is weaker`, () => assert.equal(isWeaker(IN_FORCE, to), true));

const AS_STRONG: Record<string, OversightPolicy> = {
  'the same': IN_FORCE,
  'longer floors and ceilings': policy([
    { ...CHATTER, floorDays: 31 },
    { ...REST, ceilingDays: null },
  ]),
  'a new class that is kept for as long as any': policy([
    { name: 'new', for: { role: 'trader' }, floorDays: 100, ceilingDays: 200 },
    CHATTER,
    REST,
  ]),
  'more under four eyes': policy([CHATTER, REST], { fourEyes: ['export', 'retention'] }),
};

for (const [what, to] of Object.entries(AS_STRONG))
  test(`${what} is not weaker`, () => assert.equal(isWeaker(IN_FORCE, to), false));

test('a policy has one text, and comes back from it', () => {
  const text = formatPolicy(policy([CHATTER, REST], { fourEyes: ['retention', 'open'] }));
  assert.equal(formatPolicy(parsePolicy(text)), text);
  assert.deepEqual(parsePolicy(text).fourEyes, ['open', 'retention']);
});
