/**
 * What stood at each place of the log, taken up entry by entry in its order: of every organisation how it was verified,
 * our agreement with it, its newest roster; our own standing; and the devices whose chains are archived.
 * Guarantees: nothing is asked but the log and the configured anchors, no clock and no network; what does not hold as of
 * its own time stands as refused, so that whatever rests on it is refused with the same code.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { VerificationContext } from '../../protocol/identity/index.ts';
import { openAgreement, type Revocation } from '../../protocol/statement/index.ts';
import type { LogRecord } from '../archive/index.ts';
import {
  decodeRecord,
  type AgreementRecord,
  type KnownSigner,
  type OrganisationRecord,
  type RecordKind,
  type RecordOf,
  type Signers,
} from '../ledger/index.ts';
import { followStanding, type OwnStanding } from './own-standing.ts';
import { checkShownAgreement } from './shown-agreement.ts';
import { SignedActs } from './signed-acts.ts';
import { checkRoster, type TakenRoster } from './taken-roster.ts';
import { checkOrganisation } from './verified-organisation.ts';

/** Verified devices kept in memory, as many as `Signers` keeps; others are read from the log again. */
const MAX_CACHED = 8_192;

/** What an entry came to, and which one it is. */
export interface Basis<T> {
  readonly sequence: number;
  readonly result: Result<T>;
}

/** What stands of one organisation. */
export interface OrganisationThen {
  verified?: Basis<OrganisationRecord>;
  /** Undefined where none is in force. */
  agreement?: Basis<AgreementRecord> | undefined;
  roster?: Basis<TakenRoster> | undefined;
}

export interface PastOptions {
  readonly domain: string;
  readonly context: VerificationContext;
  readonly verifySigner: Signers['verify'];
  /** What an entry of the log says; undefined where it cannot be read. */
  readonly contentAt: (sequence: number) => Uint8Array | undefined;
  /** Entries that are not what was archived: nothing rests on them. */
  readonly damaged: ReadonlySet<number>;
}

/** What an entry came to; undefined where there is nothing to hold it against. */
type Taken = Result<unknown> | undefined;

export class Past {
  readonly #options: PastOptions;
  readonly #organisations = new Map<string, OrganisationThen>();
  /** Where the log has each proof and each device's newest chain, by hash (base64): an index, some 100 bytes each. */
  readonly #proofs = new Map<string, number>();
  readonly #devices = new Map<string, number>();
  readonly #signers = new Map<string, Basis<KnownSigner>>();
  readonly #revoked = new Map<string, Revocation['reason']>();
  readonly #acts: SignedActs;
  #own: Basis<OwnStanding> | undefined;

  constructor(options: PastOptions) {
    this.#options = options;
    this.#acts = new SignedActs({ domain: options.domain, suite: options.context.suite });
  }

  /** Our own standing. */
  get own(): Basis<OwnStanding> | undefined {
    return this.#own;
  }

  /** What stands of an organisation. */
  of(domain: string): OrganisationThen {
    const known = this.#organisations.get(domain) ?? {};
    this.#organisations.set(domain, known);
    return known;
  }

  /** Why a certificate of ours (serial in hex) was revoked. */
  revokedFor(serial: string): Revocation['reason'] | undefined {
    return this.#revoked.get(serial);
  }

  /** The device with this certificate hash, under the chain that was archived last. */
  signer(device: Uint8Array): Basis<KnownSigner> | undefined {
    const name = toString(device, 'base64');
    const cached = this.#signers.get(name);
    const sequence = this.#devices.get(name);
    if (cached !== undefined || sequence === undefined) return cached;
    const content = this.#options.contentAt(sequence);
    const record = content === undefined ? undefined : decodeRecord('certificate', content);
    return record?.ok === true ? this.#keep(name, sequence, record.value) : undefined;
  }

  /** Takes up the next entry. Says why it does not hold. */
  async take(entry: LogRecord): Promise<Refusal | undefined> {
    const result = await this.#take(entry);
    return result === undefined || result.ok ? undefined : result.refusal;
  }

  #take(entry: LogRecord): Taken | Promise<Taken> {
    switch (entry.kind) {
      case 'authority':
        return read('authority', entry, (record) => this.#takeStanding(entry, record));
      case 'organisation':
        return read('organisation', entry, (record) => this.#takeOrganisation(entry, record));
      case 'agreement':
        return read('agreement', entry, (record) => this.#takeAgreement(entry, record));
      case 'roster':
        return read('roster', entry, (record) => this.#takeRoster(entry, record));
      case 'certificate':
        return read('certificate', entry, (record) => this.#takeDevice(entry, record));
      case 'proof':
        return read('proof', entry, ({ proof }) => {
          this.#proofs.set(this.#nameOf(proof), entry.sequence);
          return undefined;
        });
      case 'device':
        return read('device', entry, ({ serial, revoked }) => {
          if (revoked !== null) this.#revoked.set(serial, revoked.reason);
          return undefined;
        });
      case 'officer-act':
        return read('officer-act', entry, (record) => this.#takeAct(entry, record));
      case 'hold':
        return read('hold', entry, (record) => this.#acts.followsHold(record));
      case 'hold-release':
        return read('hold-release', entry, ({ act }) => this.#acts.follows(act));
      case 'erasure':
        return read('erasure', entry, ({ act }) => this.#acts.follows(act));
      case 'oversight-policy':
        return read('oversight-policy', entry, ({ act }) => this.#acts.follows(act));
      default:
        return undefined; // nothing rests on it
    }
  }

  #takeStanding({ sequence }: LogRecord, record: RecordOf<'authority'>): Result<unknown> {
    const { domain, context } = this.#options;
    const before = this.#own?.result;
    // what follows a change that does not hold cannot be held against it
    const followed =
      before?.ok === false ? before : followStanding(before?.value, record, domain, context.suite);
    this.#own = this.#basis(sequence, followed);
    return this.#own.result;
  }

  async #takeOrganisation(
    { sequence, time }: LogRecord,
    record: RecordOf<'organisation'>,
  ): Promise<Result<unknown>> {
    const known = this.of(record.domain);
    const proof = record.proof === null ? undefined : this.#proof(record.proof);
    const checked = await checkOrganisation(record, proof, seconds(time), this.#options.context);
    const before = known.verified?.result;
    // a root that nothing handed over to is another owner's: its rosters begin anew
    const follows =
      before?.ok !== true || [record.rootId, ...record.formerRoots].includes(before.value.rootId);
    if (!follows) known.roster = undefined;
    known.verified = this.#basis(sequence, checked);
    return known.verified.result;
  }

  #takeAgreement({ sequence, time }: LogRecord, record: RecordOf<'agreement'>): Result<unknown> | undefined {
    const known = this.of(record.domain);
    const withdrawn = record.state === 'withdrawn';
    const before = known.agreement?.result;
    // recorded again beside what the partner showed, maybe after our key had changed
    const again = before?.ok === true && equals(before.value.statement, record.statement);
    const checked = again ? accept(record) : this.#checkAgreement(record, time);
    known.agreement = withdrawn ? undefined : this.#basis(sequence, checked);
    if (known.agreement?.result.ok !== true || record.theirs === undefined) return known.agreement?.result;
    // what it is to say of theirs decides nothing of a message, and so is held against this entry alone
    const roots = this.#rootsOf(record.domain);
    return roots.ok ? this.#checkTheirs(record, record.theirs, roots.value) : roots;
  }

  #checkTheirs(
    { domain }: AgreementRecord,
    theirs: NonNullable<AgreementRecord['theirs']>,
    roots: ReadonlySet<string>,
  ): Result<unknown> {
    const own = this.#own?.result;
    const rootIds = own?.ok === true ? [...own.value.rootIds] : [];
    const { domain: us, context } = this.#options;
    return checkShownAgreement(theirs, { domain, us, roots, rootIds }, context.suite);
  }

  /** We signed it with our statement key, with that partner and for that root. */
  #checkAgreement(record: AgreementRecord, time: number): Result<AgreementRecord> {
    const { domain, context } = this.#options;
    const own = this.#own?.result;
    if (own?.ok !== true)
      return own ?? refuse('identity.not-archived', 'our own standing is not in the archive');
    const expected = { from: domain, us: record.domain, rootIds: [record.rootId], at: seconds(time) };
    const opened = openAgreement(record.statement, expected, own.value.statementKey, context.suite);
    return opened.ok ? accept(record) : opened;
  }

  #takeRoster({ sequence, time }: LogRecord, record: RecordOf<'roster'>): Result<unknown> {
    const known = this.of(record.domain);
    const before = known.roster?.result;
    const roots = this.#rootsOf(record.domain);
    const after = before?.ok === true ? before.value.number : 0;
    const checked = roots.ok
      ? checkRoster(record, { roots: roots.value, after, at: seconds(time) }, this.#options.context.suite)
      : roots;
    known.roster = this.#basis(sequence, checked);
    return known.roster.result;
  }

  /** The roots under which an organisation signs: the one in force, and those that handed over to it. */
  #rootsOf(domain: string): Result<ReadonlySet<string>> {
    const missing = refuse('identity.not-archived', `the archive does not say how ${domain} was verified`);
    if (domain === this.#options.domain) {
      const own = this.#own?.result ?? missing;
      return own.ok ? accept(own.value.rootIds) : own;
    }
    const verified = this.of(domain).verified?.result ?? missing;
    return verified.ok ? accept(new Set([verified.value.rootId, ...verified.value.formerRoots])) : verified;
  }

  #takeAct({ sequence, time }: LogRecord, record: RecordOf<'officer-act'>): Result<unknown> {
    const own = this.#own?.result;
    return this.#acts.take({ sequence, time }, record, {
      signer: this.#options.verifySigner(record.chain),
      rootIds: own?.ok === true ? own.value.rootIds : new Set(),
      isRevoked: (serial) => this.#revoked.has(serial),
    });
  }

  #takeDevice({ sequence }: LogRecord, record: RecordOf<'certificate'>): Result<unknown> {
    const name = this.#nameOf(record.chain[0] ?? new Uint8Array());
    this.#devices.set(name, sequence);
    return this.#keep(name, sequence, record).result;
  }

  #keep(name: string, sequence: number, { chain, rootId }: RecordOf<'certificate'>): Basis<KnownSigner> {
    const verified = this.#options.verifySigner(chain);
    const result =
      verified.ok && verified.value.rootId !== rootId
        ? refuse('identity.root-mismatch', 'the chain of the device leads to another root than is recorded')
        : verified;
    const basis = this.#basis(sequence, result);
    if (this.#signers.size >= MAX_CACHED) this.#signers.clear();
    this.#signers.set(name, basis);
    return basis;
  }

  #proof(hash: Uint8Array): Uint8Array | undefined {
    const sequence = this.#proofs.get(toString(hash, 'base64'));
    const content = sequence === undefined ? undefined : this.#options.contentAt(sequence);
    const record = content === undefined ? undefined : decodeRecord('proof', content);
    return record?.ok === true ? record.value.proof : undefined;
  }

  #basis<T>(sequence: number, result: Result<T>): Basis<T> {
    const damaged = refuse('archive.damaged', 'it is not what was archived');
    return { sequence, result: this.#options.damaged.has(sequence) ? damaged : result };
  }

  #nameOf(bytes: Uint8Array): string {
    return toString(this.#options.context.suite.sha256(bytes), 'base64');
  }
}

/** Hands on what an entry says; damage is refused. */
function read<K extends RecordKind>(
  kind: K,
  { content }: LogRecord,
  take: (record: RecordOf<K>) => Taken | Promise<Taken>,
): Taken | Promise<Taken> {
  if (content === null) return refuse('archive.sealed', `a ${kind} of the archive cannot be opened`);
  const decoded = decodeRecord(kind, content);
  return decoded.ok ? take(decoded.value) : decoded;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
