/** Attacks on `Trust.admit` and `Trust.takeRoster`, on a real ledger: what a stranger, a thief or an old key may try. */
import { peerIdOf } from '../../protocol/certificate/index.ts';
import { encodeProof } from '../../protocol/dnssec/index.ts';
import { attacksOn, type Attack } from '../support/attack-table.ts';
import { Besieged } from '../support/besieged.ts';
import { AT, Chain, dsSet } from '../support/dnssec-chain.ts';
import { chainOf, makeDevice, makeKey, makeNode, makeOrganisation } from '../support/organisation.ts';

const DAY = 86_400;
const YEARISH = 400 * DAY;

const impostor = await makeOrganisation('acme.test', { at: AT, keys: 'of an impostor' });
const impostorNode = await makeNode(impostor);
const confusable = await makeOrganisation('xn--cme-7cd.test', { at: AT });
const confusableNode = await makeNode(confusable);

const ders = (chain: readonly { der: Uint8Array }[]): Uint8Array[] => chain.map(({ der }) => der);

/** A device of ours, certified as it should be, shows itself. */
async function aliceComes(w: Besieged): ReturnType<Besieged['admit']> {
  const { chain, signer } = await makeDevice(w.home, 'alice@home.test');
  const bundle = await w.bundle({ proof: null, chain: ders(chain), statement: null, roster: null });
  return w.admit(bundle, peerIdOf(signer.publicKey));
}

const TABLE: readonly Attack<Besieged>[] = [
  {
    attack: 'a node of a domain with which there is no agreement',
    code: 'agreement.missing',
    attempt: async (w) => w.admit(await w.bundle()),
  },
  {
    attack: 'a node of a domain whose agreement was withdrawn',
    code: 'agreement.missing',
    given: async (w) => {
      await w.agree();
      await w.partners.withdraw('acme.test');
    },
    attempt: async (w) => w.admit(await w.bundle()),
  },
  {
    attack: 'a domain that looks like the partner’s in another script',
    code: 'agreement.missing',
    given: (w) => w.agree(),
    attempt: async (w) =>
      w.admit(
        await w.bundle({
          proof: null,
          chain: ders(confusableNode.chain),
          statement: confusable.statement.certificate.der,
          roster: await w.roster({ domain: confusable.domain }, confusable.statement.signer),
        }),
        confusableNode.peerId,
      ),
  },
  {
    attack: 'a node under another root of the partner’s domain',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) =>
      w.admit(
        await w.bundle({
          chain: ders(impostorNode.chain),
          statement: impostor.statement.certificate.der,
          roster: await w.roster({}, impostor.statement.signer),
        }),
        impostorNode.peerId,
      ),
  },
  {
    attack: 'another root, with a sound DNSSEC proof of it after taking over the domain',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) =>
      w.admit(
        await w.bundle({
          proof: w.proof({ rootId: impostor.rootId, sequence: 8 }),
          chain: ders(impostorNode.chain),
          statement: impostor.statement.certificate.der,
          roster: await w.roster({}, impostor.statement.signer),
        }),
        impostorNode.peerId,
      ),
  },
  {
    attack: 'the agreed root, after its domain has named another',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => w.admit(await w.bundle({ proof: w.proof({ rootId: impostor.rootId }) })),
  },
  {
    attack: 'a node of ours under a root that is not ours',
    code: 'identity.root-mismatch',
    attempt: async (w) => {
      const other = await makeOrganisation('home.test', { at: AT, keys: 'of an impostor' });
      const node = await makeNode(other);
      const bundle = await w.bundle({
        chain: ders(node.chain),
        statement: other.statement.certificate.der,
        roster: await w.roster({ domain: 'home.test' }, other.statement.signer),
      });
      return w.admit(bundle, node.peerId);
    },
  },
  {
    attack: 'the partner’s bundle shown over another key: a swapped peer id',
    code: 'identity.key-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => w.admit(await w.bundle(), peerIdOf(makeKey('a thief').publicKey)),
  },
  {
    attack: 'a bundle that was let in, shown again over another key',
    code: 'identity.key-mismatch',
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) => w.admit(await w.bundle(), peerIdOf(makeKey('a thief').publicKey)),
  },
  {
    attack: 'a peer id of another kind of key',
    code: 'identity.key-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => w.admit(await w.bundle(), '16Uiu2HAkxmaeS9BAn4kjNSc1iLaKSNSkQ5L19uM7m5gXPxe6N73T'),
  },
  {
    attack: 'no proof any more, where the partner was known by DNSSEC: a downgrade',
    code: 'identity.downgrade',
    given: (w) => w.agree({ proofUntil: AT - 2 * 3_600 }),
    attempt: async (w) => w.admit(await w.bundle({ proof: null })),
  },
  {
    attack: 'a proof that no longer holds, after its grace',
    code: 'identity.downgrade',
    given: async (w) => {
      await w.agree();
      await w.meet();
      w.now = AT + DAY + 3_601;
    },
    attempt: async (w) =>
      w.admit(
        await w.bundle({ roster: await w.roster({ number: 6, issued: w.now, nextUpdate: w.now + DAY }) }),
      ),
  },
  {
    attack: 'a proof from 400 days ahead',
    code: 'identity.downgrade',
    given: (w) => w.agree({ proofUntil: AT - 2 * 3_600 }),
    attempt: async (w) => {
      const fields = { inception: AT + YEARISH, expiration: AT + YEARISH + DAY };
      return w.admit(await w.bundle({ proof: w.proof({}, { fields }) }));
    },
  },
  {
    attack: 'a proof from another DNS root',
    code: 'identity.downgrade',
    given: (w) => w.agree({ proofUntil: AT - 2 * 3_600 }),
    attempt: async (w) => w.admit(await w.bundle({ proof: new Chain().proof() })),
  },
  {
    attack: 'a proof that ends before the domain’s own zone',
    code: 'identity.downgrade',
    given: (w) => w.agree({ proofUntil: AT - 2 * 3_600 }),
    attempt: async (w) => w.admit(await w.bundle({ proof: encodeProof(w.dns.sets().slice(0, 4)) })),
  },
  {
    attack: 'a proof whose delegation is not signed',
    code: 'identity.downgrade',
    given: (w) => w.agree({ proofUntil: AT - 2 * 3_600 }),
    attempt: async (w) => {
      const ds = { ...dsSet(w.dns.acme, w.dns.test), rrsigs: [] };
      return w.admit(await w.bundle({ proof: w.dns.proof({ 3: ds }) }));
    },
  },
  {
    attack: 'an older DNS record, still properly signed: a lower seq',
    code: 'identity.rollback',
    given: (w) => w.agree(),
    attempt: async (w) => w.admit(await w.bundle({ proof: w.proof({ sequence: 6 }) })),
  },
  {
    attack: 'an older DNS record, after a newer one that does not last longer was seen',
    code: 'identity.rollback',
    given: async (w) => {
      await w.agree();
      await w.meet({ proof: w.proof({ sequence: 9 }) });
    },
    attempt: async (w) => w.admit(await w.bundle({ proof: w.proof({ sequence: 8 }) })),
  },
  {
    attack: 'a node that was revoked, by a roster from before that',
    code: 'certificate.revoked',
    given: async (w) => {
      await w.agree();
      const revoked = [{ serial: w.node.certificate.serial, at: AT, reason: 'key-compromise' as const }];
      await w.meet();
      await w.trust.takeRoster(await w.roster({ number: 6, revoked }), w.session);
    },
    attempt: async (w) => w.admit(await w.bundle()),
  },
  {
    attack: 'a node that its own roster revokes',
    code: 'certificate.revoked',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const revoked = [{ serial: w.node.certificate.serial, at: AT, reason: 'superseded' as const }];
      return w.admit(await w.bundle({ roster: await w.roster({ revoked }) }));
    },
  },
  {
    attack: 'a newer roster by a stolen statement key that was revoked',
    code: 'certificate.revoked',
    given: async (w) => {
      await w.agree();
      const { serial } = w.partner.statement.certificate;
      const revoked = [{ serial, at: AT, reason: 'key-compromise' as const }];
      await w.meet();
      await w.trust.takeRoster(await w.roster({ number: 6, revoked }), w.session);
    },
    attempt: async (w) => w.admit(await w.bundle({ roster: await w.roster({ number: 99 }) })),
  },
  {
    attack: 'a newer roster pushed on a stream that stands by a revoked statement key',
    code: 'certificate.revoked',
    given: async (w) => {
      await w.agree();
      const { serial } = w.partner.statement.certificate;
      const revoked = [{ serial, at: AT, reason: 'key-compromise' as const }];
      await w.meet();
      await w.trust.takeRoster(await w.roster({ number: 6, revoked }), w.session);
    },
    attempt: async (w) => {
      return w.trust.takeRoster(await w.roster({ number: 99 }), w.session);
    },
  },
  {
    attack: 'a node certified by a stolen issuer that was revoked',
    code: 'certificate.revoked',
    given: async (w) => {
      await w.agree();
      const revoked = [
        { serial: w.partner.issuer.certificate.serial, at: AT, reason: 'key-compromise' as const },
      ];
      await w.meet();
      await w.trust.takeRoster(await w.roster({ number: 6, revoked }), w.session);
    },
    attempt: async (w) => {
      const forged = await makeNode(w.partner, { node: 'forged' });
      const nodes = [{ peer: forged.peerId, roles: ['gateway' as const], addresses: [] }];
      const roster = await w.roster({ number: 99, nodes });
      return w.admit(await w.bundle({ chain: ders(forged.chain), roster }), forged.peerId);
    },
  },
  {
    attack: 'a node that the issuer certified and no roster lists',
    code: 'peer.unauthorized',
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) => {
      const unlisted = await makeNode(w.partner, { node: 'unlisted' });
      return w.admit(await w.bundle({ chain: ders(unlisted.chain) }), unlisted.peerId);
    },
  },
  {
    attack: 'a device of the partner in the place of its node',
    code: 'peer.unauthorized',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const device = await makeDevice(w.partner, 'bob@acme.test');
      const bundle = await w.bundle({ chain: ders(device.chain), statement: null, roster: null });
      return w.admit(bundle, peerIdOf(device.signer.publicKey));
    },
  },
  {
    attack: 'the partner’s statement signer in the place of its node',
    code: 'peer.unauthorized',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const { certificate, signer } = w.partner.statement;
      const bundle = await w.bundle({ chain: ders(chainOf(w.partner, certificate)) });
      return w.admit(bundle, peerIdOf(signer.publicKey));
    },
  },
  {
    attack: 'a device of ours that nobody enrolled',
    code: 'device.unknown',
    attempt: aliceComes,
  },
  {
    attack: 'a device of ours whose certificate the roster revokes',
    code: 'device.revoked',
    given: async (w) => {
      const { certificate } = await makeDevice(w.home, 'alice@home.test');
      const revoked = [{ serial: certificate.serial, at: AT, reason: 'key-compromise' as const }];
      w.ownRoster = { ...w.ownRoster, revoked };
    },
    attempt: aliceComes,
  },
  {
    attack: 'a node of ours that is not on our roster',
    code: 'peer.unauthorized',
    attempt: async (w) => {
      const node = await makeNode(w.home);
      const roster = await w.roster({ domain: 'home.test' }, w.home.statement.signer);
      const statement = w.home.statement.certificate.der;
      return w.admit(await w.bundle({ chain: ders(node.chain), statement, roster }), node.peerId);
    },
  },
  {
    attack: 'a bundle that was let in, shown again when its certificate has expired',
    code: 'certificate.expired',
    given: async (w) => {
      await w.agree();
      await w.meet();
      w.now = AT + 31 * DAY;
    },
    attempt: async (w) => w.admit(await w.bundle()),
  },
];

attacksOn('the trust of an organisation', TABLE, () => Besieged.open());
