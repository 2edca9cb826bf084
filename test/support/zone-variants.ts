/**
 * Zones of every kind that there is in the world, and some that should not be: a seeded generator of variants, each a
 * zone below `test` with a TXT record to be asked for.
 */
import type { AlgorithmName, KeyUse } from './key-pool.ts';
import type { SeededRandom } from './seeded-random.ts';

export const RECORD = 'v=chancery1; k=ed25519; id=abc; seq=1; st=current';

/** A zone as it is to be signed and served. */
export interface ZonePlan {
  readonly zone: string;
  readonly parent: string;
  readonly records: readonly string[];
  readonly keys: readonly KeyUse[];
  /** The keys that the parent names, and how. */
  readonly named: readonly Naming[];
  /** Further arguments of `dnssec-signzone`: times, and how absence is proven. */
  readonly signing: readonly string[];
  /** Changes the lines of the signed zone. */
  readonly tamper?: (line: string) => string | undefined;
  /** Changes the lines about this zone in its signed parent. */
  readonly tamperParent?: (line: string) => string | undefined;
}

export interface Naming {
  readonly key: KeyUse;
  readonly digest?: 1 | 2 | 4;
  readonly wrong?: boolean;
}

export interface Variant {
  readonly kind: string;
  readonly ask: string;
  readonly zones: readonly ZonePlan[];
}

const ACCEPTED: readonly AlgorithmName[] = ['RSASHA256', 'ECDSAP256SHA256', 'ECDSAP384SHA384', 'ED25519'];
const NOT_ACCEPTED: readonly AlgorithmName[] = ['NSEC3RSASHA1', 'RSASHA512', 'ED448'];
const DENIALS = [
  [],
  ['-3', '-', '-H', '0'],
  ['-3', 'aabbcc', '-H', '5'],
  ['-3', '-', '-H', '0', '-A'],
] as const;

/** What a kind is given: chance, and the name and keys it would have if nothing were special. */
interface Given {
  readonly random: SeededRandom;
  readonly zone: string;
  readonly algorithm: AlgorithmName;
  readonly entry: KeyUse;
  readonly signer: KeyUse;
  /** The usual record, with a TTL of chance. */
  readonly txt: (name?: string, text?: string) => string;
}

type Change = Partial<ZonePlan> & { readonly ask?: string; readonly below?: boolean };
type Kind = (given: Given) => Change;

const isTxt = (line: string): boolean => /\sTXT\s+"/.test(line);
const signatureOver = (type: string) => (line: string) =>
  new RegExp(String.raw`\sIN\s+RRSIG\s+${type}\s`).test(line);
const without = (drop: (line: string) => boolean) => (line: string) => (drop(line) ? undefined : line);
/** Another character in the base64 that a line ends with, where a signature is. */
const spoilEnd = (line: string): string =>
  line.replace(/ [A-Za-z0-9+/= ]+$/, (base64) => {
    const whole = base64.replaceAll(' ', '');
    return ` ${whole.slice(0, 10)}${whole[10] === 'A' ? 'B' : 'A'}${whole.slice(11)}`;
  });
const spoil = (which: (line: string) => boolean) => (line: string) => (which(line) ? spoilEnd(line) : line);

const SOUND: Readonly<Record<string, Kind>> = {
  'nothing special': () => ({}),
  'labels that are no zone cuts': ({ zone, txt }) => ({
    records: [txt('_chancery.a.b')],
    ask: `_chancery.a.b.${zone}`,
  }),
  'a zone two labels below its parent': ({ zone }) => {
    const deep = zone.replace('.test', '.co.test');
    return { zone: deep, ask: `_chancery.${deep}` };
  },
  'a zone below a zone': () => ({ below: true }),
  'one key for all': ({ entry }) => ({ keys: [entry], signing: ['-z'] }),
  'keys signed by the entry key alone': () => ({ signing: ['-x'] }),
  'an idle key beside': ({ entry, signer }) => ({
    keys: [entry, signer, { ...signer, number: 1, idle: true }],
  }),
  'an idle entry key beside': ({ entry, signer }) => ({
    keys: [entry, signer, { ...entry, number: 1, idle: true }],
  }),
  'a roll of the entry key, the old one named': ({ entry, signer }) => ({
    keys: [entry, { ...entry, number: 1 }, signer],
  }),
  'a roll of the entry key, the new one named': ({ entry, signer }) => ({
    keys: [entry, { ...entry, number: 1 }, signer],
    named: [{ key: { ...entry, number: 1 } }],
  }),
  'a roll of the entry key, both named': ({ entry, signer }) => ({
    keys: [entry, { ...entry, number: 1 }, signer],
    named: [{ key: entry }, { key: { ...entry, number: 1 } }],
  }),
  'a roll of the entry key, the next one named before it is there': ({ entry }) => ({
    named: [{ key: entry }, { key: { ...entry, number: 1 } }],
  }),
  'a roll of the signing key, signed by both': ({ entry, signer }) => ({
    keys: [entry, signer, { ...signer, number: 1 }],
  }),
  'a withdrawn key beside': ({ entry, signer }) => ({
    keys: [entry, signer, { ...entry, number: 1, revoked: true }],
  }),
  'two algorithms, both named': ({ entry, signer, random, algorithm }) => {
    const other = random.pick(ACCEPTED.filter((name) => name !== algorithm));
    const [more, also] = [
      { ...entry, algorithm: other },
      { ...signer, algorithm: other },
    ];
    return { keys: [entry, signer, more, also], named: [{ key: entry }, { key: more }] };
  },
  'two algorithms, one of them not accepted': ({ entry, signer, random }) => {
    const other = random.pick(NOT_ACCEPTED);
    const [more, also] = [
      { ...entry, algorithm: other },
      { ...signer, algorithm: other },
    ];
    return { keys: [more, also, entry, signer], named: [{ key: more }, { key: entry }] };
  },
  'named by SHA-384': ({ entry }) => ({ named: [{ key: entry, digest: 4 }] }),
  'named by SHA-256 and SHA-384': ({ entry }) => ({ named: [{ key: entry }, { key: entry, digest: 4 }] }),
  'named by SHA-1 and SHA-256': ({ entry }) => ({ named: [{ key: entry, digest: 1 }, { key: entry }] }),
  'named rightly and wrongly': ({ entry }) => ({
    named: [{ key: entry }, { key: entry, digest: 4, wrong: true }],
  }),
  'signatures that end soon': () => ({ signing: ['-e', 'now+3600'] }),
  'signatures that hold for years': () => ({ signing: ['-s', 'now-31536000', '-e', 'now+94608000'] }),
  'other TXT records beside': ({ txt }) => ({
    records: [txt(), txt('_chancery', 'v=spf1 -all'), txt('_chancery', '')],
  }),
  'a record in several strings': ({ txt }) => ({
    records: [txt().replace(RECORD, `${RECORD.slice(0, 20)}" "${RECORD.slice(20)}`)],
  }),
  'a text of 700 bytes beside': ({ txt }) => ({
    records: [txt(), `_chancery TXT "${'a'.repeat(250)}" "${'b'.repeat(250)}" "${'c'.repeat(200)}"`],
  }),
  'a name in upper case': ({ txt }) => ({ records: [txt('_CHANCERY')] }),
  'a TTL that was lowered on the way': () => ({
    tamper: (line) => (isTxt(line) ? line.replace(/\s\d+\s+IN/, ' 1 IN') : line),
  }),
  'a wildcard beside the record': ({ txt }) => ({ records: [txt(), txt('*', 'not this one')] }),
};

const BROKEN: Readonly<Record<string, Kind>> = {
  expired: () => ({ signing: ['-s', 'now-864000', '-e', 'now-3600'] }),
  'not yet valid': () => ({ signing: ['-s', 'now+864000', '-e', 'now+1728000'] }),
  'signatures over the keys expired': () => ({
    signing: ['-s', 'now-864000', '-e', 'now+864000', '-X', 'now-3600'],
  }),
  'a record changed after it was signed': () => ({
    tamper: (line) => (isTxt(line) ? line.replace('seq=1', 'seq=2') : line),
  }),
  'a record added after signing': () => ({
    tamper: (line) => (isTxt(line) ? `${line}\n${line.replace('seq=1', 'seq=2')}` : line),
  }),
  'a signature changed': () => ({ tamper: spoil(signatureOver('TXT')) }),
  'a signature over the keys changed': () => ({ tamper: spoil(signatureOver('DNSKEY')) }),
  'a signature over the delegation changed': () => ({ tamperParent: spoil(signatureOver('DS')) }),
  'a delegation changed after it was signed': () => ({
    tamperParent: (line) =>
      /\sDS\s/.test(line) && !line.includes('RRSIG')
        ? line.replace(/.$/, (c) => (c === '0' ? '1' : '0'))
        : line,
  }),
  'an unsigned record in a signed zone': () => ({ tamper: without(signatureOver('TXT')) }),
  'unsigned keys': () => ({ tamper: without(signatureOver('DNSKEY')) }),
  'an unsigned delegation': () => ({ tamperParent: without(signatureOver('DS')) }),
  'a delegation with another digest': ({ entry }) => ({ named: [{ key: entry, wrong: true }] }),
  'a delegation to a key that is not there': ({ entry }) => ({ named: [{ key: { ...entry, number: 1 } }] }),
  'a delegation to a withdrawn key': ({ entry, signer }) => {
    const withdrawn = { ...entry, revoked: true };
    return { keys: [withdrawn, signer], named: [{ key: withdrawn }] };
  },
  'an unsigned zone that its parent says is signed': () => ({ keys: [] }),
};

const UNSIGNED: Readonly<Record<string, Kind>> = {
  'an unsigned zone': () => ({ keys: [], named: [] }),
  'a signed zone that its parent does not name': () => ({ named: [] }),
};

const ABSENT: Readonly<Record<string, Kind>> = {
  'no such name': ({ zone }) => ({ ask: `_other.${zone}` }),
  'a name with other records': () => ({ records: ['_chancery HINFO "a" "b"'] }),
  'a name with names below it only': ({ txt }) => ({ records: [txt('x._chancery')] }),
};

/** What DNSSEC allows and Chancery does not. */
const STRICTER: Readonly<Record<string, Kind>> = {
  'a wildcard': ({ txt }) => ({ records: [txt('*')] }),
  'a wildcard over two labels': ({ zone, txt }) => ({ records: [txt('*')], ask: `_chancery.a.${zone}` }),
  'an alias': ({ txt }) => ({ records: ['_chancery CNAME other', txt('other')] }),
  'an alias out of the zone': () => ({ records: ['_chancery CNAME _chancery.sound.test.'] }),
  'an alias of the names below': ({ zone, txt }) => ({
    records: [`sub DNAME real.${zone}.`, txt('_chancery.real')],
    ask: `_chancery.sub.${zone}`,
  }),
  'an algorithm that is not accepted': ({ random, entry, signer }) => {
    const algorithm = random.pick(NOT_ACCEPTED);
    return {
      keys: [entry, signer].map((key) => ({ ...key, algorithm })),
      named: [{ key: { ...entry, algorithm } }],
    };
  },
  'named by SHA-1 alone': ({ entry }) => ({ named: [{ key: entry, digest: 1 }] }),
  'more records than a proof may hold': ({ txt }) => ({
    records: [txt(), ...Array.from({ length: 70 }, (_, i) => txt('_chancery', `other ${i}`))],
  }),
  'more bytes than a proof may hold': ({ txt }) => ({
    records: [txt(), ...Array.from({ length: 33 }, (_, i) => txt('_chancery', `${i} ${'x'.repeat(240)}`))],
  }),
};

const KINDS: readonly (readonly [Readonly<Record<string, Kind>>, number])[] = [
  [SOUND, 4],
  [BROKEN, 4],
  [UNSIGNED, 4],
  [ABSENT, 4],
  [STRICTER, 3],
];

/** Every kind several times, each time with other algorithms, proofs of absence and lifetimes. */
export function variantsOf(random: SeededRandom): Variant[] {
  const kinds = KINDS.flatMap(([group, times]) =>
    Object.entries(group).flatMap(([kind, make]) =>
      Array.from({ length: times }, () => [kind, make] as const),
    ),
  );
  return kinds.map(([kind, make], index) => variant(kind, make, `v${index}.test`, random));
}

function variant(kind: string, make: Kind, zone: string, random: SeededRandom): Variant {
  const algorithm = random.pick(ACCEPTED);
  const entry: KeyUse = { algorithm, entry: true };
  const signer: KeyUse = { algorithm, entry: false };
  const txt = (name = '_chancery', text = RECORD): string => `${name} ${ttl} TXT "${text}"`;
  const ttl = random.pick([0, 1, 300, 86_400]);
  const { below = false, ask, ...change } = make({ random, zone, algorithm, entry, signer, txt });
  const usual: ZonePlan = {
    zone,
    parent: 'test',
    records: [txt()],
    keys: [entry, signer],
    named: [{ key: entry }],
    signing: [],
  };
  const plan = { ...usual, ...change, signing: [...(change.signing ?? []), ...random.pick(DENIALS)] };
  if (!below) return { kind, ask: ask ?? `_chancery.${zone}`, zones: [plan] };
  const child = { ...plan, zone: `sub.${zone}`, parent: zone };
  return { kind, ask: `_chancery.sub.${zone}`, zones: [child, { ...plan, records: [] }] };
}
