/**
 * How the organisation's keys change: the issuer's, and the root's from prepared over published to in force.
 * Guarantees: a new key is stored before it is certified, a change is in the log before it takes effect, and what is
 * put in force would be accepted by whoever verifies it, whether it was signed here or by an offline root.
 */
import { equals } from 'uint8arrays/equals';
import {
  issueHandover,
  issueIssuer,
  issueStatementSigner,
  parseCertificate,
  rootIdOf,
  verifyHandovers,
  verifyPath,
  verifyRoot,
  type Certificate,
} from '../../protocol/certificate/index.ts';
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf, type Result } from '../../protocol/errors/index.ts';
import { MAX_HANDOVERS, formatRecord, recordName } from '../../protocol/identity/index.ts';
import type { Revocation } from '../../protocol/statement/index.ts';
import type { AuthorityRecord } from '../ledger/index.ts';
import {
  AbsentSigner,
  BACKDATE,
  LIFE,
  makeNextRoot,
  signedCertificates,
  type SigningAnswer,
  type SigningRequest,
} from '../signing/index.ts';
import type { FoundDomain } from './domain-lookup.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Standing } from './standing.ts';

export interface RotationOptions {
  readonly domain: string;
  readonly standing: Standing;
  readonly keys: SigningKeys;
  readonly suite: CryptoSuite;
  /** What our domain publishes now. Refuses with `dns.*`, `dnssec.*`. */
  readonly lookUp: () => Promise<Result<FoundDomain>>;
  /** Called after each change, which is then in the log. */
  readonly onChange: (change: AuthorityRecord['change']) => Promise<void>;
  readonly clock: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** What a step came to: done, or what the offline root is to sign before it can be. */
export type Step =
  { readonly state: 'done' } | { readonly state: 'to-sign'; readonly request: SigningRequest };

/** Why a key is replaced: RFC 5280, 5.3.1. */
export type Cause = Extract<Revocation['reason'], 'superseded' | 'key-compromise'>;

const DONE: Step = { state: 'done' };

export class Rotation {
  readonly #options: RotationOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RotationOptions) {
    this.#options = options;
  }

  /** One change after the other: each begins from what stands, and removes keys that are of no more use. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** What our domain publishes now. Refuses with `dns.*`, `dnssec.*`. */
  lookUp(): Promise<Result<FoundDomain>> {
    return this.#options.lookUp();
  }

  /** A TXT record to publish: its name and text. */
  recordOf(rootId: string, sequence: number, state: 'current' | 'next'): { name: string; value: string } {
    const { domain } = this.#options;
    return { name: recordName(domain), value: formatRecord({ id: rootId, sequence, state }) };
  }

  /** Certifies the statement key anew under the issuer in force. */
  renewStatement(): Promise<void> {
    return this.#inTurn(async () => {
      const statement = await this.#statement(this.#options.standing.issuer);
      await this.#change('statement-renewed', { statement });
    });
  }

  /**
   * Puts a new issuer in force. Devices go on under the one before until their certificates are renewed, unless its
   * key was compromised: then it is revoked, and every device renews at once.
   * Throws `key.missing`, `certificate.*`.
   */
  rotateIssuer(cause: Cause, answer?: SigningAnswer): Promise<Step> {
    return this.#inTurn(() => this.#rotateIssuer(cause, answer));
  }

  async #rotateIssuer(cause: Cause, answer: SigningAnswer | undefined): Promise<Step> {
    const { standing, keys } = this.#options;
    const issuer = answer === undefined ? await this.#newIssuer() : await this.#answeredIssuer(answer);
    if ('request' in issuer) return { state: 'to-sign', request: issuer.request };
    const compromised = cause === 'key-compromise';
    const before = standing.issuer;
    await this.#change('issuer-rotated', {
      issuer: issuer.certificate.der,
      statement: await this.#statement(
        issuer.certificate,
        await keys.signerOf('issuer', issuer.certificate.publicKey),
      ),
      former: this.#stillNeeded(compromised ? standing.former : [before, ...standing.former]).map(
        ({ der }) => der,
      ),
      revoked: compromised ? [...standing.revoked, this.#revocation(before, cause)] : [...standing.revoked],
    });
    return DONE;
  }

  /**
   * Prepares the root that takes over: `certificate` (DER) where its key is kept elsewhere, else a key is made here.
   * Its record is then to be published with `st=next`. Asked again, it says the same. Throws `certificate.*`.
   */
  prepareRoot(certificate?: Uint8Array): Promise<Certificate> {
    return this.#inTurn(() => this.#prepareRoot(certificate));
  }

  async #prepareRoot(certificate?: Uint8Array): Promise<Certificate> {
    const { standing } = this.#options;
    if (certificate === undefined && standing.next !== null) return standing.next;
    const next = certificate === undefined ? await this.#newRoot() : this.#checkedRoot(certificate);
    await this.#change('root-prepared', { next: next.der });
    return next;
  }

  /**
   * Puts the prepared root in force, which its domain must name by now as the next or the current one.
   * Throws `request.invalid` where none is prepared, `identity.not-published`, `certificate.*`.
   */
  completeRoot(answer?: SigningAnswer): Promise<Step> {
    return this.#inTurn(() => this.#completeRoot(answer));
  }

  async #completeRoot(answer: SigningAnswer | undefined): Promise<Step> {
    const { standing, domain } = this.#options;
    const next = this.#prepared();
    const rootId = rootIdOf(next.publicKey, this.#options.suite.sha256);
    const sequence = standing.record.sequence + 1;
    const { records } = valueOf(await this.lookUp());
    const named = [records.current, records.next].some(
      (record) => record?.id === rootId && record.sequence === sequence,
    );
    if (!named) {
      const { value } = this.recordOf(rootId, sequence, 'next');
      throw new ChanceryError(
        'identity.not-published',
        `${recordName(domain)} does not name the next root yet; publish the TXT record "${value}", wait until it is everywhere, and run this again`,
      );
    }
    return this.#takeOver(next, 'root-rotated', answer, false);
  }

  /**
   * Ends the root in force at once, as when its key was stolen: the prepared root takes over, or one made now. Its
   * record is to be published without delay; until it is, partners that verify by DNSSEC wait. `lost` where the old key
   * cannot even sign the handover any more: every partner's operator must then approve the new root.
   */
  revokeRoot(lost: boolean, answer?: SigningAnswer): Promise<Step> {
    return this.#inTurn(async () => this.#takeOver(await this.#prepareRoot(), 'root-revoked', answer, lost));
  }

  async #takeOver(
    next: Certificate,
    change: 'root-rotated' | 'root-revoked',
    answer: SigningAnswer | undefined,
    lost: boolean,
  ): Promise<Step> {
    const { standing } = this.#options;
    const given = answer === undefined ? [] : signedCertificates(answer);
    const items: SigningRequest['items'] = [];
    const handover = lost ? null : await this.#handover(next, given, items);
    const issuers: Certificate[] = [];
    for (const before of [standing.issuer, ...this.#stillNeeded(standing.former)])
      issuers.push(await this.#certifyAnew(before, next, given, items));
    if (items.length > 0) return { state: 'to-sign', request: this.#request(items) };
    const [issuer = standing.issuer, ...former] = this.#verified(issuers, next);
    await this.#change(change, {
      root: next.der,
      next: null,
      sequence: standing.record.sequence + 1,
      issuer: issuer.der,
      former: former.map(({ der }) => der),
      handovers: handover === null ? [] : this.#handovers(handover, next),
      revoked:
        change === 'root-revoked'
          ? [...standing.revoked, this.#revocation(standing.root, 'key-compromise')]
          : [...standing.revoked],
    });
    return DONE;
  }

  /** The handover as the offline root gave it, or made now: what that takes of an absent root is noted in `items`. */
  async #handover(
    next: Certificate,
    given: readonly Certificate[],
    items: SigningRequest['items'],
  ): Promise<Uint8Array> {
    const { standing, domain, randomBytes } = this.#options;
    const { root, record } = standing;
    const there = given.find(
      ({ subject, publicKey }) => subject.commonName === domain && equals(publicKey, next.publicKey),
    );
    return (
      there?.der ??
      issueHandover({
        publicKey: next.publicKey,
        domain,
        sequence: record.sequence + 1,
        serial: randomBytes(16),
        notBefore: Math.max(this.#now() - BACKDATE, root.notBefore),
        notAfter: Math.min(next.notAfter, root.notAfter),
        issuer: root,
        signer: await this.#root(root, items),
      })
    );
  }

  /** An issuer of ours certified for the same key and time by the root that comes: as given, or made now. */
  async #certifyAnew(
    before: Certificate,
    next: Certificate,
    given: readonly Certificate[],
    items: SigningRequest['items'],
  ): Promise<Certificate> {
    const { domain, randomBytes } = this.#options;
    const { publicKey, subject } = before;
    const there = given.find(
      (certificate) =>
        equals(certificate.publicKey, publicKey) && equals(certificate.subject.der, subject.der),
    );
    if (there !== undefined) return there;
    const made = await issueIssuer({
      publicKey,
      domain,
      serial: randomBytes(16),
      notBefore: Math.max(before.notBefore, next.notBefore),
      notAfter: Math.min(before.notAfter, next.notAfter),
      issuer: next,
      signer: await this.#root(next, items),
    });
    return valueOf(parseCertificate(made));
  }

  /** The issuers, of which the one in force must bear the statement key, and each must be signed by the new root. */
  #verified(issuers: readonly Certificate[], next: Certificate): readonly Certificate[] {
    const { standing, suite } = this.#options;
    const [issuer] = issuers;
    if (issuer !== undefined) this.#verify(standing.statement, issuer, next);
    for (const { tbs, signature } of issuers) {
      if (!suite.verifyEd25519(next.publicKey, tbs, signature))
        throw new ChanceryError(
          'certificate.bad-signature',
          'the new root has not signed an issuer; sign anew',
        );
    }
    return issuers;
  }

  /** The way to the new root: from the oldest one that still fits. */
  #handovers(handover: Uint8Array, next: Certificate): Uint8Array[] {
    const { standing, domain, suite } = this.#options;
    const before = standing.record.handovers.length > 0 ? standing.record.handovers : [standing.root.der];
    const to = rootIdOf(next.publicKey, suite.sha256);
    const whole = [...before, handover];
    valueOf(verifyHandovers(whole, { domain, from: standing.rootId, to }, suite));
    return whole.length > MAX_HANDOVERS ? [standing.root.der, handover] : whole;
  }

  async #newIssuer(): Promise<{ certificate: Certificate } | { request: SigningRequest }> {
    const { standing, keys, domain, randomBytes } = this.#options;
    const items: SigningRequest['items'] = [];
    const signer = await this.#root(standing.root, items);
    const certificate = await issueIssuer({
      publicKey: await keys.create('issuer'),
      domain,
      serial: randomBytes(16),
      ...this.#window(LIFE.issuer, standing.root),
      issuer: standing.root,
      signer,
    });
    return items.length > 0
      ? { request: this.#request(items) }
      : { certificate: valueOf(parseCertificate(certificate)) };
  }

  async #answeredIssuer(answer: SigningAnswer): Promise<{ certificate: Certificate }> {
    const { keys, standing } = this.#options;
    const [certificate] = signedCertificates(answer);
    if (certificate === undefined || !(await keys.has('issuer', certificate.publicKey))) {
      throw new ChanceryError(
        'key.missing',
        'the answer is for an issuer whose key is not here; ask for a new signing request',
      );
    }
    const signer = await keys.signerOf('issuer', certificate.publicKey);
    const statement = valueOf(parseCertificate(await this.#statement(certificate, signer)));
    this.#verify(statement, certificate, standing.root);
    return { certificate };
  }

  async #newRoot(): Promise<Certificate> {
    const { keys } = this.#options;
    const publicKey = await keys.create('root');
    const signer = await keys.signerOf('root', publicKey);
    return valueOf(parseCertificate(await makeNextRoot(this.#options, signer)));
  }

  #checkedRoot(der: Uint8Array): Certificate {
    const { domain, suite, standing } = this.#options;
    const root = valueOf(verifyRoot(der, domain, suite));
    if (equals(root.publicKey, standing.root.publicKey))
      throw new ChanceryError('request.invalid', 'that is the root in force; make another one');
    return root;
  }

  #prepared(): Certificate {
    const { next } = this.#options.standing;
    if (next === null)
      throw new ChanceryError(
        'request.invalid',
        'no root is prepared; run chancery identity rotate-root --prepare',
      );
    return next;
  }

  async #root(certificate: Certificate, items: SigningRequest['items']): Promise<Signer> {
    const { publicKey } = certificate;
    return (await this.#options.keys.root(publicKey)) ?? new AbsentSigner(publicKey, items);
  }

  async #statement(issuer: Certificate, signer: Signer = this.#options.keys.issuer): Promise<Uint8Array> {
    const { domain, keys, randomBytes } = this.#options;
    return issueStatementSigner({
      publicKey: keys.statement.publicKey,
      domain,
      serial: randomBytes(16),
      ...this.#window(LIFE.statement, issuer),
      issuer,
      signer,
    });
  }

  /** Throws what a verifier would refuse. */
  #verify(statement: Certificate, issuer: Certificate, root: Certificate): void {
    const { domain, suite } = this.#options;
    const rootId = rootIdOf(root.publicKey, suite.sha256);
    valueOf(verifyPath({ chain: [statement, issuer, root], rootId, domain, at: this.#now(), suite }));
  }

  /** Issuers under which a device may still stand. */
  #stillNeeded(issuers: readonly Certificate[]): Certificate[] {
    const now = this.#now();
    return issuers.filter(({ notAfter }) => notAfter > now);
  }

  #request(items: SigningRequest['items']): SigningRequest {
    return { chancery: 'signing request', v: 1, domain: this.#options.domain, items };
  }

  #revocation({ serial }: Certificate, reason: Cause): Revocation {
    return { serial, at: this.#now(), reason };
  }

  #window(life: number, issuer: Certificate): { notBefore: number; notAfter: number } {
    const now = this.#now();
    return {
      notBefore: Math.max(now - BACKDATE, issuer.notBefore),
      notAfter: Math.min(now - BACKDATE + life, issuer.notAfter),
    };
  }

  async #change(change: AuthorityRecord['change'], changed: Partial<AuthorityRecord>): Promise<void> {
    const { standing, keys, onChange } = this.#options;
    await standing.change(change, changed);
    await keys.follow();
    await onChange(change);
  }

  #now(): number {
    return Math.floor(this.#options.clock() / 1000);
  }
}
