/** Chains that must be refused, each a sound one with one thing spoiled, and what openssl makes of it. */
import {
  alternativeNamesExtension,
  authorityExtension,
  authorityKeyIdExtension,
  detailsExtension,
  encodeExtension,
  keyUsageExtension,
  nameConstraintsExtension,
} from '../../protocol/certificate/extensions.ts';
import { encodeKeyUsage } from '../../protocol/certificate/key-usage.ts';
import { peerIdOf } from '../../protocol/certificate/index.ts';
import { keyIdOf } from '../../protocol/certificate/key.ts';
import { nobleSuite } from '../../protocol/crypto/index.ts';
import type { Code } from '../../protocol/errors/index.ts';
import type { Details } from '../../protocol/certificate/details.ts';
import { AT, DAY, deviceNames, DOMAIN, KEYS, uriNames, type Drafts } from './chain-drafts.ts';
import type { Key } from './organisation.ts';

export interface SpoiledChain {
  readonly what: string;
  readonly code: Code;
  readonly spoil?: (drafts: Drafts) => void;
  /** When it is looked at; {@link AT} if left out. */
  readonly at?: number;
  /** Why openssl accepts it all the same; left out where it refuses it too. */
  readonly opensslAccepts?: string;
}

const PROFILE = 'a rule of our own profile, narrower than RFC 5280';
const KINDS = 'openssl knows nothing of our kinds of leaf';
const NESTING = 'the shell model of nested validity is not part of RFC 5280';
const LIFE = 'how long a certificate may live is a matter of policy';

function asNode(leaf: Drafts['leaf'], { publicKey }: Key, details: Details): void {
  leaf.extensions.names = uriNames(`node/${peerIdOf(publicKey)}`);
  leaf.extensions.details = detailsExtension(details);
  leaf.subject = peerIdOf(publicKey);
}

export const SPOILED: readonly SpoiledChain[] = [
  { what: 'an expired leaf', code: 'certificate.expired', at: AT + 7 * DAY + 1 },
  { what: 'a leaf that is not yet valid', code: 'certificate.not-yet-valid', at: AT - 7 * DAY - 1 },
  {
    what: 'an address of another domain',
    code: 'certificate.name-constraint',
    spoil: ({ leaf }) => (leaf.extensions.names = deviceNames('alice@other.test')),
  },
  {
    what: 'an address of a subdomain',
    code: 'certificate.name-constraint',
    spoil: ({ leaf }) => (leaf.extensions.names = deviceNames(`alice@sub.${DOMAIN}`)),
  },
  {
    what: 'a URI of another domain',
    code: 'certificate.name-constraint',
    spoil: ({ leaf }) => (leaf.extensions.names = deviceNames(`alice@${DOMAIN}`, 'other.test')),
  },
  {
    what: 'a DNS name of another domain',
    code: 'certificate.name-constraint',
    spoil: ({ leaf }) => (leaf.extensions.names = alternativeNamesExtension({ dns: ['notacme.test'] })),
  },
  {
    what: 'an issuer that is no CA',
    code: 'certificate.not-a-ca',
    spoil: ({ issuer }) => delete issuer.extensions.authority,
  },
  {
    what: 'a root that is no CA',
    code: 'certificate.not-a-ca',
    spoil: ({ root }) => delete root.extensions.authority,
  },
  {
    what: 'a root that allows no issuer below it',
    code: 'certificate.path-length',
    spoil: ({ root }) => (root.extensions.authority = authorityExtension(0)),
  },
  {
    what: 'an issuer that allows further issuers',
    code: 'certificate.path-length',
    spoil: ({ issuer }) => (issuer.extensions.authority = authorityExtension(null)),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a leaf signed by another key',
    code: 'certificate.bad-signature',
    spoil: ({ leaf }) => (leaf.signer = KEYS.stranger),
  },
  {
    what: 'an issuer signed by another key',
    code: 'certificate.bad-signature',
    spoil: ({ issuer }) => (issuer.signer = KEYS.stranger),
  },
  {
    what: 'a root signed by another key',
    code: 'certificate.bad-signature',
    spoil: ({ root }) => (root.signer = KEYS.stranger),
  },
  {
    what: 'an issuer whose key is not for certifying',
    code: 'certificate.key-usage',
    spoil: ({ issuer }) => (issuer.extensions.usage = keyUsageExtension(['cRLSign'])),
  },
  {
    what: 'an issuer without key usage',
    code: 'certificate.key-usage',
    spoil: ({ issuer }) => delete issuer.extensions.usage,
  },
  {
    what: 'a leaf whose key is not for signing',
    code: 'certificate.key-usage',
    spoil: ({ leaf }) => (leaf.extensions.usage = keyUsageExtension(['keyAgreement'])),
  },
  {
    what: 'a leaf whose key is for certifying too',
    code: 'certificate.key-usage',
    spoil: ({ leaf }) => (leaf.extensions.usage = keyUsageExtension(['digitalSignature', 'keyCertSign'])),
  },
  {
    what: 'an unknown critical extension',
    code: 'certificate.unknown-critical',
    spoil: ({ leaf }) => (leaf.extensions.extra = encodeExtension('1.2.3.4', true, Uint8Array.of(5, 0))),
  },
  {
    what: 'an unknown critical extension in the issuer',
    code: 'certificate.unknown-critical',
    spoil: ({ issuer }) => (issuer.extensions.extra = encodeExtension('1.2.3.4', true, Uint8Array.of(5, 0))),
  },
  {
    what: 'an extension that is there twice',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.extensions.again = deviceNames('bob@acme.test')),
  },
  {
    what: 'a leaf that names another issuer',
    code: 'certificate.broken-chain',
    spoil: ({ leaf }) => (leaf.issuer = 'other.test issuer'),
  },
  {
    what: 'a leaf with the key identifier of another issuer',
    code: 'certificate.broken-chain',
    spoil: ({ leaf }) =>
      (leaf.extensions.authorityKeyId = authorityKeyIdExtension(
        keyIdOf(KEYS.stranger.publicKey, nobleSuite.sha256),
      )),
  },
  {
    what: 'a leaf without the key identifier of its issuer',
    code: 'certificate.missing-extension',
    spoil: ({ leaf }) => delete leaf.extensions.authorityKeyId,
  },
  {
    what: 'an issuer without key identifier',
    code: 'certificate.missing-extension',
    spoil: ({ issuer }) => delete issuer.extensions.subjectKeyId,
  },
  {
    what: 'a serial number of zero',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.serial = new Uint8Array(16)),
    opensslAccepts: 'openssl does not look at serial numbers',
  },
  {
    what: 'an issuer that may vouch for any name',
    code: 'certificate.missing-extension',
    spoil: ({ issuer }) => delete issuer.extensions.constraints,
    opensslAccepts: PROFILE,
  },
  {
    what: 'an issuer that may vouch for two domains',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer }: Drafts): void => {
      const both = [DOMAIN, 'other.test'];
      issuer.extensions.constraints = nameConstraintsExtension({ dns: both, email: both, uri: both });
    },
    opensslAccepts: PROFILE,
  },
  {
    what: 'an issuer and leaf of another domain than the root’s',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer, leaf }: Drafts): void => {
      const other = ['other.test'];
      issuer.extensions.constraints = nameConstraintsExtension({ dns: other, email: other, uri: other });
      issuer.subject = leaf.issuer = 'other.test issuer';
      leaf.extensions.names = deviceNames('alice@other.test', 'other.test');
    },
    opensslAccepts: PROFILE,
  },
  {
    what: 'an issuer with another common name',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer, leaf }) => (issuer.subject = leaf.issuer = 'somebody'),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a whole chain of another domain than is expected',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer, root }) => (root.subject = root.issuer = issuer.issuer = 'other.test'),
    opensslAccepts: 'openssl is not told which domain is expected',
  },
  {
    what: 'a root with other names',
    code: 'certificate.wrong-kind',
    spoil: ({ root }) => (root.extensions.names = alternativeNamesExtension({ dns: [DOMAIN] })),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a leaf that outlives its issuer',
    code: 'certificate.bad-validity',
    spoil: ({ issuer }) => (issuer.notAfter = AT + DAY),
    opensslAccepts: NESTING,
  },
  {
    what: 'a leaf that is older than its issuer',
    code: 'certificate.bad-validity',
    spoil: ({ issuer }) => (issuer.notBefore = AT - DAY),
    opensslAccepts: NESTING,
  },
  {
    what: 'a device for more than 14 days',
    code: 'certificate.bad-validity',
    spoil: ({ leaf }) => (leaf.notAfter += 1),
    opensslAccepts: LIFE,
  },
  {
    what: 'an issuer for more than 90 days',
    code: 'certificate.bad-validity',
    spoil: ({ issuer }) => (issuer.notAfter += 1),
    opensslAccepts: LIFE,
  },
  {
    what: 'a root for more than two years',
    code: 'certificate.bad-validity',
    spoil: ({ root }) => (root.notAfter += 2 * DAY),
    opensslAccepts: LIFE,
  },
  {
    what: 'a CA in the place of a leaf',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }: Drafts): void => {
      leaf.extensions.authority = authorityExtension(0);
      leaf.extensions.usage = keyUsageExtension(['keyCertSign', 'cRLSign']);
    },
  },
  {
    what: 'a leaf without a name of ours',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }) => (leaf.extensions.names = alternativeNamesExtension({ email: [`alice@${DOMAIN}`] })),
    opensslAccepts: KINDS,
  },
  {
    what: 'a leaf of two kinds at once',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }: Drafts): void => {
      const uri = [`chancery://${DOMAIN}/device/alice/phone`, `chancery://${DOMAIN}/statement`];
      leaf.extensions.names = alternativeNamesExtension({ email: [`alice@${DOMAIN}`], uri });
    },
    opensslAccepts: KINDS,
  },
  {
    what: 'a device with a DNS name',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }: Drafts): void => {
      const uri = [`chancery://${DOMAIN}/device/alice/phone`];
      const email = [`alice@${DOMAIN}`];
      leaf.extensions.names = alternativeNamesExtension({ dns: [DOMAIN], email, uri });
    },
    opensslAccepts: KINDS,
  },
  {
    what: 'a device without an address',
    code: 'certificate.wrong-name',
    spoil: ({ leaf }) => (leaf.extensions.names = uriNames('device/alice/phone')),
    opensslAccepts: KINDS,
  },
  {
    what: 'a device of another member than its address says',
    code: 'certificate.wrong-name',
    spoil: ({ leaf }) => (leaf.extensions.names = deviceNames(`bob@${DOMAIN}`)),
    opensslAccepts: KINDS,
  },
  {
    what: 'a common name that is a DNS name of another domain',
    code: 'certificate.wrong-name',
    spoil: ({ leaf }) => (leaf.subject = 'other.test'),
  },
  {
    what: 'a common name that is of another device',
    code: 'certificate.wrong-name',
    spoil: ({ leaf }) => (leaf.subject = 'tablet'),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a display name that turns the direction of the text after it',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.extensions.details = detailsExtension({ name: 'Alice\u202e', roles: [] })),
    opensslAccepts: KINDS,
  },
  {
    what: 'an address that is not in its canonical form',
    code: 'certificate.wrong-name',
    spoil: ({ leaf }) => (leaf.extensions.names = deviceNames(`Alice@${DOMAIN}`)),
    opensslAccepts: KINDS,
  },
  {
    what: 'a device that says neither name nor roles',
    code: 'certificate.missing-extension',
    spoil: ({ leaf }) => delete leaf.extensions.details,
    opensslAccepts: KINDS,
  },
  {
    what: 'a device without the member’s name',
    code: 'certificate.missing-extension',
    spoil: ({ leaf }) => (leaf.extensions.details = detailsExtension({ name: null, roles: [] })),
    opensslAccepts: KINDS,
  },
  {
    what: 'a display name with a line break',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.extensions.details = detailsExtension({ name: 'Alice\nBob', roles: [] })),
    opensslAccepts: KINDS,
  },
  {
    what: 'a node with the peer id of another key',
    code: 'certificate.wrong-name',
    spoil: ({ leaf }) => asNode(leaf, KEYS.stranger, { name: null, roles: ['gateway'] }),
    opensslAccepts: KINDS,
  },
  {
    what: 'a node with a member’s role',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }) => asNode(leaf, KEYS.leaf, { name: null, roles: ['gateway', 'operator'] }),
    opensslAccepts: KINDS,
  },
  {
    what: 'a statement signer with roles',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }) => (leaf.extensions.names = uriNames('statement')),
    opensslAccepts: KINDS,
  },
  {
    what: 'a root whose key is not for certifying',
    code: 'certificate.key-usage',
    spoil: ({ root }) => (root.extensions.usage = keyUsageExtension(['cRLSign'])),
  },
  {
    what: 'a root with name constraints',
    code: 'certificate.wrong-kind',
    spoil: ({ root, issuer }) => (root.extensions.constraints = issuer.extensions.constraints!),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a root whose domain is not in its canonical form',
    code: 'certificate.wrong-kind',
    spoil: ({ root, issuer }) => (root.subject = root.issuer = issuer.issuer = 'Acme.test'),
    opensslAccepts: PROFILE,
  },
  {
    what: 'an issuer with other names',
    code: 'certificate.wrong-domain',
    spoil: ({ issuer }) => (issuer.extensions.names = alternativeNamesExtension({ dns: [DOMAIN] })),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a statement signer with an address',
    code: 'certificate.wrong-name',
    spoil: ({ leaf }: Drafts): void => {
      const names = { email: [`alice@${DOMAIN}`], uri: [`chancery://${DOMAIN}/statement`] };
      leaf.extensions.names = alternativeNamesExtension(names);
      delete leaf.extensions.details;
    },
    opensslAccepts: KINDS,
  },
  {
    what: 'a node with a display name',
    code: 'certificate.wrong-kind',
    spoil: ({ leaf }) => asNode(leaf, KEYS.leaf, { name: 'Alice', roles: ['gateway'] }),
    opensslAccepts: KINDS,
  },
  {
    what: 'a key usage that is not critical',
    code: 'certificate.malformed',
    spoil: ({ leaf }) =>
      (leaf.extensions.usage = encodeExtension('2.5.29.15', false, encodeKeyUsage(['digitalSignature']))),
    opensslAccepts: PROFILE,
  },
  {
    what: 'a serial number of 21 bytes',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.serial = new Uint8Array(21).fill(1)),
    opensslAccepts: 'openssl does not look at serial numbers',
  },
  {
    what: 'an address with a space',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.extensions.names = deviceNames(`al ice@${DOMAIN}`)),
    opensslAccepts: KINDS,
  },
  {
    what: 'an empty common name',
    code: 'certificate.malformed',
    spoil: ({ leaf }) => (leaf.subject = ''),
    opensslAccepts: PROFILE,
  },
];
