/**
 * Partner organisations: the agreements with them, how each was verified, and the rosters seen.
 * Guarantees: of a roster only a higher number replaces a lower one; the same number with other bytes is refused.
 */
import { equals } from 'uint8arrays/equals';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import { agreedFloors, NO_FLOORS, type AgreedFloors } from './agreed-floors.ts';
import { PRESENT, del, fact, put, type Fact } from './fact.ts';
import type { Ledger } from './ledger.ts';
import { contactsWith, newsFacts, organisationNews } from './news.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export type AgreementRecord = RecordOf<'agreement'>;
export type OrganisationRecord = RecordOf<'organisation'>;
export type RosterRecord = RecordOf<'roster'>;

/** An organisation as it was verified now; the proof itself, where it is not the one that is recorded already. */
export interface Sighting {
  readonly organisation: OrganisationRecord;
  readonly proof: Uint8Array | null;
}

export const organisationView: View<'organisation'> = ({ said: { domain }, bytes, sequence }, { keys }) => [
  put(keys.organisation(domain), bytes),
  put(keys.history(domain, sequence), PRESENT),
];

export const proofView: View<'proof'> = ({ said, bytes }, { sha256, keys }) => [
  put(keys.proof(sha256(said.proof)), bytes),
];

export const rosterView: View<'roster'> = ({ said: { domain, number }, bytes, sequence }, { keys }) => [
  put(keys.roster(domain), bytes),
  put(keys.rosterAt(domain, number), encodeSequence(sequence)),
];

/** Whose domain changed hands begins anew: with its rosters, and with its log. */
export const forgottenView: View<'roster-forgotten'> = ({ said }, { domain, keys }) => [
  del(keys.roster(said.domain)),
  del(keys.cosignature(said.domain, domain)),
];

export const agreementView: View<'agreement'> = ({ said, bytes }, { keys }) => [
  put(keys.agreement(said.domain), bytes),
];

export class Partners {
  readonly #ledger: Ledger;
  readonly #sha256: Sha256;

  constructor(ledger: Ledger, sha256: Sha256) {
    this.#ledger = ledger;
    this.#sha256 = sha256;
  }

  /** The agreement in force with a domain. */
  agreement(domain: string): AgreementRecord | undefined {
    const agreement = this.#ledger.view('agreement', this.#ledger.keys.agreement(domain));
    return agreement?.state === 'active' ? agreement : undefined;
  }

  /** For how long what is exchanged with a domain is kept, as both sides signed it. */
  floors(domain: string): AgreedFloors {
    const agreement = this.agreement(domain);
    return agreement === undefined ? NO_FLOORS : agreedFloors(agreement);
  }

  async agreements(): Promise<AgreementRecord[]> {
    const all = await this.#ledger.views('agreement', this.#ledger.keys.within('agreement'));
    return all
      .filter((agreement) => agreement.state === 'active')
      .sort((a, b) => (a.domain < b.domain ? -1 : 1));
  }

  /** Records an agreement and how its partner was verified, in one batch: a new one, or one with a new root of the partner. */
  async agree(agreement: AgreementRecord, sighting: Sighting): Promise<void> {
    const sighted = await this.#sightingFacts(sighting);
    await this.#ledger.append([fact('agreement', agreement), ...sighted()]);
  }

  /** The same for a root that `from` (root id) handed over to; does nothing where that was recorded meanwhile. */
  async succeed(from: string, agreement: AgreementRecord, sighting: Sighting): Promise<void> {
    const sighted = await this.#sightingFacts(sighting);
    const before = this.agreement(agreement.domain);
    if (before?.rootId !== from) return;
    const { theirs } = before; // it may have been shown since
    const succeeded = theirs === undefined ? agreement : { ...agreement, theirs };
    await this.#ledger.append([fact('agreement', succeeded), ...sighted()]);
  }

  /** The same where the domain has changed hands: what the roster of its owner before said counts no more. */
  async agreeAnew(agreement: AgreementRecord, sighting: Sighting): Promise<void> {
    const forgotten = fact('roster-forgotten', { domain: agreement.domain, actor: 'operator' });
    const sighted = await this.#sightingFacts(sighting);
    await this.#ledger.append([forgotten, fact('agreement', agreement), ...sighted()]);
  }

  /**
   * Replaces the statement of an agreement in force by one with other terms. Refuses with `partner.unknown` where there
   * is none, or it is not `before` any more.
   */
  async amend(domain: string, before: Uint8Array, statement: Uint8Array): Promise<Result<AgreementRecord>> {
    const agreement = this.agreement(domain);
    if (agreement === undefined || !equals(agreement.statement, before))
      return refuse(
        'partner.unknown',
        `the agreement with ${domain} was changed meanwhile; look at it again`,
      );
    const amended: AgreementRecord = { ...agreement, statement };
    await this.#ledger.append([fact('agreement', amended)]);
    return accept(amended);
  }

  /** Records what the partner signed with us, already verified, beside the agreement in force, if there still is one. */
  async shown(domain: string, theirs: NonNullable<AgreementRecord['theirs']>): Promise<void> {
    const agreement = this.agreement(domain);
    if (agreement !== undefined) await this.#ledger.append([fact('agreement', { ...agreement, theirs })]);
  }

  /** Ends an agreement. Refuses with `partner.unknown`. */
  async withdraw(domain: string): Promise<Result<AgreementRecord>> {
    const agreement = this.agreement(domain);
    if (agreement === undefined)
      return refuse('partner.unknown', `no agreement with ${domain}; see chancery partner list`);
    const withdrawn: AgreementRecord = { ...agreement, state: 'withdrawn' };
    await this.#ledger.append([fact('agreement', withdrawn)]);
    return accept(withdrawn);
  }

  organisation(domain: string): OrganisationRecord | undefined {
    return this.#ledger.view('organisation', this.#ledger.keys.organisation(domain));
  }

  /** Records how an organisation was verified; the proof is recorded once, by its hash. */
  async sighted(sighting: Sighting): Promise<void> {
    const sighted = await this.#sightingFacts(sighting);
    await this.#ledger.append(sighted());
  }

  /** What was recorded of how an organisation was verified, oldest first: sequence numbers of the log. */
  async history(domain: string): Promise<number[]> {
    const sequences: number[] = [];
    for await (const [key] of this.#ledger.iterate(this.#ledger.keys.within('history', domain)))
      sequences.push(decodeSequence(key));
    return sequences;
  }

  /** An archived DNSSEC proof by its SHA-256. */
  proof(hash: Uint8Array): Uint8Array | undefined {
    return this.#ledger.view('proof', this.#ledger.keys.proof(hash))?.proof;
  }

  /** What is about to be known of an organisation, and what of it is news to whom, held against what is known then. */
  async #sightingFacts({ organisation, proof }: Sighting): Promise<() => Fact[]> {
    const { domain } = organisation;
    const expected = organisationNews(this.organisation(domain), organisation);
    const audience = expected.length === 0 ? [] : await contactsWith(this.#ledger, domain);
    return () => {
      const news = organisationNews(this.organisation(domain), organisation);
      const hash = proof === null ? organisation.proof : this.#sha256(proof);
      const sighted = [
        fact('organisation', { ...organisation, proof: hash }),
        ...newsFacts({ news, audience }),
      ];
      const isKnown = proof === null || hash === null || this.proof(hash) !== undefined;
      return isKnown ? sighted : [fact('proof', { domain, proof }), ...sighted];
    };
  }

  roster(domain: string): RosterRecord | undefined {
    return this.#ledger.view('roster', this.#ledger.keys.roster(domain));
  }

  /** The roster of a number, if it was taken. */
  rosterAt(domain: string, number: number): RosterRecord | undefined {
    const sequence = this.#ledger.get(this.#ledger.keys.rosterAt(domain, number));
    return sequence === undefined ? undefined : this.#ledger.record('roster', decodeSequence(sequence));
  }

  /** Every roster that was taken, by its number: the entry that holds it. */
  async rosters(domain: string): Promise<{ readonly number: number; readonly sequence: number }[]> {
    const found = [];
    for await (const [key, value] of this.#ledger.iterate(this.#ledger.keys.within('rosterAt', domain)))
      found.push({ number: decodeSequence(key), sequence: decodeSequence(value) });
    return found;
  }

  /** Takes a roster, already verified. Refuses with `roster.rollback` or `roster.equivocation`. */
  async takeRoster(roster: RosterRecord): Promise<Result<RosterRecord>> {
    const known = this.roster(roster.domain);
    if (known !== undefined && roster.number < known.number) {
      return refuse(
        'roster.rollback',
        `roster ${roster.number} of ${roster.domain} is older than ${known.number}`,
      );
    }
    if (known?.number === roster.number) {
      return equals(known.statement, roster.statement)
        ? accept(known)
        : refuse(
            'roster.equivocation',
            `${roster.domain} signed two different rosters of number ${roster.number}`,
          );
    }
    await this.#ledger.append([fact('roster', roster)]);
    return accept(roster);
  }
}
