/**
 * What a partner is found to be: the level it shows, and the root, held against what was agreed and known.
 * Guarantees: a level never falls silently; another root counts only when the agreed one handed over to it, with a
 * sequence number that rises, and the domain's own word where that is known.
 */
import type { Logger } from 'pino';
import { verifyHandovers } from '../../protocol/certificate/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { VerificationContext, VerifiedIdentity } from '../../protocol/identity/index.ts';
import type { AgreementRecord, OrganisationRecord, Partners, RosterRecord } from '../ledger/index.ts';

export interface PartnerStandingsOptions {
  readonly partners: Partners;
  readonly context: VerificationContext;
  /** Our agreement with a partner, signed anew for the root that its own handed over to. */
  readonly renewAgreement: (agreement: AgreementRecord, rootId: string) => Promise<AgreementRecord>;
  /** Seconds a proof that can no longer be renewed is still believed. */
  readonly graceSeconds: number;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Another root of a partner than was agreed on, that its domain names and nothing handed over to, and since when it is seen. */
export interface OtherRoot {
  readonly rootId: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Partners of whom another root is known: with each there is an agreement. */
const MAX_OTHER_ROOTS = 1_000;

export class PartnerStandings {
  readonly #options: PartnerStandingsOptions;
  readonly #otherRoots = new Map<string, OtherRoot>();

  constructor(options: PartnerStandingsOptions) {
    this.#options = options;
  }

  /**
   * The level at which a partner's identity is accepted. Refuses with `identity.root-mismatch`, `identity.rollback`,
   * `identity.downgrade`, `identity.unproven`, `identity.handover-needed` or `certificate.*`.
   */
  async judge(
    identity: VerifiedIdentity,
    agreement: AgreementRecord,
  ): Promise<Result<OrganisationRecord['level']>> {
    if (identity.rootId === agreement.rootId) return this.#level(identity, agreement.pinned);
    const level = await this.#succeed(identity, agreement);
    if (!level.ok) this.#noteOther(identity);
    return level;
  }

  /** The other root that a partner showed since the start, and was refused for; undefined where there is none. */
  otherRoot(domain: string): OtherRoot | undefined {
    const other = this.#otherRoots.get(domain);
    return other?.rootId === this.#options.partners.agreement(domain)?.rootId ? undefined : other;
  }

  /** Only what the domain itself names is noted: anybody can claim to be a partner. */
  #noteOther(identity: VerifiedIdentity): void {
    const { domain, rootId } = identity;
    if (publishedSequence(identity) === undefined || this.#otherRoots.get(domain)?.rootId === rootId) return;
    if (this.#otherRoots.size >= MAX_OTHER_ROOTS) this.#otherRoots.clear();
    this.#otherRoots.set(domain, { rootId, since: this.#options.clock() });
  }

  /** Records what is new about a partner: a level, a proof that lasts longer, a newer roster. */
  async take(
    identity: VerifiedIdentity,
    level: OrganisationRecord['level'],
    roster: RosterRecord,
  ): Promise<Result<unknown>> {
    const { partners, clock } = this.#options;
    const { domain, rootId, bundle } = identity;
    const known = partners.organisation(domain);
    const proof = identity.proof?.ok === true ? identity.proof.value : undefined;
    const longer = proof !== undefined && proof.window.until > (known?.proofUntil ?? 0);
    const sequence = publishedSequence(identity) ?? known?.sequence ?? 0;
    const risen = sequence > (known?.sequence ?? 0);
    if (known?.rootId !== rootId || known.level !== level || longer || risen) {
      await partners.sighted({
        organisation: {
          domain,
          rootId,
          formerRoots: known?.rootId === rootId ? known.formerRoots : [],
          level,
          sequence,
          proof: known?.proof ?? null,
          proofUntil: proof?.window.until ?? known?.proofUntil ?? null,
          root: bundle.chain[2] ?? null,
          since: known?.rootId === rootId ? known.since : clock(),
        },
        proof: proof === undefined ? null : bundle.proof,
      });
    }
    return partners.takeRoster(roster);
  }

  /** The level the identity shows now, held against the one it was known at: no quiet way down. */
  #level(identity: VerifiedIdentity, pinned: boolean): Result<OrganisationRecord['level']> {
    const { partners, clock, graceSeconds } = this.#options;
    const { domain } = identity;
    const known = partners.organisation(domain);
    if (identity.proof?.ok === true) {
      const sequence = publishedSequence(identity);
      if (sequence === undefined)
        return refuse('identity.root-mismatch', `the domain ${domain} names another root`);
      if (known !== undefined && sequence < known.sequence) {
        return refuse('identity.rollback', `${domain} shows an older record than was seen before`);
      }
      return accept('dnssec');
    }
    if (known?.level === 'dnssec') {
      const lasts = (known.proofUntil ?? 0) + graceSeconds >= clock() / 1000;
      if (lasts) return accept('dnssec');
      if (pinned) return accept('pinned');
      return refuse(
        'identity.downgrade',
        `${domain} was verified by DNSSEC and can no longer show a valid proof`,
      );
    }
    if (pinned) return accept('pinned');
    return known === undefined
      ? refuse('identity.unproven', `${domain} shows no DNSSEC proof`)
      : accept(known.level);
  }

  /**
   * A partner under another root than was agreed: accepted only when the agreed one handed over to it, with a sequence
   * number above the highest seen and, where the partner is known by DNSSEC, when its domain names the new root. So a
   * thief of an old root, who can sign any handover, gets nowhere without the domain.
   */
  async #succeed(
    identity: VerifiedIdentity,
    agreement: AgreementRecord,
  ): Promise<Result<OrganisationRecord['level']>> {
    const { partners, clock, context, renewAgreement, log } = this.#options;
    const { domain, rootId, bundle, proof } = identity;
    if (bundle.handovers === null) {
      return refuse(
        'identity.handover-needed',
        `${domain} shows another root than is known; ask how it came`,
      );
    }
    const known = partners.organisation(domain);
    const question = { domain, from: agreement.rootId, to: rootId };
    const steps = verifyHandovers(bundle.handovers, question, context.suite);
    if (!steps.ok) return steps;
    const sequence = steps.value.at(-1)?.sequence ?? 0;
    if (sequence <= (known?.sequence ?? 0)) {
      return refuse('identity.rollback', `${domain} hands over to a root with a sequence number seen before`);
    }
    const proven = proof?.ok === true && publishedSequence(identity) === sequence;
    if (proof?.ok === true && !proven)
      return refuse('identity.root-mismatch', `the domain ${domain} does not name the root handed over to`);
    if (known?.level === 'dnssec' && !proven) {
      return refuse(
        'identity.unproven',
        `${domain} has a new root and no valid DNSSEC proof of it; there is no grace for that`,
      );
    }
    const level = proven ? 'dnssec' : agreement.pinned ? 'pinned' : (known?.level ?? 'dns');
    const renewed = await renewAgreement(agreement, rootId);
    await partners.succeed(agreement.rootId, renewed, {
      organisation: {
        domain,
        rootId,
        formerRoots: [
          ...(known?.formerRoots ?? []),
          agreement.rootId,
          ...steps.value.slice(0, -1).map((step) => step.rootId),
        ],
        level,
        sequence,
        proof: known?.proof ?? null,
        proofUntil: proof?.ok === true ? proof.value.window.until : (known?.proofUntil ?? null),
        root: bundle.chain[2] ?? null,
        since: known?.since ?? clock(),
      },
      proof: proven ? bundle.proof : null,
    });
    log.warn(
      { partner: domain, rootId, sequence, level },
      'partner has a new root, handed over by the old one',
    );
    return accept(level);
  }
}

/**
 * The sequence number under which the domain's proven records name the identity's root; undefined where they do not.
 * The next root counts as well: it takes over before the record that calls it current is everywhere.
 */
function publishedSequence({ proof, rootId }: VerifiedIdentity): number | undefined {
  if (proof?.ok !== true) return undefined;
  const { current, next } = proof.value.records;
  if (current.id === rootId) return current.sequence;
  return next?.id === rootId ? next.sequence : undefined;
}
