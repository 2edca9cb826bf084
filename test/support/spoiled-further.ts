/** More chains that must be refused, each a sound one with one thing spoiled: times, purposes, and extensions of others. */
import {
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  TAG,
} from '../../protocol/certificate/der.ts';
import {
  alternativeNamesExtension,
  authorityExtension,
  authorityKeyIdExtension,
  encodeExtension,
  keyUsageExtension,
  nameConstraintsExtension,
} from '../../protocol/certificate/extensions.ts';
import { keyIdOf } from '../../protocol/certificate/key.ts';
import { nobleSuite } from '../../protocol/crypto/index.ts';
import { AT, DAY, DOMAIN, KEYS, type Drafts } from './chain-drafts.ts';
import type { SpoiledChain } from './spoiled-chains.ts';

const PROFILE = 'a rule of our own profile, narrower than RFC 5280';
const POLICIES = 'openssl knows of policies, of which our profile has none';
const YEARISH = 400 * DAY;
const NULL = Uint8Array.of(5, 0);

const CERTIFICATES = ['leaf', 'issuer', 'root'] as const;

/** Both ends of one certificate's validity moved. */
function shifted(what: string, seconds: number, code: SpoiledChain['code']): SpoiledChain[] {
  return CERTIFICATES.map((name) => ({
    what: `a ${name} of ${what}`,
    code,
    spoil: (drafts) => {
      drafts[name].notBefore += seconds;
      drafts[name].notAfter += seconds;
    },
  }));
}

/** A critical extension of RFC 5280 that is not in our profile, in each certificate. */
function critical(what: string, oid: string, value: Uint8Array, opensslAccepts?: string): SpoiledChain[] {
  return CERTIFICATES.map((name) => ({
    what: `critical ${what} in the ${name}`,
    code: 'certificate.unknown-critical',
    spoil: (drafts) => (drafts[name].extensions.extra = encodeExtension(oid, true, value)),
    ...(opensslAccepts === undefined ? {} : { opensslAccepts }),
  }));
}

const purposes = (...oids: string[]): Uint8Array => sequence(...oids.map(objectIdentifier));
const SERVER = '1.3.6.1.5.5.7.3.1';
const EMAIL = '1.3.6.1.5.5.7.3.4';

function purposed(what: string, isCritical: boolean, oid: string, opensslAccepts?: string): SpoiledChain[] {
  return CERTIFICATES.map((name) => ({
    what: `${what} in the ${name}`,
    code: 'certificate.key-usage',
    spoil: (drafts) =>
      (drafts[name].extensions.extra = encodeExtension('2.5.29.37', isCritical, purposes(oid))),
    ...(opensslAccepts === undefined ? {} : { opensslAccepts }),
  }));
}

const signedBy = (name: keyof Drafts): Uint8Array =>
  authorityKeyIdExtension(keyIdOf(KEYS[name].publicKey, nobleSuite.sha256));

export const SPOILED_FURTHER: readonly SpoiledChain[] = [
  ...shifted('400 days ago', -YEARISH, 'certificate.expired'),
  ...shifted('400 days ahead', YEARISH, 'certificate.not-yet-valid'),
  { what: 'a whole chain, 400 days later', code: 'certificate.expired', at: AT + YEARISH },
  { what: 'a whole chain, 400 days before', code: 'certificate.not-yet-valid', at: AT - YEARISH },
  { what: 'a leaf, a second after its end', code: 'certificate.expired', at: AT + 7 * DAY + 1 },
  { what: 'a leaf, a second before its beginning', code: 'certificate.not-yet-valid', at: AT - 7 * DAY - 1 },
  ...purposed('a purpose that is another', true, SERVER),
  ...purposed('a purpose that is another, not critical', false, SERVER),
  ...purposed('the purpose of e-mail', false, EMAIL, PROFILE),
  ...critical('policies', '2.5.29.32', sequence(sequence(objectIdentifier('1.2.3.4'))), POLICIES),
  ...critical('policy constraints', '2.5.29.36', sequence(element(0x80, Uint8Array.of(0))), POLICIES),
  ...critical('extensions that nobody knows', '1.3.6.1.4.1.55555.1', NULL),
  {
    what: 'a leaf that the root signed, past its issuer',
    code: 'certificate.broken-chain',
    spoil: ({ leaf }: Drafts): void => {
      leaf.signer = KEYS.root;
      leaf.issuer = DOMAIN;
      leaf.extensions.authorityKeyId = signedBy('root');
    },
    opensslAccepts: 'openssl leaves an issuer out that the chain does not need',
  },
  {
    what: 'a leaf that signed itself',
    code: 'certificate.bad-signature',
    spoil: ({ leaf }) => (leaf.signer = KEYS.leaf),
  },
  {
    what: 'an issuer for the domain above too',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer }: Drafts): void => {
      issuer.extensions.constraints = nameConstraintsExtension({
        dns: ['test'],
        email: ['test'],
        uri: ['test'],
      });
    },
  },
  {
    what: 'an issuer constrained in its addresses alone',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer }) => (issuer.extensions.constraints = nameConstraintsExtension({ email: [DOMAIN] })),
    opensslAccepts: PROFILE,
  },
  {
    what: 'constraints on a leaf',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }) => (leaf.extensions.constraints = nameConstraintsExtension({ dns: [DOMAIN] })),
    opensslAccepts: 'openssl does not look for constraints where RFC 5280, 4.2.1.10, forbids them',
  },
  {
    what: 'a leaf with a machine’s address',
    code: 'certificate.malformed',
    spoil: ({ leaf }: Drafts): void => {
      const address = sequence(element(0x87, Uint8Array.of(127, 0, 0, 1)));
      leaf.extensions.names = encodeExtension('2.5.29.17', false, address);
    },
    opensslAccepts: PROFILE,
  },
  {
    what: 'a leaf with no names at all',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.extensions.names = encodeExtension('2.5.29.17', false, sequence())),
  },
  {
    what: 'a root with a path length of many',
    code: 'certificate.malformed',
    spoil: ({ root }: Drafts): void => {
      const limit = element(TAG.INTEGER, Uint8Array.of(1, 0, 0));
      root.extensions.authority = encodeExtension(
        '2.5.29.19',
        true,
        sequence(element(TAG.BOOLEAN, Uint8Array.of(0xff)), limit),
      );
    },
    opensslAccepts: PROFILE,
  },
  {
    what: 'a path length without being a CA',
    code: 'certificate.malformed',
    spoil: ({ leaf }: Drafts): void => {
      leaf.extensions.authority = encodeExtension('2.5.29.19', true, sequence(integer(Uint8Array.of(1))));
    },
  },
  {
    what: 'an authority that is not marked critical',
    code: 'certificate.malformed',
    spoil: ({ issuer }: Drafts): void => {
      const value = sequence(element(TAG.BOOLEAN, Uint8Array.of(0xff)), integer(Uint8Array.of(0)));
      issuer.extensions.authority = encodeExtension('2.5.29.19', false, value);
    },
  },
  {
    what: 'an issuer that may sign, too',
    code: 'certificate.key-usage',
    spoil: ({ issuer }) =>
      (issuer.extensions.usage = keyUsageExtension(['digitalSignature', 'keyCertSign', 'cRLSign'])),
    opensslAccepts: PROFILE,
  },
  {
    what: 'an issuer that may not sign lists of what it revoked',
    code: 'certificate.key-usage',
    spoil: ({ issuer }) => (issuer.extensions.usage = keyUsageExtension(['keyCertSign'])),
    opensslAccepts: PROFILE,
  },
  {
    what: 'an issuer that allows one more below it',
    code: 'certificate.path-length',
    spoil: ({ issuer }) => (issuer.extensions.authority = authorityExtension(1)),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a key identifier that is empty',
    code: 'certificate.malformed',
    spoil: ({ leaf }: Drafts): void => {
      leaf.extensions.subjectKeyId = encodeExtension('2.5.29.14', false, octetString(new Uint8Array()));
    },
    opensslAccepts: PROFILE,
  },
  {
    what: 'a leaf for a key of small order',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.key = { ...leaf.key, publicKey: new Uint8Array(32).with(0, 1) }),
    opensslAccepts: 'openssl does not look at the key of a leaf',
  },
  {
    what: 'a device with an address of a domain below, by an issuer of it',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer, leaf }: Drafts): void => {
      const below = [`sub.${DOMAIN}`];
      issuer.extensions.constraints = nameConstraintsExtension({ dns: below, email: below, uri: below });
      leaf.extensions.names = alternativeNamesExtension({
        email: [`alice@sub.${DOMAIN}`],
        uri: [`chancery://sub.${DOMAIN}/device/alice/phone`],
      });
    },
    opensslAccepts: PROFILE,
  },
];
