/** Conditions about who writes to whom, and when. */
import { LEVELS } from '../../../protocol/wire/index.ts';
import { at, incoming, inside, person, row, type Row, type Said } from './row.ts';

const ALICE = person('alice@acme.test', 'trader');
const ADAM = person('adam@acme.test', 'analyst');
const BOB = person('bob@partner.test', 'broker');
const CAROL = person('carol@third.test');

const from = (sender: Said['sender']): Said => ({ sender }) as Said;
const to = (...receivers: NonNullable<Said['receivers']>): Said => ({ receivers });

const GROUPS = {
  groups: {
    desk: ['group:traders', 'domain:third.test'],
    traders: ['role:trader'],
    research: ['role:analyst'],
  },
};

/** Who is meant by each way of naming somebody, and who by no more than a hair is not. */
const NAMED: readonly (readonly [name: string, met: typeof ALICE, missed: readonly (typeof ALICE)[]])[] = [
  ['alice@acme.test', ALICE, [ADAM, person('alice@partner.test'), person('alice@eu.acme.test')]],
  ['Alice@ACME.test', ALICE, [ADAM]],
  ['domain:partner.test', BOB, [ALICE, CAROL, person('bob@eu.partner.test'), person('bob@xpartner.test')]],
  ['role:trader', ALICE, [ADAM, person('alice@acme.test'), person('alice@acme.test', 'trader-junior')]],
  ['own', ADAM, [BOB, person('bob@eu.acme.test')]],
  ['external', BOB, [ALICE]],
  ['group:desk', ALICE, [ADAM, BOB]],
  ['group:desk', CAROL, [BOB, person('ben@eu.third.test')]],
];

export const PEOPLE: readonly Row[] = [
  row('when', { direction: 'out', conversation: 'direct', external: true }, {
    meets: [{}],
    misses: [incoming, { conversation: 'group' }, inside],
  }),
  row('when.direction=out', { direction: 'out' }, { meets: [{}, inside], misses: [incoming] }),
  row('when.direction=in', { direction: 'in' }, { meets: [incoming], misses: [{}, inside] }),
  ...NAMED.flatMap(([name, met, missed]) => [
    row('when.from', { from: [name] }, { meets: [from(met)], misses: missed.map(from) }, GROUPS),
    row('when.to', { to: [name] }, {
      meets: [to(met), to(...missed, met)],
      misses: [to(...missed), to(), { ...to(...missed), ...from(met) }],
    }, GROUPS),
  ]),
  row('when.from', { from: ['alice@acme.test', 'role:broker'] }, {
    meets: [from(ALICE), from(BOB)],
    misses: [from(ADAM), { ...from(ADAM), ...to(ALICE, BOB) }],
  }),
  row('when.between', { between: ['traders', 'research'] }, {
    meets: [
      { ...from(ALICE), ...to(ADAM) },
      { ...from(ADAM), ...to(ALICE, BOB) },
      { ...from(BOB), ...to(ADAM, ALICE) },
      { ...from(BOB), ...to(person('both@acme.test', 'trader', 'analyst')) },
    ],
    misses: [
      { ...from(ALICE), ...to(BOB, CAROL) },
      { ...from(BOB), ...to(ADAM) },
      { ...from(ALICE), ...to(person('al@acme.test', 'trader')) },
    ],
  }, GROUPS),
  row('groups.*', { from: ['group:desk'] }, { meets: [from(ALICE)], misses: [from(BOB)] }, GROUPS),
  row('when.conversation=direct', { conversation: 'direct' }, { meets: [{ conversation: 'direct' }], misses: [{ conversation: 'group' }] }),
  row('when.conversation=group', { conversation: 'group' }, { meets: [{ conversation: 'group' }], misses: [{ conversation: 'direct' }] }),
  row('when.external=true', { external: true }, {
    meets: [{}, incoming, to(ADAM, BOB)],
    misses: [inside, to(ADAM), to()],
  }),
  row('when.external=false', { external: false }, { meets: [inside, to()], misses: [{}, incoming, to(ADAM, BOB)] }),
  row('when.firstContact=true', { firstContact: true }, { meets: [{ isFirst: true }, { ...incoming, isFirst: true }], misses: [{}, incoming] }),
  row('when.firstContact=false', { firstContact: false }, { meets: [{}, incoming], misses: [{ isFirst: true }, { ...incoming, isFirst: true }] }),
  ...(['dnssec', 'pinned', 'dns'] as const).map((level) =>
    row(`when.levelBelow=${level}`, { levelBelow: level }, {
      meets: LEVELS.slice(LEVELS.indexOf(level) + 1).map((less) => ({ level: less })),
      misses: LEVELS.slice(0, LEVELS.indexOf(level) + 1).map((asGood) => ({ level: asGood })),
    }),
  ),
  row('when.imitates=domain', { imitates: ['domain'] }, { meets: [{ imitates: 'domain' }], misses: [{ imitates: 'name' }, {}] }),
  row('when.imitates=name', { imitates: ['name'] }, { meets: [{ imitates: 'name' }], misses: [{ imitates: 'domain' }, {}] }),
  row('when.imitates=name', { imitates: ['domain', 'name'] }, { meets: [{ imitates: 'name' }, { imitates: 'domain' }], misses: [{}] }),
]; // prettier-ignore

/** Of 2026: 27 March is a Friday, and in Europe clocks go forward on the 29th at 01:00 UTC and back on 25 October at 01:00 UTC. */
export const HOURS: readonly Row[] = [
  row('when.outside.hours', { outside: { days: 'mon-sun', hours: '07:00-20:00', zone: 'UTC' } }, {
    meets: [at('2026-05-04T20:00:00.000Z'), at('2026-05-04T06:59:59.999Z'), at('2026-05-04T00:00:00Z')],
    misses: [at('2026-05-04T19:59:59.999Z'), at('2026-05-04T07:00:00.000Z')],
  }),
  row('when.outside.hours', { outside: { days: 'mon-sun', hours: '07:30-24:00', zone: 'UTC' } }, {
    meets: [at('2026-05-04T07:29:59.999Z'), at('2026-05-05T00:00:00Z')],
    misses: [at('2026-05-04T07:30:00Z'), at('2026-05-04T23:59:59.999Z')],
  }),
  // the night belongs to the day on which it begins: from Friday to Saturday, and none from Sunday to Monday
  row('when.outside.hours', { outside: { days: 'mon-fri', hours: '22:00-06:00', zone: 'UTC' } }, {
    meets: [
      ...['2026-05-04T21:59:59.999Z', '2026-05-05T06:00:00.000Z', '2026-05-04T12:00:00Z', '2026-05-04T05:59:59Z'].map(at),
      ...['2026-05-09T22:00:00Z', '2026-05-10T05:00:00Z', '2026-05-10T22:00:00Z'].map(at),
    ],
    misses: ['2026-05-04T22:00:00.000Z', '2026-05-05T00:00:00Z', '2026-05-05T05:59:59.999Z', '2026-05-09T05:59:59.999Z'].map(at),
  }),
  row('when.outside.days', { outside: { days: 'mon-fri', hours: '00:00-24:00', zone: 'UTC' } }, {
    meets: [at('2026-05-03T23:59:59.999Z'), at('2026-05-09T00:00:00.000Z')],
    misses: [at('2026-05-04T00:00:00.000Z'), at('2026-05-08T23:59:59.999Z')],
  }),
  row('when.outside.days', { outside: { days: 'sat-mon', hours: '00:00-24:00', zone: 'UTC' } }, {
    meets: [at('2026-05-05T00:00:00Z'), at('2026-05-08T23:59:59.999Z')],
    misses: [at('2026-05-09T00:00:00Z'), at('2026-05-10T12:00:00Z'), at('2026-05-04T23:59:59.999Z')],
  }),
  row('when.outside.days', { outside: { days: 'wed', hours: '00:00-24:00', zone: 'UTC' } }, {
    meets: [at('2026-05-05T23:59:59.999Z'), at('2026-05-07T00:00:00Z')],
    misses: [at('2026-05-06T00:00:00Z'), at('2026-05-06T23:59:59.999Z')],
  }),
  row('when.outside.zone', { outside: { days: 'mon-fri', hours: '07:00-20:00', zone: 'Asia/Kolkata' } }, {
    meets: [at('2026-05-04T14:30:00Z'), at('2026-05-04T01:29:59Z'), at('2026-05-08T19:00:00Z')],
    misses: [at('2026-05-04T14:29:59Z'), at('2026-05-04T01:30:00Z')],
  }),
  // Monday here is Sunday there
  row('when.outside.zone', { outside: { days: 'mon', hours: '00:00-24:00', zone: 'America/New_York' } }, {
    meets: [at('2026-05-04T03:59:59Z'), at('2026-05-05T04:00:00Z')],
    misses: [at('2026-05-04T04:00:00Z'), at('2026-05-05T03:59:59Z')],
  }),
  row('when.outside.zone', { outside: { days: 'mon-fri', hours: '07:00-20:00', zone: 'Europe/Berlin' } }, {
    meets: ['2026-03-27T19:00:00Z', '2026-03-30T18:00:00Z', '2026-10-23T18:00:00Z', '2026-10-26T19:00:00Z', '2026-03-30T04:59:59Z'].map(at),
    misses: ['2026-03-27T18:59:59Z', '2026-03-30T17:59:59Z', '2026-10-23T17:59:59Z', '2026-10-26T18:59:59Z', '2026-03-30T05:00:00Z'].map(at),
  }),
  // the night of seven hours, and the hour that comes twice
  row('when.outside.zone', { outside: { days: 'sat', hours: '22:00-06:00', zone: 'Europe/Berlin' } }, {
    meets: [at('2026-03-28T20:59:59Z'), at('2026-03-29T04:00:00Z'), at('2026-10-25T05:00:00Z')],
    misses: [at('2026-03-28T21:00:00Z'), at('2026-03-29T01:30:00Z'), at('2026-03-29T03:59:59Z'), at('2026-10-25T04:59:59Z')],
  }),
  row('when.outside.zone', { outside: { days: 'sun', hours: '00:00-02:30', zone: 'Europe/Berlin' } }, {
    meets: [at('2026-10-25T00:30:00Z'), at('2026-10-25T01:30:00Z'), at('2026-10-24T21:59:59Z')],
    misses: [at('2026-10-24T22:00:00Z'), at('2026-10-25T00:29:59Z'), at('2026-10-25T01:29:59Z')],
  }),
]; // prettier-ignore
