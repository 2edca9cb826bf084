/**
 * Attacks on the way from one root to the next, on `Trust` with a real ledger: handovers that are forged, that a thief of
 * the old root made, or that come after the true one.
 */
import { issueHandover } from '../../protocol/certificate/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import { attacksOn, type Attack } from '../support/attack-table.ts';
import { Besieged } from '../support/besieged.ts';
import { AT } from '../support/dnssec-chain.ts';
import {
  makeNode,
  makeOrganisation,
  makeSerial,
  type Holder,
  type TestOrganisation,
} from '../support/organisation.ts';

const DAY = 86_400;

const before = await makeOrganisation('acme.test', { at: AT });
const successor = await makeOrganisation('acme.test', { at: AT, keys: ' and its successor' });
const thief = await makeOrganisation('acme.test', { at: AT, keys: ' and a thief' });
const stranger = await makeOrganisation('evil.test', { at: AT });

/** A root's key, certified by another root as the one that takes over. */
function handover(
  by: Holder,
  to: TestOrganisation,
  sequence: number,
  domain = 'acme.test',
): Promise<Uint8Array> {
  return issueHandover({
    domain,
    publicKey: to.root.signer.publicKey,
    serial: makeSerial(`handover ${sequence}`),
    notBefore: AT - DAY,
    notAfter: AT + 300 * DAY,
    issuer: by.certificate,
    signer: by.signer,
    sequence,
  });
}

interface Shown {
  readonly handovers: readonly Uint8Array[] | null;
  /** The sequence number that the domain publishes for this organisation's root; no proof where left out. */
  readonly published?: number;
  /** The root that the domain names; that of the organisation where left out. */
  readonly rootId?: string;
}

/** Comes as a node of the organisation, in the partner's name. */
async function come(w: Besieged, as: TestOrganisation, shown: Shown): Promise<Result<unknown>> {
  const { handovers, published, rootId = as.rootId } = shown;
  const node = await makeNode(as, { node: `node of ${as.rootId}` });
  const nodes = [{ peer: node.peerId, roles: ['gateway' as const], addresses: [] }];
  const bundle = await w.bundle({
    proof: published === undefined ? null : w.proof({ rootId, sequence: published }),
    chain: node.chain.map(({ der }) => der),
    handovers,
    statement: as.statement.certificate.der,
    roster: await w.roster({ number: 50, nodes }, as.statement.signer),
  });
  return w.admit(bundle, node.peerId);
}

const from = (by: Holder, ...steps: Uint8Array[]): Uint8Array[] => [by.certificate.der, ...steps];

/** The partner has handed over to its successor, and we have seen it. */
async function succeeded(w: Besieged): Promise<void> {
  await w.agree();
  const handovers = from(before.root, await handover(before.root, successor, 8));
  const came = await come(w, successor, { handovers, published: 8 });
  if (!came.ok) throw new Error(came.refusal.message);
}

const TABLE: readonly Attack<Besieged>[] = [
  {
    attack: 'a new root that does not say how it came',
    code: 'identity.handover-needed',
    given: (w) => w.agree(),
    attempt: (w) => come(w, thief, { handovers: null, published: 8 }),
  },
  {
    attack: 'a new root with no handover at all, named by the domain',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: (w) => come(w, thief, { handovers: [], published: 8 }),
  },
  {
    attack: 'a new root that handed over to itself',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const handovers = from(thief.root, await handover(thief.root, thief, 8));
      return come(w, thief, { handovers, published: 8 });
    },
  },
  {
    attack: 'a handover in the old root’s name, signed by the new one',
    code: 'certificate.broken-chain',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const handovers = from(before.root, await handover(thief.root, thief, 8));
      return come(w, thief, { handovers, published: 8 });
    },
  },
  {
    attack: 'a handover with a byte changed',
    code: 'certificate.bad-signature',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const step = await handover(before.root, successor, 8);
      const changed = step.with(-1, step.at(-1)! ^ 1);
      return come(w, successor, { handovers: from(before.root, changed), published: 8 });
    },
  },
  {
    attack: 'a handover by the root of another domain',
    code: 'certificate.wrong-domain',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const step = await handover(stranger.root, thief, 8, 'evil.test');
      return come(w, thief, { handovers: from(stranger.root, step), published: 8 });
    },
  },
  {
    attack: 'a handover to somebody else than comes',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const handovers = from(before.root, await handover(before.root, successor, 8));
      return come(w, thief, { handovers, published: 8 });
    },
  },
  {
    attack: 'a handover by a stolen root, without a proof',
    code: 'identity.unproven',
    given: (w) => w.agree(),
    attempt: async (w) =>
      come(w, thief, { handovers: from(before.root, await handover(before.root, thief, 8)) }),
  },
  {
    attack: 'a handover by a stolen root, with the proof that still names that root',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const handovers = from(before.root, await handover(before.root, thief, 8));
      return come(w, thief, { handovers, published: 7, rootId: before.rootId });
    },
  },
  {
    attack: 'a handover by a stolen root, with a proof of the successor that the domain names',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const handovers = from(before.root, await handover(before.root, thief, 8));
      return come(w, thief, { handovers, published: 8, rootId: successor.rootId });
    },
  },
  {
    attack: 'a handover with a sequence number that was seen before',
    code: 'identity.rollback',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const handovers = from(before.root, await handover(before.root, successor, 7));
      return come(w, successor, { handovers, published: 7 });
    },
  },
  {
    attack: 'a handover with another sequence number than the domain publishes',
    code: 'identity.root-mismatch',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const handovers = from(before.root, await handover(before.root, successor, 9));
      return come(w, successor, { handovers, published: 8 });
    },
  },
  {
    attack: 'a stolen old root, after it was handed over, that hands over to a thief',
    code: 'identity.root-mismatch',
    given: succeeded,
    attempt: async (w) => {
      const handovers = from(before.root, await handover(before.root, thief, 99));
      return come(w, thief, { handovers, published: 99 });
    },
  },
  {
    attack: 'handovers that lead through the successor, the last step by the stolen old root',
    code: 'certificate.broken-chain',
    given: succeeded,
    attempt: async (w) => {
      const steps = [await handover(before.root, successor, 8), await handover(before.root, thief, 99)];
      return come(w, thief, { handovers: from(before.root, ...steps), published: 99 });
    },
  },
  {
    attack: 'handovers whose sequence number falls on the way',
    code: 'certificate.wrong-name',
    given: (w) => w.agree(),
    attempt: async (w) => {
      const steps = [await handover(before.root, successor, 12), await handover(successor.root, thief, 9)];
      return come(w, thief, { handovers: from(before.root, ...steps), published: 9 });
    },
  },
  {
    attack: 'the old root itself, after it was handed over',
    code: 'identity.root-mismatch',
    given: succeeded,
    attempt: async (w) => {
      const handovers = from(before.root, await handover(before.root, successor, 8));
      return come(w, before, { handovers, published: 7 });
    },
  },
];

attacksOn('the way from one root to the next', TABLE, () => Besieged.open());
