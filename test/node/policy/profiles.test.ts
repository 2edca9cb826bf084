/** The policies that are shipped: each comes into force as it is, and each of their rules bites where it should and nowhere else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePolicyFile, PROFILES, readProfile } from '../../../node/policy/index.ts';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import type { Policy, TalkFile } from '../../../protocol/policy/index.ts';
import { talkOf, type Told } from '../../support/told.ts';

const CARD = '4111 1111 1111 1111';
const NO_CARD = '4111 1111 1111 1112';
const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const IBANS = [
  'DE89 3704 0044 0532 0130 00',
  'GB29 NWBK 6016 1331 9268 19',
  'FR14 2004 1010 0505 0001 3M02 606',
  'NL91 ABNA 0417 1643 00',
  'CH93 0076 2011 6238 5295 7',
];
const SSN = 'SSN 123-45-6789';
const NO_SSN = 'SSN 000-12-3456';
const NHS = 'NHS number 943 476 5919';
const NO_NHS = 'NHS number 943 476 5918';
const PASSPORT = 'passport number E00007730';

const times = (text: string, number: number): string => Array.from({ length: number }, () => text).join(', ');

const addresses = (number: number): string =>
  Array.from({ length: number }, (_, at) => `person${at}@company.example`).join('; ');

const file = (...states: TalkFile['states'][number][]): Told => ({ file: { states } });

const incoming = (told: Told): Told => ({ ...told, direction: 'in' });
const inside = (text: string): Told => ({ text, isInside: true });
const abroad = (told: Told): Told => ({ ...told, receiver: 'ben@third-country.example' });

type Case = readonly [bites: Told, passes: Told];

/** By rule, where a profile says the same as others; and by profile and rule, where it does not. */
const CASES: Readonly<Record<string, Case>> = {
  'cards-outside': [{ text: `card ${CARD}` }, { text: `card ${NO_CARD}` }],
  'cards-inside': [inside(`card ${CARD}`), inside(`card ${NO_CARD}`)],
  'secrets-outside': [{ text: `use ${TOKEN}` }, { text: 'use the token of last week' }],
  'secrets-inside': [inside(`use ${TOKEN}`), inside('use the token of last week')],
  'account-lists-outside': [{ text: IBANS.join(', ') }, { text: IBANS.slice(1).join(', ') }],
  'address-lists-outside': [{ text: addresses(25) }, { text: addresses(24) }],
  'identity-numbers-outside': [{ text: SSN }, { text: NO_SSN }],
  'identity-numbers-inside': [inside(times(SSN, 5)), inside(times(SSN, 4))],
  'passports-outside': [{ text: PASSPORT }, { text: 'invoice number E00007730' }],
  'health-numbers-outside': [{ text: NHS }, { text: NO_NHS }],
  'health-number-lists-inside': [inside(times(NHS, 5)), inside(times(NHS, 4))],
  'infected-files': [file('infected'), file('unscanned')],
  'risky-files': [file('mismatched'), { file: {} }],
  'risky-files-in': [incoming(file('risky')), file('risky')],
  'risky-files-out': [file('risky'), incoming(file('risky'))],
  'encrypted-files': [file('encrypted'), { ...file('encrypted'), isInside: true }],
  'encrypted-files-in': [incoming(file('encrypted')), incoming({ file: {} })],
  'unreadable-files': [file('unreadable'), { ...file('unreadable'), isInside: true }],
  'unreadable-files-out': [file('encrypted'), { ...file('encrypted'), isInside: true }],
  'unchecked-files-in': [incoming(file('unscanned')), incoming({ file: {} })],
  'images-outside': [{ file: { types: ['image/png'] } }, { file: { types: ['application/pdf'] } }],
  'false-links-in': [incoming({ link: { lookalike: 'acme.test' } }), incoming({ link: {} })],
  'other-links-in': [incoming({ link: { mismatched: true } }), incoming({ link: {} })],
  'imitations-in': [incoming({ imitates: 'name' }), incoming({})],
  'first-contacts-in': [incoming({ isFirst: true }), incoming({})],
  'weakly-known-partners': [{ level: 'dns' }, { level: 'pinned' }],
  'health weakly-known-partners': [
    { level: 'dns', text: NHS },
    { level: 'pinned', text: NHS },
  ],
  'off-channel': [{ text: 'Call my cell, it is easier.' }, { text: 'my cell is charging, call the desk' }],
  'off-channel-links': [{ link: { host: 'chat.whatsapp.com' } }, { link: { host: 'chat.acme.example' } }],
  promises: [{ text: 'these are guaranteed returns' }, { text: 'returns are not certain' }],
  'inside-information': [{ text: 'buy before the announcement' }, { text: 'the announcement was yesterday' }],
  complaints: [
    incoming({ text: 'this is a formal complaint' }),
    incoming({ text: 'no complaints at all, thank you' }),
  ],
  'substance-use-outside': [{ text: 'seen at the methadone clinic' }, { text: 'seen at the eye clinic' }],
  'sensitive-diagnoses-outside': [{ text: 'she is HIV positive' }, { text: 'the test was negative' }],
  'special-categories-outside': [{ text: 'he is a trade union member' }, { text: 'the trade union writes' }],
  transfers: [abroad({ text: PASSPORT }), { text: PASSPORT }],
  'files-to-third-countries': [abroad({ file: {} }), { file: {} }],
  'markings-outside': [{ text: 'VS-NfD: situation of today' }, { text: 'the situation of today' }],
};

async function compiled(name: string): Promise<Policy> {
  return valueOf(compilePolicyFile(await readProfile(name), `${name}.yaml`, nobleSuite.sha256)).policy;
}

/** What the rule comes to for a message; undefined where it does not apply. */
function outcomeOf(policy: Policy, id: string, told: Told): string | undefined {
  return policy.decide(talkOf(told)).reasons.find(({ rule }) => rule === id)?.outcome;
}

for (const name of Object.keys(PROFILES)) {
  describe(`the profile ${name}`, () => {
    it('begins with the schema by which editors check it, and gives each rule a reason and its law', async () => {
      const text = await readProfile(name);
      assert.match(text, /^# yaml-language-server: \$schema=\.\/policy\.schema\.json\n/);
      const { document } = await compiled(name);
      for (const { id, reason, law } of document.rules) {
        assert.ok(reason.length > 20, id);
        if (name !== 'default') assert.match(law ?? '', /\d/, `${id} names no rule of law`);
      }
    });

    it('has examples of barriers and hours that are valid once they are no comments any more', async () => {
      const written = await readProfile(name);
      const [before = '', examples = ''] = written.split(/^ {2}# Examples, to be adapted.*$/m);
      const groups = before.replace(
        /^(?:# groups:\n)((?:# {3}[a-z-]+: \[.*\]\n)+)/m,
        (_all, named: string) => `groups:\n${named.replaceAll(/^# /gm, '')}`,
      );
      const rules = examples.replaceAll(/^ {2}# /gm, '  ');
      const more = groups.replaceAll(/^ {2}# ([a-z]+: \[role:)/gm, '  $1');
      const compiledToo = compilePolicyFile(`${more}${rules}`, `${name}.yaml`, nobleSuite.sha256);
      assert.equal(compiledToo.ok ? '' : compiledToo.refusal.message, '');
      const number = (await compiled(name)).document.rules.length;
      assert.ok(compiledToo.ok && compiledToo.value.policy.document.rules.length >= number + 2);
    });

    it('bites where each rule should, and lets the rest be', async () => {
      const policy = await compiled(name);
      for (const { id, then, when } of policy.document.rules) {
        if (when.sample !== undefined) continue;
        const found = CASES[`${name} ${id}`] ?? CASES[id];
        assert.ok(found !== undefined, `${id} has no example`);
        const [bites, passes] = found;
        assert.equal(outcomeOf(policy, id, bites), then, `${id} does not bite`);
        assert.equal(outcomeOf(policy, id, passes), undefined, `${id} bites where it must not`);
      }
    });

    it('lets ordinary words between people who know each other be', async () => {
      const policy = await compiled(name);
      const rules = policy.document.rules.filter(({ when }) => when.sample === undefined);
      const texts = [
        'Shall we meet at three?',
        'The invoice of 4 May is paid, thank you.',
        'See the draft, page 12.',
      ];
      for (const text of texts)
        for (const told of [{ text }, incoming({ text }), inside(text)])
          for (const { id } of rules) assert.equal(outcomeOf(policy, id, told), undefined, `${id}: ${text}`);
    });
  });
}

it('the sample of finance is one in twenty, and of what is said inside none', async () => {
  const policy = await compiled('finance');
  const drawn = (told: Told): number => {
    let number = 0;
    for (let at = 0; at < 4_000; at += 1)
      if (outcomeOf(policy, 'sample', { ...told, number: at }) === 'flag') number += 1;
    return number;
  };
  const share = drawn({}) / 4_000;
  assert.ok(share > 0.035 && share < 0.065, `${share} are drawn`);
  assert.equal(drawn(inside('')), 0);
});

it('no example is left over', async () => {
  const used = new Set<string>();
  for (const name of Object.keys(PROFILES))
    for (const { id } of (await compiled(name)).document.rules)
      used.add(CASES[`${name} ${id}`] === undefined ? id : `${name} ${id}`);
  assert.deepEqual(
    Object.keys(CASES).filter((id) => !used.has(id)),
    [],
  );
});
