/**
 * Our own organisation's standing: which root, issuer and statement key are in force, what comes next, and what was
 * before. The log says so; each change is an entry, with everything that stands from then on, before it takes effect.
 */
import { equals } from 'uint8arrays/equals';
import { parseCertificate, rootIdOf, type Certificate } from '../../protocol/certificate/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import type { Revocation } from '../../protocol/statement/index.ts';
import type { Authorities, AuthorityRecord } from '../ledger/index.ts';

interface Parsed {
  readonly record: AuthorityRecord;
  readonly root: Certificate;
  readonly issuer: Certificate;
  readonly statement: Certificate;
  readonly next: Certificate | null;
  readonly former: readonly Certificate[];
  readonly rootId: string;
  /** Every root id of ours, oldest first, the one in force last. */
  readonly rootIds: readonly string[];
  /** The issuer of each leaf asked about: a device is asked about with each of its requests. */
  readonly issuers: WeakMap<Uint8Array, Certificate>;
}

export class Standing {
  readonly #authorities: Authorities;
  readonly #sha256: Sha256;
  #now: Parsed;

  private constructor(authorities: Authorities, sha256: Sha256, record: AuthorityRecord) {
    this.#authorities = authorities;
    this.#sha256 = sha256;
    this.#now = parse(record, sha256);
  }

  /** As the log has it; where it has none yet, as given, which is then its first. Throws `certificate.*` or `archive.*`. */
  static async open(
    authorities: Authorities,
    sha256: Sha256,
    first: Pick<AuthorityRecord, 'domain' | 'root' | 'issuer' | 'statement'>,
  ): Promise<Standing> {
    const known = authorities.current();
    if (known !== undefined) return new Standing(authorities, sha256, known);
    const created: AuthorityRecord = {
      change: 'created',
      sequence: 1,
      next: null,
      handovers: [],
      former: [],
      revoked: [],
      ...first,
    };
    const standing = new Standing(authorities, sha256, created);
    await authorities.record(created);
    return standing;
  }

  get record(): AuthorityRecord {
    return this.#now.record;
  }

  get root(): Certificate {
    return this.#now.root;
  }

  get issuer(): Certificate {
    return this.#now.issuer;
  }

  get statement(): Certificate {
    return this.#now.statement;
  }

  get next(): Certificate | null {
    return this.#now.next;
  }

  get former(): readonly Certificate[] {
    return this.#now.former;
  }

  get rootId(): string {
    return this.#now.rootId;
  }

  /** Every root id of ours, oldest first. */
  get rootIds(): readonly string[] {
    return this.#now.rootIds;
  }

  get revoked(): readonly Revocation[] {
    return this.#now.record.revoked;
  }

  /** The id of the root that takes over; null where none is prepared. */
  get nextId(): string | null {
    const { next } = this.#now;
    return next === null ? null : rootIdOf(next.publicKey, this.#sha256);
  }

  /** Records a change; it takes effect when it is durable. */
  async change(change: AuthorityRecord['change'], changed: Partial<AuthorityRecord>): Promise<void> {
    const record: AuthorityRecord = { ...this.#now.record, ...changed, change };
    const parsed = parse(record, this.#sha256);
    await this.#authorities.record(record);
    this.#now = parsed;
  }

  /** Whether an issuer that is in force, or still needed, has issued a certificate (DER). */
  issued(leaf: Uint8Array): boolean {
    return this.#issuerOf(leaf) !== undefined;
  }

  /**
   * The chain under which a certificate of ours stands now: itself, the issuer of its key, the root in force.
   * Throws `certificate.broken-chain` for one whose issuer is long gone.
   */
  chainOf(leaf: Uint8Array): readonly [Uint8Array, Uint8Array, Uint8Array] {
    const issuer = this.#issuerOf(leaf);
    if (issuer !== undefined) return [leaf, issuer.der, this.#now.root.der];
    throw new ChanceryError(
      'certificate.broken-chain',
      'the issuer of that certificate is no longer in force; have the certificate renewed',
    );
  }

  #issuerOf(leaf: Uint8Array): Certificate | undefined {
    const { issuer, former, issuers } = this.#now;
    let found = issuers.get(leaf);
    if (found === undefined) {
      const { aki } = valueOf(parseCertificate(leaf));
      found = [issuer, ...former].find(({ ski }) => aki !== null && ski !== null && equals(aki, ski));
      if (found !== undefined) issuers.set(leaf, found);
    }
    return found;
  }
}

function parse(record: AuthorityRecord, sha256: Sha256): Parsed {
  const read = (der: Uint8Array): Certificate => valueOf(parseCertificate(der));
  const root = read(record.root);
  const rootId = rootIdOf(root.publicKey, sha256);
  const former = record.handovers.map((der) => rootIdOf(read(der).publicKey, sha256));
  return {
    record,
    root,
    issuer: read(record.issuer),
    statement: read(record.statement),
    next: record.next === null ? null : read(record.next),
    former: record.former.map(read),
    rootId,
    rootIds: [...new Set([...former, rootId])],
    issuers: new WeakMap(),
  };
}
