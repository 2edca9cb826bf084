/** Attacks on `Trust.recognise`, by which nodes come in before anything may be recorded: as strict, and without a trace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerIdOf } from '../../protocol/certificate/index.ts';
import { attacksOn, type Attack } from '../support/attack-table.ts';
import { Besieged } from '../support/besieged.ts';
import { AT } from '../support/dnssec-chain.ts';
import { makeDevice, makeKey, makeNode, makeOrganisation } from '../support/organisation.ts';

const ders = (chain: readonly { der: Uint8Array }[]): Uint8Array[] => chain.map(({ der }) => der);
const impostor = await makeOrganisation('acme.test', { at: AT, keys: 'of an impostor' });
const impostorNode = await makeNode(impostor);

const recognise = (
  w: Besieged,
  bundle: Uint8Array,
  peerId = w.node.peerId,
): ReturnType<Besieged['trust']['recognise']> => w.trust.recognise(peerId, bundle);

const TABLE: readonly Attack<Besieged>[] = [
  {
    attack: 'a node of a domain with which there is no agreement',
    code: 'agreement.missing',
    attempt: async (w) => recognise(w, await w.bundle()),
  },
  {
    attack: 'a node of a domain whose agreement was withdrawn',
    code: 'agreement.missing',
    given: async (w) => {
      await w.agree();
      await w.partners.withdraw('acme.test');
    },
    attempt: async (w) => recognise(w, await w.bundle()),
  },
  {
    attack: 'a node under another root of the partner’s domain',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const bundle = await w.bundle({
        chain: ders(impostorNode.chain),
        statement: impostor.statement.certificate.der,
        roster: await w.roster({}, impostor.statement.signer),
      });
      return recognise(w, bundle, impostorNode.peerId);
    },
  },
  {
    attack: 'the partner’s bundle shown over another key',
    code: 'identity.key-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => recognise(w, await w.bundle(), peerIdOf(makeKey('a thief').publicKey)),
  },
  {
    attack: 'a device of a partner',
    code: 'peer.unauthorized',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const { chain, signer } = await makeDevice(w.partner, 'bob@acme.test');
      const bundle = await w.bundle({ proof: null, chain: ders(chain), statement: null, roster: null });
      return recognise(w, bundle, peerIdOf(signer.publicKey));
    },
  },
  {
    attack: 'a node that the roster it shows does not name',
    code: 'peer.unauthorized',
    given: (w) => w.agree(),
    attempt: async (w) => recognise(w, await w.bundle({ roster: await w.roster({ nodes: [] }) })),
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
    attempt: async (w) => recognise(w, await w.bundle()),
  },
  {
    attack: 'a node of ours that our roster does not name',
    code: 'peer.unauthorized',
    attempt: async (w) => {
      const node = await makeNode(w.home);
      const bundle = await w.bundle({
        proof: null,
        chain: ders(node.chain),
        statement: w.home.statement.certificate.der,
        roster: await w.roster({ domain: 'home.test' }, w.home.statement.signer),
      });
      return recognise(w, bundle, node.peerId);
    },
  },
];

attacksOn('a node that is only recognised', TABLE, () => Besieged.open());

test('a partner’s node in good standing is recognised, and nothing is recorded of what it shows', async () => {
  const w = await Besieged.open();
  try {
    await w.agree();
    const before = w.records;
    const found = await recognise(w, await w.bundle({ roster: await w.roster({ number: 9 }) }));
    assert.ok(found.ok && !found.value.own);
    assert.equal(w.records, before);
    assert.equal(w.trust.rosterOf('acme.test'), null);
  } finally {
    await w.close();
  }
});
