/**
 * What partners sign with us: checked whenever a stream begins, and recorded where it says of retention what was not known,
 * before anything goes over that stream. Guarantees: an older statement of a partner replaces no newer one; what one partner
 * can have recorded is bounded.
 */
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { openAgreement, readAgreement, type Agreement } from '../../protocol/statement/index.ts';
import { statementChain } from '../identity/index.ts';
import type { Partners } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

/** Changes of its terms that one partner can have recorded in an hour: nobody agrees anew so often. */
const MAX_CHANGES_PER_HOUR = 20;

const HOUR_MS = 60 * 60 * 1000;

export interface PartnerTermsOptions {
  readonly domain: string;
  /** The root ids that are ours. */
  readonly rootIds: () => readonly string[];
  readonly partners: Partners;
  readonly suite: CryptoSuite;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export class PartnerTerms {
  readonly #options: PartnerTermsOptions;
  /** When each of the partners there are last had terms recorded, in milliseconds. */
  readonly #changes = new Map<string, readonly number[]>();

  constructor(options: PartnerTermsOptions) {
    this.#options = options;
  }

  /** Checks what a partner's node shows. Throws `agreement.mismatch`, `signature.invalid`, `certificate.wrong-kind` or `encoding.*`. */
  check(statement: Uint8Array, { identity }: Pick<Peer, 'identity'>): Agreement {
    const { domain: us, rootIds, suite, clock } = this.#options;
    const publicKey = identity.statement?.publicKey;
    if (publicKey === undefined)
      throw new ChanceryError('certificate.wrong-kind', 'the partner showed no statement key');
    const at = Math.floor(clock() / 1000);
    const expected = { from: identity.domain, us, rootIds: rootIds(), at };
    return valueOf(openAgreement(statement, expected, publicKey, suite));
  }

  /** Checks it, and records what is new in it; resolves once that counts. Throws as `check`, `limit.exceeded`, `archive.*`. */
  async take(statement: Uint8Array, peer: Pick<Peer, 'identity'>): Promise<void> {
    const agreement = this.check(statement, peer);
    const { domain } = peer.identity;
    if (!this.#isNews(domain, agreement)) return;
    this.#assertSeldom(domain);
    await this.#options.partners.shown(domain, { statement, chain: statementChain(peer.identity) });
  }

  #isNews(domain: string, { since, terms }: Agreement): boolean {
    const { partners } = this.#options;
    const record = partners.agreement(domain);
    if (record === undefined) return false;
    const floor = terms.retentionFloorDays ?? null;
    const known = partners.floors(domain).theirs;
    if (floor === known) return false;
    if (record.theirs === undefined) return true;
    const before = valueOf(readAgreement(record.theirs.statement)).since;
    return since > before || (since === before && (floor ?? 0) > (known ?? 0));
  }

  #assertSeldom(domain: string): void {
    const now = this.#options.clock();
    const lately = (this.#changes.get(domain) ?? []).filter((at) => now - at < HOUR_MS);
    if (lately.length >= MAX_CHANGES_PER_HOUR)
      throw new ChanceryError(
        'limit.exceeded',
        `${domain} changed its terms ${MAX_CHANGES_PER_HOUR} times within an hour; try again later`,
      );
    this.#changes.set(domain, [...lately, now]);
  }
}
