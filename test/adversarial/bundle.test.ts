/** Attacks by what stands together in a bundle, on `verifyBundle`: parts of others, parts missing, parts too large. */
import { encodeCbor } from '../../protocol/encoding/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import { encodeBundle, verifyBundle, type Bundle } from '../../protocol/identity/index.ts';
import { signAgreement, signRoster, type Roster } from '../../protocol/statement/index.ts';
import { nobleSuite } from '../../protocol/crypto/index.ts';
import { attacks, type Attack } from '../support/attack-table.ts';
import { AT, dnssecCrypto } from '../support/dnssec-chain.ts';
import { makeDevice, makeNode, makeOrganisation } from '../support/organisation.ts';

const acme = await makeOrganisation('acme.test', { at: AT });
const evil = await makeOrganisation('evil.test', { at: AT });
const node = await makeNode(acme);
const theirs = await makeNode(evil);
const device = await makeDevice(acme, 'alice@acme.test');

const ROSTER: Roster = {
  domain: 'acme.test',
  number: 1,
  issued: AT,
  nextUpdate: AT + 86_400,
  nodes: [{ peer: node.peerId, roles: ['gateway'], addresses: [] }],
  revoked: [],
};

const ders = (chain: readonly { der: Uint8Array }[]): Uint8Array[] => chain.map(({ der }) => der);

const SOUND: Bundle = {
  proof: null,
  chain: ders(node.chain),
  handovers: [],
  statement: acme.statement.certificate.der,
  roster: await signRoster(ROSTER, acme.statement.signer),
};

function open(encoded: Uint8Array, publicKey = node.signer.publicKey): Promise<Result<unknown>> {
  return verifyBundle(encoded, publicKey, AT, { suite: nobleSuite, dnssec: dnssecCrypto, anchors: [] });
}

const show = (change: Partial<Bundle>): Promise<Result<unknown>> =>
  open(encodeBundle({ ...SOUND, ...change }));

const TABLE: readonly Attack<undefined>[] = [
  {
    attack: 'a node’s bundle shown by a device',
    code: 'identity.key-mismatch',
    attempt: () => open(encodeBundle(SOUND), device.signer.publicKey),
  },
  {
    attack: 'a node’s bundle shown by the node of another organisation',
    code: 'identity.key-mismatch',
    attempt: () => open(encodeBundle(SOUND), theirs.signer.publicKey),
  },
  {
    attack: 'our leaf under another organisation’s issuer and root',
    code: 'certificate.broken-chain',
    attempt: () => show({ chain: [SOUND.chain[0]!, ...ders(theirs.chain).slice(1)] }),
  },
  {
    attack: 'our leaf and issuer under another organisation’s root',
    code: 'certificate.broken-chain',
    attempt: () => show({ chain: [SOUND.chain[0]!, SOUND.chain[1]!, ders(theirs.chain)[2]!] }),
  },
  {
    attack: 'a statement signer of another organisation, with its roster',
    code: 'certificate.broken-chain',
    attempt: async () =>
      show({
        statement: evil.statement.certificate.der,
        roster: await signRoster(ROSTER, evil.statement.signer),
      }),
  },
  {
    attack: 'a device in the place of the statement signer, with a roster it signed',
    code: 'certificate.wrong-kind',
    attempt: async () =>
      show({ statement: device.certificate.der, roster: await signRoster(ROSTER, device.signer) }),
  },
  {
    attack: 'the node itself in the place of the statement signer',
    code: 'certificate.wrong-kind',
    attempt: async () =>
      show({ statement: node.certificate.der, roster: await signRoster(ROSTER, node.signer) }),
  },
  {
    attack: 'the issuer in the place of the statement signer',
    code: 'certificate.broken-chain',
    attempt: async () =>
      show({ statement: acme.issuer.certificate.der, roster: await signRoster(ROSTER, acme.issuer.signer) }),
  },
  {
    attack: 'a node without roster: what it is revoked by is not to be seen',
    code: 'certificate.wrong-kind',
    attempt: () => show({ roster: null }),
  },
  {
    attack: 'a node without statement signer',
    code: 'certificate.wrong-kind',
    attempt: () => show({ statement: null }),
  },
  {
    attack: 'a roster that the node signed',
    code: 'roster.bad-signature',
    attempt: async () => show({ roster: await signRoster(ROSTER, node.signer) }),
  },
  {
    attack: 'an agreement in the place of the roster',
    code: 'roster.bad-signature',
    attempt: async () => {
      const terms = { messageBytes: 1_000, directory: 'none' as const };
      const agreement = { from: 'acme.test', with: 'home.test', root: 'R', since: AT, until: null, terms };
      return show({ roster: await signAgreement(agreement, acme.statement.signer) });
    },
  },
  {
    attack: 'a roster of another domain by the right key',
    code: 'certificate.wrong-domain',
    attempt: async () =>
      show({ roster: await signRoster({ ...ROSTER, domain: 'evil.test' }, acme.statement.signer) }),
  },
  {
    attack: 'a roster whose domain is written in upper case',
    code: 'certificate.wrong-domain',
    attempt: async () =>
      show({ roster: await signRoster({ ...ROSTER, domain: 'ACME.test' }, acme.statement.signer) }),
  },
  {
    attack: 'a roster with one byte changed',
    code: 'roster.bad-signature',
    attempt: () => show({ roster: SOUND.roster!.with(40, SOUND.roster![40]! ^ 1) }),
  },
  {
    attack: 'a roster that revokes the node that shows it',
    code: 'certificate.revoked',
    attempt: async () => {
      const revoked = [{ serial: node.certificate.serial, at: AT, reason: 'key-compromise' as const }];
      return show({ roster: await signRoster({ ...ROSTER, revoked }, acme.statement.signer) });
    },
  },
  {
    attack: 'a roster beyond its limit',
    code: 'encoding.too-large',
    attempt: () => show({ roster: new Uint8Array(140_000) }),
  },
  {
    attack: 'a roster of more nodes than there may be',
    code: 'encoding.malformed',
    attempt: async () => {
      const nodes = Array.from({ length: 65 }, () => ROSTER.nodes[0]!);
      return show({ roster: await signRoster({ ...ROSTER, nodes }, acme.statement.signer) });
    },
  },
  {
    attack: 'a roster whose serials are written so that none matches',
    code: 'encoding.malformed',
    attempt: async () => {
      const serial = node.certificate.serial.toUpperCase();
      const revoked = [{ serial, at: AT, reason: 'key-compromise' as const }];
      return show({ roster: await signRoster({ ...ROSTER, revoked }, acme.statement.signer) });
    },
  },
  {
    attack: 'a proof beyond its limit',
    code: 'encoding.malformed',
    attempt: () => show({ proof: new Uint8Array(8_193) }),
  },
  {
    attack: 'a bundle beyond its limit',
    code: 'encoding.too-large',
    attempt: () => open(new Uint8Array(160_001)),
  },
  {
    attack: 'a chain of four',
    code: 'encoding.malformed',
    attempt: () => show({ chain: [...SOUND.chain, SOUND.chain[2]!] }),
  },
  {
    attack: 'a chain of the leaf alone',
    code: 'encoding.malformed',
    attempt: () => show({ chain: SOUND.chain.slice(0, 1) }),
  },
  {
    attack: 'nine handovers',
    code: 'encoding.malformed',
    attempt: () => show({ handovers: Array<Uint8Array>(9).fill(SOUND.chain[2]!) }),
  },
  {
    attack: 'a field of its own beside the others',
    code: 'encoding.malformed',
    attempt: () => open(encodeCbor({ v: 1, ...SOUND, level: 'dnssec' })),
  },
  {
    attack: 'a version to come',
    code: 'encoding.unknown-version',
    attempt: () => open(encodeCbor({ ...SOUND, v: 2 })),
  },
  {
    attack: 'an encoding that is not the one: a length in more bytes than it needs',
    code: 'encoding.malformed',
    attempt: () => {
      const encoded = encodeBundle(SOUND);
      return open(Uint8Array.of(0xb8, encoded[0]! & 0x1f, ...encoded.subarray(1)));
    },
  },
  {
    attack: 'a byte after its end',
    code: 'encoding.malformed',
    attempt: () => open(Uint8Array.of(...encodeBundle(SOUND), 0)),
  },
  {
    attack: 'nothing at all',
    code: 'encoding.malformed',
    attempt: () => open(new Uint8Array()),
  },
  {
    attack: 'arrays in arrays without end',
    code: 'encoding.malformed',
    attempt: () => open(new Uint8Array(100_000).fill(0x81)),
  },
];

attacks('a bundle put together', TABLE);
