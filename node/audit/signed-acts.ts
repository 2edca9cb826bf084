/**
 * Officers' signed acts as the log tells them, each checked against what stood then: who signed was an officer of ours, the
 * act is there once, and an approval is another officer's, in time, of the very request that stands in its place.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { peerIdOf } from '../../protocol/certificate/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { openAct, type Act, type Asked as AskedFor, type Deed } from '../../protocol/oversight/index.ts';
import { APPROVED_WITHIN_MS, type KnownSigner, type RecordOf } from '../ledger/index.ts';

/** Milliseconds that an approval which came in time may have waited for its place in the log. */
const WAITED_MS = 60_000;

export interface SignedActsOptions {
  readonly domain: string;
  readonly suite: CryptoSuite;
}

/** Where and when an act stands in the log: by the log's own clock, in milliseconds. */
export interface StandsAt {
  readonly sequence: number;
  readonly time: number;
}

/** Who signed, as stood then: the device under its chain, our roots until then, and whether a certificate of ours was revoked. */
export interface StoodThen {
  readonly signer: Result<KnownSigner>;
  readonly rootIds: ReadonlySet<string>;
  readonly isRevoked: (serial: string) => boolean;
}

interface Asked {
  readonly officer: string;
  readonly act: Uint8Array;
  readonly time: number;
  /** The hash of the policy that it asks for, with who asks and why; null where it asks for something else. */
  readonly policy: Uint8Array | null;
}

/** The hash of a policy, with who asked for it and why, and how many officers signed for it with an act. */
interface Bringing {
  readonly policy: Uint8Array;
  readonly officers: 1 | 2;
}

export class SignedActs {
  readonly #options: SignedActsOptions;
  readonly #known = new Set<string>();
  /** What holds were signed to be, by their acts: SHA-256 (base64). */
  readonly #holds = new Map<string, string>();
  /** Requests that may still be decided about, by their entries, in the order of the log. */
  readonly #asked = new Map<number, Asked>();
  /** Policies that acts bring, by the acts: those that ask for one, and those that approve what another officer asked for. */
  readonly #policies = new Map<string, Bringing>();

  constructor(options: SignedActsOptions) {
    this.#options = options;
  }

  /** Takes up the next act. Refuses with `certificate.*`, `identity.root-mismatch`, `officer.required`, `signature.invalid`, `act.repeated` or `approval.*`. */
  take(
    { sequence, time }: StandsAt,
    { act: bytes }: RecordOf<'officer-act'>,
    then: StoodThen,
  ): Result<unknown> {
    const { suite } = this.#options;
    this.#forgetBefore(time - APPROVED_WITHIN_MS - WAITED_MS);
    const hash = suite.sha256(bytes);
    const signed = this.#check(bytes, then);
    if (!signed.ok) return signed;
    const name = toString(hash, 'base64');
    if (this.#known.has(name)) return refuse('act.repeated', 'the act stands in the archive before');
    this.#known.add(name);
    const { deed, officer } = signed.value;
    if (deed.kind === 'hold') this.#holds.set(name, this.#nameOf(officer, deed));
    if (deed.kind === 'ask') {
      const policy = this.#policyIn(officer, deed.asked);
      this.#asked.set(sequence, { officer, act: hash, time, policy });
      if (policy !== null) this.#policies.set(name, { policy, officers: 1 });
    }
    if (deed.kind !== 'approve' && deed.kind !== 'decline') return signed;
    const asked = this.#asked.get(deed.request);
    if (asked === undefined || !equals(asked.act, deed.act))
      return refuse(
        'approval.missing',
        `no such request, made within the quarter of an hour before, stands in entry ${deed.request}`,
      );
    this.#asked.delete(deed.request);
    if (deed.kind === 'decline') return signed;
    if (asked.officer === officer)
      return refuse('approval.own', `${officer} approved what they asked for themselves`);
    if (asked.policy !== null) this.#policies.set(name, { policy: asked.policy, officers: 2 });
    return signed;
  }

  /** Whether what follows from an act says so of one that stands before it. Refuses with `officer.signature-required`. */
  follows(act: Uint8Array | undefined): Result<unknown> {
    return act === undefined || this.#known.has(toString(act, 'base64'))
      ? accept(undefined)
      : refuse('officer.signature-required', 'the act that it is said to follow from is not in the archive');
  }

  /**
   * The same of a hold, which has to be what its officer signed: matter, scope, reason, and what custodians are told. Refuses
   * with `signature.invalid` too.
   */
  followsHold({ matter, scope, actor, reason, notice, act }: RecordOf<'hold'>): Result<unknown> {
    const followed = this.follows(act);
    if (!followed.ok || act === undefined) return followed;
    const said = {
      kind: 'hold',
      matter,
      scope,
      reason,
      ...(notice === undefined ? {} : { notice }),
    } as const;
    return this.#holds.get(toString(act, 'base64')) === this.#nameOf(actor, said)
      ? followed
      : refuse('signature.invalid', 'the hold is not the one that its officer signed');
  }

  #nameOf(officer: string, hold: Extract<Deed, { kind: 'hold' }>): string {
    return toString(this.#hashOf([officer, hold]), 'base64');
  }

  /** How many officers signed, with an act, for this very policy. Refuses with `officer.signature-required`. */
  brings(act: Uint8Array, { text, actor, reason }: RecordOf<'policy'>): Result<1 | 2> {
    const bringing = this.#policies.get(toString(act, 'base64'));
    return bringing !== undefined && equals(bringing.policy, this.#hashOf([actor, text, reason]))
      ? accept(bringing.officers)
      : refuse('officer.signature-required', 'no act in the archive is about this policy, word for word');
  }

  #policyIn(officer: string, asked: AskedFor): Uint8Array | null {
    return asked.action === 'policy' ? this.#hashOf([officer, asked.text, asked.reason]) : null;
  }

  #hashOf(said: unknown): Uint8Array {
    return this.#options.suite.sha256(encodeCbor(said));
  }

  /** Requests asked before then are expired: nobody can approve them any more. The log's times never go back. */
  #forgetBefore(time: number): void {
    for (const [sequence, asked] of this.#asked) {
      if (asked.time >= time) return;
      this.#asked.delete(sequence);
    }
  }

  #check(bytes: Uint8Array, { signer, rootIds, isRevoked }: StoodThen): Result<Act> {
    const { domain, suite } = this.#options;
    if (!signer.ok) return signer;
    const { address, publicKey, roles, rootId, serials } = signer.value;
    if (signer.value.domain !== domain || !rootIds.has(rootId))
      return refuse('identity.root-mismatch', `the device of ${address} is under a root that was never ours`);
    if (!roles.includes('compliance-officer'))
      return refuse('officer.required', `${address} was not certified as a compliance officer`);
    if (serials.some(isRevoked))
      return refuse('certificate.revoked', `the certificate of ${address} was revoked by then`);
    const opened = openAct(bytes, publicKey, suite);
    if (!opened.ok) return opened;
    const { officer, device, domain: about } = opened.value;
    return officer === address && about === domain && device === peerIdOf(publicKey)
      ? opened
      : refuse('signature.invalid', `the act names another officer, device or organisation than ${address}`);
  }
}
