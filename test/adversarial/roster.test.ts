/** Attacks by rosters on `Trust`, on a real ledger: rolled back, equivocating, of another time, domain or key. */
import { attacksOn, type Attack } from '../support/attack-table.ts';
import { Besieged } from '../support/besieged.ts';
import { AT } from '../support/dnssec-chain.ts';
import { makeOrganisation } from '../support/organisation.ts';

const DAY = 86_400;
const YEARISH = 400 * DAY;

const impostor = await makeOrganisation('acme.test', { at: AT, keys: 'of an impostor' });

const TABLE: readonly Attack<Besieged>[] = [
  {
    attack: 'a second roster of a number that is known: equivocation',
    code: 'roster.equivocation',
    convicts: true,
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) => w.admit(await w.bundle({ roster: await w.roster({ nextUpdate: AT + DAY + 1 }) })),
  },
  {
    attack: 'a second roster of a number that is known, pushed on a stream',
    code: 'roster.equivocation',
    convicts: true,
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) => w.trust.takeRoster(await w.roster({ nextUpdate: AT + DAY + 1 }), w.session),
  },
  {
    attack: 'an older roster pushed on a stream: rollback',
    code: 'roster.rollback',
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) => w.trust.takeRoster(await w.roster({ number: 4 }), w.session),
  },
  {
    attack: 'an older number signed anew, as by a node that was set back or a thief of the statement key',
    code: 'roster.rollback',
    convicts: true,
    given: async (w) => {
      await w.agree();
      await w.meet();
      w.now = AT + 7_200;
    },
    attempt: async (w) =>
      w.admit(await w.bundle({ roster: await w.roster({ number: 4, issued: AT + 3_600 }) })),
  },
  {
    attack: 'another roster of a number that is two behind: equivocation in the past',
    code: 'roster.rollback',
    convicts: true,
    given: async (w) => {
      await w.agree();
      await w.meet();
      await w.trust.takeRoster(await w.roster({ number: 6 }), w.session);
      await w.trust.takeRoster(await w.roster({ number: 7 }), w.session);
    },
    attempt: async (w) =>
      w.admit(await w.bundle({ roster: await w.roster({ number: 5, nextUpdate: AT + DAY + 1 }) })),
  },
  {
    attack: 'a roster of 400 days ago, held back by who cut the partner off',
    code: 'roster.overdue',
    given: async (w) => {
      await w.agree();
      const statement = await w.roster({ issued: AT - YEARISH, nextUpdate: AT - YEARISH + DAY });
      const statementKey = w.partner.statement.signer.publicKey;
      const chain = [w.partner.statement, w.partner.issuer, w.partner.root].map(
        ({ certificate }) => certificate.der,
      );
      await w.partners.takeRoster({ domain: 'acme.test', number: 5, statementKey, chain, statement });
    },
    attempt: async (w) =>
      w.admit(
        await w.bundle({ roster: await w.roster({ issued: AT - YEARISH, nextUpdate: AT - YEARISH + DAY }) }),
      ),
  },
  {
    attack: 'a roster that was current, shown again when it is overdue and its grace over',
    code: 'roster.overdue',
    given: async (w) => {
      await w.agree({ level: 'pinned', pinned: true });
      await w.meet({ proof: null });
      w.now = AT + DAY + 3_601;
    },
    attempt: async (w) => w.admit(await w.bundle({ proof: null })),
  },
  {
    attack: 'a roster from 400 days ahead',
    code: 'roster.bad-validity',
    given: (w) => w.agree(),
    attempt: async (w) =>
      w.admit(
        await w.bundle({ roster: await w.roster({ issued: AT + YEARISH, nextUpdate: AT + YEARISH + DAY }) }),
      ),
  },
  {
    attack: 'a roster that holds for 400 days, so that it is never overdue',
    code: 'roster.bad-validity',
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) =>
      w.trust.takeRoster(await w.roster({ number: 6, nextUpdate: AT + YEARISH }), w.session),
  },
  {
    attack: 'a roster of another domain by the partner’s own key, pushed on a stream',
    code: 'certificate.wrong-domain',
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) => w.trust.takeRoster(await w.roster({ domain: 'home.test' }), w.session),
  },
  {
    attack: 'a roster by the key of another organisation, pushed on a stream',
    code: 'roster.bad-signature',
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) =>
      w.trust.takeRoster(await w.roster({ number: 6 }, impostor.statement.signer), w.session),
  },
  {
    attack: 'a roster pushed by the former owner of a domain, on a stream from before it changed hands',
    code: 'identity.root-mismatch',
    given: async (w) => {
      await w.agree();
      await w.meet();
      const { rootId } = impostor;
      const [agreement, organisation] = [
        w.partners.agreement('acme.test')!,
        w.partners.organisation('acme.test')!,
      ];
      const sighting = { organisation: { ...organisation, rootId }, proof: null };
      await w.partners.agreeAnew({ ...agreement, rootId }, sighting);
    },
    attempt: async (w) => w.trust.takeRoster(await w.roster({ number: 1_000_000 }), w.session),
  },
  {
    attack: 'a roster pushed by a device, which has no statement key',
    code: 'certificate.wrong-kind',
    given: async (w) => {
      await w.agree();
      await w.meet();
    },
    attempt: async (w) =>
      w.trust.takeRoster(await w.roster({ number: 6 }), { ...w.session, statement: null }),
  },
];

attacksOn('the rosters that a partner shows', TABLE, () => Besieged.open());
