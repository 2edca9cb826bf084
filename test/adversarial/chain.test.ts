/**
 * Attacks by certificates on `verifyBundle`: each chain is a sound one of a device, with one thing forged before it was
 * signed by whoever the attacker is taken to be. That openssl sees them so, too, is shown in the interop tests.
 */
import {
  alternativeNamesExtension,
  authorityExtension,
  authorityKeyIdExtension,
  detailsExtension,
  encodeExtension,
  keyUsageExtension,
  nameConstraintsExtension,
  subjectKeyIdExtension,
} from '../../protocol/certificate/extensions.ts';
import { peerIdOf } from '../../protocol/certificate/index.ts';
import { keyIdOf } from '../../protocol/certificate/key.ts';
import { nobleSuite } from '../../protocol/crypto/index.ts';
import type { Code, Result } from '../../protocol/errors/index.ts';
import { encodeBundle, verifyBundle } from '../../protocol/identity/index.ts';
import { attacks, type Attack } from '../support/attack-table.ts';
import {
  AT,
  DAY,
  deviceNames,
  DOMAIN,
  KEYS,
  makeChain,
  uriNames,
  type Drafts,
} from '../support/chain-drafts.ts';
import { dnssecCrypto } from '../support/dnssec-chain.ts';
import type { Key } from '../support/organisation.ts';

const CONTEXT = { suite: nobleSuite, dnssec: dnssecCrypto, anchors: [] };
const YEARISH = 400 * DAY;

/** Shows a bundle with this chain over the leaf's key, or another. */
function show(chain: readonly Uint8Array[], publicKey = KEYS.leaf.publicKey): Promise<Result<unknown>> {
  const bundle = encodeBundle({ proof: null, chain, handovers: [], statement: null, roster: null });
  return verifyBundle(bundle, publicKey, AT, CONTEXT);
}

function forged(attack: string, code: Code, spoil: (drafts: Drafts) => void): Attack<undefined> {
  return { attack, code, attempt: async () => show(await makeChain(spoil)) };
}

/** A key in the place of another, with the identifiers that go with it. */
function takePlace(drafts: Drafts, name: keyof Drafts, key: Key): void {
  const id = keyIdOf(key.publicKey, nobleSuite.sha256);
  drafts[name].key = key;
  drafts[name].extensions.subjectKeyId = subjectKeyIdExtension(id);
  const below = { root: ['root', 'issuer'], issuer: ['leaf'], leaf: [] } as const;
  for (const child of below[name]) {
    drafts[child].signer = key;
    drafts[child].extensions.authorityKeyId = authorityKeyIdExtension(id);
  }
}

function shift(name: keyof Drafts, seconds: number): (drafts: Drafts) => void {
  return (drafts) => {
    drafts[name].notBefore += seconds;
    drafts[name].notAfter += seconds;
  };
}

const both = [DOMAIN, 'evil.test'];
const own = [DOMAIN];

const TABLE: readonly Attack<undefined>[] = [
  forged(
    'a leaf signed by a stranger',
    'certificate.bad-signature',
    ({ leaf }) => (leaf.signer = KEYS.stranger),
  ),
  forged('a leaf that signed itself', 'certificate.bad-signature', ({ leaf }) => (leaf.signer = KEYS.leaf)),
  forged('a leaf signed by the root, past its issuer', 'certificate.bad-signature', ({ leaf }) => {
    leaf.signer = KEYS.root;
  }),
  forged('a leaf issued by the root, past its issuer', 'certificate.broken-chain', ({ leaf }) => {
    leaf.signer = KEYS.root;
    leaf.issuer = DOMAIN;
    leaf.extensions.authorityKeyId = authorityKeyIdExtension(keyIdOf(KEYS.root.publicKey, nobleSuite.sha256));
  }),
  forged('an issuer signed by a stranger', 'certificate.bad-signature', ({ issuer }) => {
    issuer.signer = KEYS.stranger;
  }),
  forged('an issuer whose key was exchanged, in its old name', 'certificate.bad-signature', (drafts) => {
    takePlace(drafts, 'issuer', KEYS.stranger);
    drafts.issuer.signer = KEYS.stranger;
  }),
  forged(
    'a root that a stranger signed',
    'certificate.bad-signature',
    ({ root }) => (root.signer = KEYS.stranger),
  ),
  forged('a leaf that names an issuer it does not have', 'certificate.broken-chain', ({ leaf }) => {
    leaf.issuer = 'evil.test issuer';
  }),
  forged('a leaf with the key identifier of a stranger’s issuer', 'certificate.broken-chain', ({ leaf }) => {
    const id = keyIdOf(KEYS.stranger.publicKey, nobleSuite.sha256);
    leaf.extensions.authorityKeyId = authorityKeyIdExtension(id);
  }),
  forged(
    'a device turned issuer: no CA',
    'certificate.not-a-ca',
    ({ issuer }) => delete issuer.extensions.authority,
  ),
  forged('a root that is no CA', 'certificate.not-a-ca', ({ root }) => delete root.extensions.authority),
  forged('a leaf that is a CA itself', 'certificate.wrong-kind', ({ leaf }) => {
    leaf.extensions.authority = authorityExtension(0);
  }),
  forged('a root that allows no issuer', 'certificate.path-length', ({ root }) => {
    root.extensions.authority = authorityExtension(0);
  }),
  forged('an issuer that allows one more below it', 'certificate.path-length', ({ issuer }) => {
    issuer.extensions.authority = authorityExtension(1);
  }),
  forged('an issuer without a limit', 'certificate.path-length', ({ issuer }) => {
    issuer.extensions.authority = authorityExtension(null);
  }),
  forged('a path length beyond any chain', 'certificate.malformed', ({ root }) => {
    const huge = Uint8Array.of(0x30, 8, 1, 1, 0xff, 2, 3, 1, 0, 0);
    root.extensions.authority = encodeExtension('2.5.29.19', true, huge);
  }),
  forged('an issuer for a second domain, too', 'certificate.wrong-domain', ({ issuer }) => {
    issuer.extensions.constraints = nameConstraintsExtension({ dns: both, email: both, uri: both });
  }),
  forged('an issuer without constraints', 'certificate.missing-extension', ({ issuer }) => {
    delete issuer.extensions.constraints;
  }),
  forged('an issuer constrained in addresses, not in URIs', 'certificate.wrong-domain', ({ issuer }) => {
    issuer.extensions.constraints = nameConstraintsExtension({ dns: own, email: own });
  }),
  forged('an issuer constrained to the domain above', 'certificate.wrong-domain', ({ issuer }) => {
    issuer.extensions.constraints = nameConstraintsExtension({
      dns: ['test'],
      email: ['test'],
      uri: ['test'],
    });
  }),
  forged('constraints that only exclude', 'certificate.malformed', ({ issuer }) => {
    const excluded = Uint8Array.of(0x30, 14, 0xa1, 12, 0x30, 10, 0x82, 8, ...Buffer.from('evil.tst'));
    issuer.extensions.constraints = encodeExtension('2.5.29.30', true, excluded);
  }),
  forged('constraints that are not critical', 'certificate.malformed', ({ issuer }) => {
    const names = nameConstraintsExtension({ dns: own, email: own, uri: own });
    issuer.extensions.constraints = encodeExtension(
      '2.5.29.30',
      false,
      names.subarray(names.indexOf(0x04) + 2),
    );
  }),
  forged('an address of another domain', 'certificate.name-constraint', ({ leaf }) => {
    leaf.extensions.names = deviceNames('ceo@evil.test');
  }),
  forged('an address of a domain below', 'certificate.name-constraint', ({ leaf }) => {
    leaf.extensions.names = deviceNames(`alice@sub.${DOMAIN}`);
  }),
  forged('an address of a domain that ends alike', 'certificate.name-constraint', ({ leaf }) => {
    leaf.extensions.names = deviceNames('alice@notacme.test');
  }),
  forged(
    'an address with two at signs, whose first part names the domain',
    'certificate.name-constraint',
    ({ leaf }) => {
      leaf.extensions.names = deviceNames(`alice@${DOMAIN}@evil.test`);
    },
  ),
  forged('a URI whose user part names the domain', 'certificate.name-constraint', ({ leaf }) => {
    leaf.extensions.names = deviceNames(`alice@${DOMAIN}`, `${DOMAIN}@evil.test`);
  }),
  forged('a second address beside the own one', 'certificate.wrong-name', ({ leaf }) => {
    const email = [`alice@${DOMAIN}`, `ceo@${DOMAIN}`];
    leaf.extensions.names = alternativeNamesExtension({
      email,
      uri: [`chancery://${DOMAIN}/device/alice/phone`],
    });
  }),
  forged('another member’s address', 'certificate.wrong-name', ({ leaf }) => {
    leaf.extensions.names = deviceNames(`ceo@${DOMAIN}`);
  }),
  forged('a name of a kind that no constraint covers', 'certificate.malformed', ({ leaf }) => {
    const address = Uint8Array.of(0x30, 6, 0x87, 4, 127, 0, 0, 1);
    leaf.extensions.names = encodeExtension('2.5.29.17', false, address);
  }),
  forged(
    'a common name that is another domain',
    'certificate.wrong-name',
    ({ leaf }) => (leaf.subject = 'evil.test'),
  ),
  forged('a node with the peer id of another: swapped', 'certificate.wrong-name', ({ leaf }) => {
    leaf.subject = peerIdOf(KEYS.stranger.publicKey);
    leaf.extensions.names = uriNames(`node/${leaf.subject}`);
    leaf.extensions.details = detailsExtension({ name: null, roles: ['gateway'] });
  }),
  forged('a key that may do everything', 'certificate.key-usage', ({ leaf }) => {
    leaf.extensions.usage = keyUsageExtension(['digitalSignature', 'keyCertSign', 'cRLSign']);
  }),
  forged('a leaf without key usage', 'certificate.key-usage', ({ leaf }) => delete leaf.extensions.usage),
  forged('an issuer whose key may not certify', 'certificate.key-usage', ({ issuer }) => {
    issuer.extensions.usage = keyUsageExtension(['digitalSignature']);
  }),
  forged('a critical extension that nobody knows', 'certificate.unknown-critical', ({ leaf }) => {
    leaf.extensions.extra = encodeExtension('2.5.29.99', true, Uint8Array.of(5, 0));
  }),
  forged('critical policy constraints in the root', 'certificate.unknown-critical', ({ root }) => {
    root.extensions.extra = encodeExtension('2.5.29.36', true, Uint8Array.of(0x30, 0));
  }),
  forged(
    'an extension that is there twice, the second time with another name',
    'certificate.malformed',
    ({ leaf }) => {
      leaf.extensions.again = deviceNames(`ceo@${DOMAIN}`);
    },
  ),
  forged('a leaf of 400 days ago', 'certificate.expired', shift('leaf', -YEARISH)),
  forged('a leaf of 400 days ahead', 'certificate.not-yet-valid', shift('leaf', YEARISH)),
  forged('an issuer of 400 days ago', 'certificate.expired', shift('issuer', -YEARISH)),
  forged('an issuer of 400 days ahead', 'certificate.not-yet-valid', shift('issuer', YEARISH)),
  forged('a root of 400 days ago', 'certificate.expired', shift('root', -YEARISH)),
  forged('a root of 400 days ahead', 'certificate.not-yet-valid', shift('root', YEARISH)),
  forged('a device for 400 days', 'certificate.bad-validity', ({ leaf, issuer }) => {
    leaf.notAfter = issuer.notAfter = AT + YEARISH;
  }),
  forged(
    'a leaf that outlives its issuer',
    'certificate.bad-validity',
    ({ issuer }) => (issuer.notAfter = AT + DAY),
  ),
  forged('a validity that ends before it begins', 'certificate.not-yet-valid', ({ leaf }) => {
    [leaf.notBefore, leaf.notAfter] = [leaf.notAfter, leaf.notBefore];
  }),
  forged('a root whose domain is in upper case', 'certificate.wrong-kind', ({ root, issuer }) => {
    root.subject = root.issuer = issuer.issuer = 'ACME.test';
  }),
  forged('a root whose domain ends in a dot', 'certificate.wrong-kind', ({ root, issuer }) => {
    root.subject = root.issuer = issuer.issuer = `${DOMAIN}.`;
  }),
  forged('a root whose domain is written in another script', 'certificate.wrong-kind', ({ root, issuer }) => {
    root.subject = root.issuer = issuer.issuer = 'аcme.test';
  }),
  forged(
    'a root with a domain that looks alike, over an issuer of the real one',
    'certificate.wrong-domain',
    (drafts) => {
      drafts.root.subject = drafts.root.issuer = drafts.issuer.issuer = 'xn--cme-7cd.test';
    },
  ),
  forged('a name that turns the direction of the text', 'certificate.malformed', ({ leaf }) => {
    leaf.extensions.details = detailsExtension({ name: 'Alice\u202etset.live', roles: ['member'] });
  }),
];

/** The chain in another order, or with a link exchanged. */
const ORDERED: readonly Attack<undefined>[] = [
  {
    attack: 'leaf and issuer exchanged',
    code: 'certificate.broken-chain',
    attempt: async () => {
      const [leaf, issuer, root] = (await makeChain()) as [Uint8Array, Uint8Array, Uint8Array];
      return show([issuer, leaf, root]);
    },
  },
  {
    attack: 'the root in every place',
    code: 'certificate.wrong-kind',
    attempt: async () => {
      const [, , root] = (await makeChain()) as [Uint8Array, Uint8Array, Uint8Array];
      return show([root, root, root]);
    },
  },
  {
    attack: 'the issuer as the leaf: a stolen authority that speaks',
    code: 'certificate.broken-chain',
    attempt: async () => {
      const [, issuer, root] = (await makeChain()) as [Uint8Array, Uint8Array, Uint8Array];
      return show([issuer, issuer, root], KEYS.issuer.publicKey);
    },
  },
  {
    attack: 'a sound chain shown over another key',
    code: 'identity.key-mismatch',
    attempt: async () => show(await makeChain(), KEYS.stranger.publicKey),
  },
  {
    attack: 'a sound chain with a byte after its leaf',
    code: 'certificate.malformed',
    attempt: async () => {
      const [leaf, issuer, root] = (await makeChain()) as [Uint8Array, Uint8Array, Uint8Array];
      return show([Uint8Array.of(...leaf, 0), issuer, root]);
    },
  },
  {
    attack: 'a certificate of 2,049 bytes',
    code: 'encoding.malformed',
    attempt: async () => {
      const [, issuer, root] = (await makeChain()) as [Uint8Array, Uint8Array, Uint8Array];
      return show([new Uint8Array(2_049), issuer, root]);
    },
  },
];

attacks('a chain in a bundle', TABLE);
attacks('a chain put together wrongly', ORDERED);
