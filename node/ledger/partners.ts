/**
 * Partner organisations: the agreements with them, how each was verified, and the rosters seen.
 * Guarantees: of a roster only a higher number replaces a lower one; the same number with other bytes is refused.
 */
import { equals } from 'uint8arrays/equals';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { KEYS, within } from './keys.ts';
import { fact, put, type Ledger } from './ledger.ts';
import { contactsWith, newsOps, organisationNews } from './news.ts';
import type { RecordOf } from './records.ts';

export type AgreementRecord = RecordOf<'agreement'>;
export type OrganisationRecord = RecordOf<'organisation'>;
export type RosterRecord = RecordOf<'roster'>;

export class Partners {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The agreement in force with a domain. */
  agreement(domain: string): AgreementRecord | undefined {
    const agreement = this.#ledger.view('agreement', KEYS.agreement(domain));
    return agreement?.state === 'active' ? agreement : undefined;
  }

  async agreements(): Promise<AgreementRecord[]> {
    const all = await this.#ledger.views('agreement', within('agreement'));
    return all.filter((agreement) => agreement.state === 'active');
  }

  /** Records an agreement and how its partner was verified, in one batch. */
  async agree(agreement: AgreementRecord, organisation: OrganisationRecord): Promise<void> {
    const organised = await this.#organisationFact(organisation);
    await this.#ledger.append([agreementFact(agreement), organised()]);
  }

  /** Ends an agreement. Refuses with `partner.unknown`. */
  async withdraw(domain: string): Promise<Result<AgreementRecord>> {
    const agreement = this.agreement(domain);
    if (agreement === undefined)
      return refuse('partner.unknown', `no agreement with ${domain}; see chancery partner list`);
    const withdrawn: AgreementRecord = { ...agreement, state: 'withdrawn' };
    await this.#ledger.append([agreementFact(withdrawn)]);
    return accept(withdrawn);
  }

  organisation(domain: string): OrganisationRecord | undefined {
    return this.#ledger.view('organisation', KEYS.organisation(domain));
  }

  async sighted(organisation: OrganisationRecord): Promise<void> {
    const organised = await this.#organisationFact(organisation);
    await this.#ledger.append([organised()]);
  }

  /** What is about to be known of an organisation, and what of it is news to whom, held against what is known then. */
  async #organisationFact(organisation: OrganisationRecord): Promise<() => ReturnType<typeof fact>> {
    const { domain } = organisation;
    const expected = organisationNews(this.organisation(domain), organisation);
    const audience = expected.length === 0 ? [] : await contactsWith(this.#ledger, domain);
    return () => {
      const news = organisationNews(this.organisation(domain), organisation);
      return fact('organisation', organisation, (sequence, time, content) => [
        put(KEYS.organisation(domain), content),
        ...newsOps(news, audience, sequence, time),
      ]);
    };
  }

  roster(domain: string): RosterRecord | undefined {
    return this.#ledger.view('roster', KEYS.roster(domain));
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
    await this.#ledger.append([
      fact('roster', roster, (_sequence, _time, content) => [put(KEYS.roster(roster.domain), content)]),
    ]);
    return accept(roster);
  }
}

function agreementFact(agreement: AgreementRecord): ReturnType<typeof fact> {
  return fact('agreement', agreement, (_sequence, _time, content) => [
    put(KEYS.agreement(agreement.domain), content),
  ]);
}
