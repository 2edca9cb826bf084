/** Conditions about what a message says and brings along, and samples. */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import type { TalkFile, TalkLink } from '../../../protocol/policy/index.ts';
import { row, said, type Row, type Said } from './row.ts';

const texts = (...all: string[]): Said[] => all.map((text) => ({ text }));

/** Of each detector: what it finds, and what nearly is that. */
const DETECTED = {
  'payment-card': [texts('4111 1111 1111 1111'), texts('4111 1111 1111 1112', '4111 1111 1111 111')],
  iban: [texts('DE89 3704 0044 0532 0130 00'), texts('DE89 3704 0044 0532 0130 01', 'DE89 3704 0044 0532 0130')],
  'national-id': [texts('SSN 123-45-6789'), texts('SSN 000-12-3456', 'order 123-45-678')],
  passport: [texts('passport number E00007730'), texts('invoice number E00007730')],
  'health-number': [texts('NHS number 943 476 5919'), texts('NHS number 943 476 5918', 'order 943 476 5919')],
  phone: [texts('ring +44 20 7946 0958'), texts('ring +44 20 79', 'order 442079460958')],
  email: [texts('write to a@b.example'), texts('write to a@b', '@b.example')],
  secret: [texts(`use ghp_${'a1B2c3D4e5F6'.repeat(3)}`), texts(`use ghp_${'a1B2c3D4e5F6'.repeat(3).slice(1)}`)],
} as const; // prettier-ignore

/** Of each detector that tells kinds: one kind, what is of it, and what is of another. */
const KINDS = [
  ['payment-card', 'visa', '4111 1111 1111 1111', '5555 5555 5555 4444'],
  ['iban', 'DE', 'DE89 3704 0044 0532 0130 00', 'GB29 NWBK 6016 1331 9268 19'],
  ['national-id', 'US', 'SSN 123-45-6789', 'AB 12 34 56 C'],
  ['passport', 'DE', 'Reisepass C01X00T478', 'passport number E00007730'],
  ['health-number', 'GB', 'NHS number 943 476 5919', 'Medicare 1EG4-TE5-MK73'],
  ['phone', 'GB', '+44 20 7946 0958', '212-555-0123'],
  ['secret', 'github', `ghp_${'a1B2c3D4e5F6'.repeat(3)}`, 'password: hunter22x'],
] as const;

const WORDS = { lexicons: { offers: { version: 3, words: ['guaranteed returns', 'offer'] } } };
const PROJECT = { patterns: { project: 'kestrel-\\d{2}' } };

const [VISA, OTHER_VISA, MASTERCARD] = ['4111 1111 1111 1111', '4012 8888 8888 1881', '5555 5555 5555 4444'];

const inFile = (text: string): Partial<TalkFile> => ({ texts: [{ place: 'cards.csv', text }] });

export const TEXTS: readonly Row[] = [
  ...Object.entries(DETECTED).map(([detector, [meets, misses]]) =>
    row(`when.contains.detector=${detector}`, { contains: [{ detector: detector as keyof typeof DETECTED }] }, {
      meets: [...meets, ...meets.map(({ text = '' }) => ({ file: inFile(text) }))],
      misses: [...misses, {}],
    }),
  ),
  ...KINDS.map(([detector, kind, met, missed]) =>
    row('when.contains.kinds', { contains: [{ detector, kinds: [kind] }] }, { meets: texts(met, `${missed}, ${met}`), misses: texts(missed) }),
  ),
  row('when.contains', { contains: [{ detector: 'iban' }, { lexicon: 'offers' }] }, {
    meets: texts('an offer', 'DE89 3704 0044 0532 0130 00'),
    misses: texts('kestrel-12', VISA),
  }, WORDS),
  row('when.contains.lexicon', { contains: [{ lexicon: 'offers' }] }, {
    meets: texts('an OFFER', 'guaranteed\n returns', 'ｏｆｆｅｒ', 'an of\u200bfer'),
    misses: texts('offers', 'returns guaranteed', 'guaranteed', 'coffer'),
  }, WORDS),
  row('lexicons.*.words', { contains: [{ lexicon: 'offers' }] }, { meets: texts('an offer'), misses: texts('an idea') }, WORDS),
  row('when.contains.pattern', { contains: [{ pattern: 'project' }] }, {
    meets: texts('kestrel-12'),
    misses: texts('kestrel-1', 'Kestrel-12', 'kestrel 12'),
  }, PROJECT),
  row('patterns.*', { contains: [{ pattern: 'project' }] }, { meets: texts('kestrel-12'), misses: texts('osprey-12') }, PROJECT),
  row('when.contains.atLeast', { contains: [{ detector: 'payment-card', atLeast: 3 }] }, {
    meets: [...texts(`${VISA}, ${OTHER_VISA}, ${MASTERCARD}`), { text: VISA, file: inFile(`${OTHER_VISA}, ${MASTERCARD}`) }],
    misses: [...texts(`${VISA}, ${OTHER_VISA}`), { text: VISA, file: inFile(OTHER_VISA) }],
  }),
  row('when.contains.atLeast', { contains: [{ detector: 'payment-card', kinds: ['visa'], atLeast: 2 }] }, {
    meets: texts(`${VISA}, ${MASTERCARD}, ${OTHER_VISA}`),
    misses: texts(`${VISA}, ${MASTERCARD}, ${MASTERCARD}`),
  }),
  row('when.contains.atLeast', { contains: [{ lexicon: 'offers', atLeast: 2 }, { pattern: 'project', atLeast: 2 }] }, {
    meets: texts('an offer is an offer', 'kestrel-12, kestrel-12'),
    misses: texts('an offer of kestrel-12'),
  }, { ...WORDS, ...PROJECT }),
]; // prettier-ignore

const file = (...files: Partial<TalkFile>[]): Said =>
  ({ files: files.map((one) => said({ file: one }).files[0]) }) as Said;

const STATES = ['encrypted', 'unreadable', 'infected', 'unscanned', 'mismatched', 'risky'] as const;

export const FILES: readonly Row[] = [
  row('when.attachment', { attachment: {} }, { meets: [file({})], misses: [{}] }),
  row('when.attachment', { attachment: { names: ['*.exe'], largerThan: 5 } }, {
    meets: [file({ name: 'a.exe', bytes: 6 })],
    misses: [file({ name: 'a.exe', bytes: 5 }, { name: 'b.txt', bytes: 6 })],
  }),
  row('when.attachment.names', { attachment: { names: ['*.exe', 'salary*2026*.csv', 'exact.txt'] } }, {
    meets: [
      ...['a.exe', 'A.EXE', 'a.pdf.exe', '.exe', 'salary2026.csv', 'Salary of May 2026, final.csv'],
      ...['exact.txt', 'salary2026 and 2026.csv'],
    ].map((name) => file({ name })),
    misses: ['exe', 'a.exe.txt', 'a.ex', 'aexe', 'salary.csv', '2026 salary.csv', 'salary2026.csvx', 'xexact.txt', 'exact.txt2'].map((name) => file({ name })),
  }),
  row('when.attachment.names', { attachment: { names: ['ab*ba', '*'.repeat(3) + 'x'] } }, {
    meets: [file({ name: 'abba' }), file({ name: 'ab ba' }), file({ name: 'x' })],
    misses: [file({ name: 'aba' }), file({ name: 'xy' })],
  }),
  // by what it says it is, and by its content
  row('when.attachment.types', { attachment: { types: ['application/zip', 'Image/*'] } }, {
    meets: [['application/zip'], ['text/plain', 'application/zip'], ['image/png', 'text/html'], ['image/svg+xml']].map((types) => file({ types })),
    misses: [['application/zip2'], ['application/x-zip'], ['text/plain', 'application/pdf'], ['imagex/png'], []].map((types) => file({ types })),
  }),
  ...STATES.map((state) =>
    row(`when.attachment.is=${state}`, { attachment: { is: [state] } }, {
      meets: [file({ states: [state] }), file({ states: [...STATES] }), file({}, { states: [state] })],
      misses: [file({ states: STATES.filter((one) => one !== state) }), file({}), {}],
    }),
  ),
  row('when.attachment.is=encrypted', { attachment: { is: ['encrypted', 'risky'] } }, {
    meets: [file({ states: ['encrypted'] }), file({ states: ['risky'] })],
    misses: [file({ states: ['unreadable', 'mismatched'] })],
  }),
  row('when.attachment.largerThan', { attachment: { largerThan: 1_000 } }, { meets: [file({ bytes: 1_001 })], misses: [file({ bytes: 1_000 })] }),
  row('when.attachment.largerThan', { attachment: { largerThan: 0 } }, { meets: [file({ bytes: 1 })], misses: [{}] }),
]; // prettier-ignore

const link = (...links: Partial<TalkLink>[]): Said => {
  const made = links.map((one) => said({ link: one }).links()[0]!);
  return { links: () => made };
};

const to = (...hosts: string[]): Said[] => hosts.map((host) => link({ host }));

function list(entries: string[], meets: string[], misses: string[]): Row {
  const told = { meets: to(...meets), misses: [...to(...misses), link({ host: null }), {}] };
  return row('when.link.list', { link: { list: 'sharing' } }, told, { lists: { sharing: entries } });
}

export const LINKS: readonly Row[] = [
  row('when.link', { link: {} }, { meets: [link({}), link({ host: null })], misses: [{}] }),
  // one link that is both, not two that are each one of it
  row('when.link', { link: { is: ['deceptive'], list: 'sharing' } }, {
    meets: [link({}, { host: 'share.example', deceptive: true })],
    misses: [link({ host: 'share.example' }, { deceptive: true })],
  }, { lists: { sharing: ['share.example'] } }),
  row('when.link.is=any', { link: { is: ['any'] } }, { meets: [link({}), link({ host: null })], misses: [{}] }),
  row('when.link.is=mismatched', { link: { is: ['mismatched'] } }, {
    meets: [link({ mismatched: true }), link({}, { mismatched: true })],
    misses: [link({ deceptive: true, lookalike: 'acme.test' }), link({})],
  }),
  row('when.link.is=deceptive', { link: { is: ['deceptive'] } }, {
    meets: [link({ deceptive: true })],
    misses: [link({ mismatched: true, lookalike: 'acme.test' }), link({})],
  }),
  row('when.link.is=lookalike', { link: { is: ['lookalike'] } }, {
    meets: [link({ lookalike: 'acme.test' })],
    misses: [link({ mismatched: true, deceptive: true }), link({})],
  }),
  row('when.link.is=lookalike', { link: { is: ['mismatched', 'lookalike'] } }, {
    meets: [link({ lookalike: 'acme.test' }), link({ mismatched: true })],
    misses: [link({ deceptive: true })],
  }),
  list(['share.example'], ['share.example', 'a.share.example'], ['example', 'xshare.example', 'share.example.org']),
  list(['*.share.example'], ['a.share.example', 'a.b.share.example'], ['share.example', 'xshare.example', 'other.example']),
  list(['*.example'], ['share.example', 'a.share.example'], ['example', 'share.example.org', 'xexample']),
  list(['example'], ['example', 'share.example'], ['share.example.org']),
  list(['*'], ['share.example', 'example', '192.0.2.1'], []),
  list(['Bücher.example'], ['xn--bcher-kva.example'], ['bucher.example']),
  list(['192.0.2.1', 'drop.example'], ['192.0.2.1', 'drop.example'], ['192.0.2.2', 'dropped.example']),
  row('lists.*', { link: { list: 'sharing' } }, { meets: to('share.example'), misses: to('other.example') }, { lists: { sharing: ['share.example'] } }),
]; // prettier-ignore

const SEED = 'a seed of the board';

/** What a message is drawn at, from 0 up to 1, by its id, the seed and the rule: worked out anew, for nodes have to agree on it. */
export function drawnAt(id: Uint8Array, seed: string = SEED, rule = 'one'): number {
  const digest = nobleSuite.sha256(concat([fromString(`chancery/sample/v1\0${seed}\0${rule}\0`), id]));
  return Number(`0x${Buffer.from(digest.subarray(0, 6)).toString('hex')}`) / 2 ** 48;
}

const numbered = Array.from({ length: 200 }, (_, number): Said => ({ number }));
const [drawn, notDrawn] = [true, false].map((is) =>
  numbered.filter((one) => drawnAt(said(one).id) < 0.25 === is),
) as [Said[], Said[]];

const [FIRST = {}] = numbered;
const BORDER = drawnAt(said(FIRST).id);

export const SAMPLES: readonly Row[] = [
  row('when.sample', { sample: 0.25 }, { meets: drawn, misses: notDrawn }, { seed: SEED }),
  row('when.sample', { sample: 1 }, { meets: numbered, misses: [] }, { seed: SEED }),
  row('when.sample', { sample: 2 ** -48 }, { meets: [], misses: numbered }, { seed: SEED }),
  // the share that ends right at what a message is drawn at, and the next greater one
  row('when.sample', { sample: BORDER }, { meets: [], misses: [FIRST] }, { seed: SEED }),
  row('when.sample', { sample: BORDER + 2 ** -48 }, { meets: [FIRST], misses: [] }, { seed: SEED }),
  // of all that meets the rest
  row('when.sample', { direction: 'in', sample: 1 }, { meets: [{ direction: 'in' }], misses: [{}] }, { seed: SEED }),
  row('seed', { sample: 0.25 }, { meets: drawn, misses: notDrawn }, { seed: SEED }),
]; // prettier-ignore
