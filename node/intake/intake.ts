/**
 * The one way into the archive, the same for both directions: cheap checks before expensive ones, then the policy,
 * then the append. Guarantees: what it reports as archived is durable; a message is archived once, however often it
 * comes; between the checks of a message and its append nothing else happens.
 */
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { advance, domainOf, follow } from '../../protocol/conversation/index.ts';
import {
  decodeMessage,
  envelopeId,
  verifyMessage,
  type DecodedMessage,
} from '../../protocol/message/index.ts';
import { ChanceryError, accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { Revocation } from '../../protocol/statement/index.ts';
import type { KnownSigner, Ledger, Messages, Signers } from '../ledger/index.ts';
import type { AdmittedMessage } from '../ledger/index.ts';
import type { Decide } from './policy.ts';

/** Where messages come from: a device of a member, or a partner with their positions in its log. */
export type Source =
  | {
      readonly direction: 'outbound';
      readonly address: string;
      readonly publicKey: Uint8Array;
      /** The certificate the device showed for this session: not yet in the archive before its first message. */
      readonly session: KnownSigner | undefined;
      /** Whether a certificate (serial in hex) was replaced, so that nothing more is taken under it. */
      readonly isSuperseded: (serial: string) => boolean;
    }
  | {
      readonly direction: 'inbound';
      readonly domain: string;
      /** The root that the partner's agreement names. */
      readonly rootId: string;
      /** What the partner's roster says of a certificate that it revokes (serial in hex). */
      readonly revocationOf: (serial: string) => Revocation | undefined;
      /** The signer shown on this stream under this hash of its certificate, or why its chain is refused. */
      readonly shown: (device: Uint8Array) => Result<KnownSigner> | undefined;
      readonly checkpoint: string;
    };

export interface Incoming {
  readonly envelope: Uint8Array;
  /** Its position in the partner's log; null from a device. */
  readonly position: number | null;
}

/** What became of a message: archived at a position (now or before), or refused. */
export type Outcome =
  | { readonly state: 'archived'; readonly id: Uint8Array; readonly sequence: number; readonly time: number }
  | { readonly state: 'refused'; readonly id: Uint8Array | null; readonly refusal: Refusal };

export interface IntakeOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly decide: Decide;
  readonly suite: CryptoSuite;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Checks and archives messages in their order; resolves when all that it reports archived is durable. */
  async take(incoming: readonly Incoming[], source: Source): Promise<Outcome[]> {
    return Promise.all(
      incoming.map(({ envelope, position }, index) =>
        this.#takeOne(envelope, position, source, index === incoming.length - 1),
      ),
    );
  }

  /** Synchronous up to the append, so messages of one call see each other's effects in order. */
  async #takeOne(
    envelope: Uint8Array,
    position: number | null,
    source: Source,
    last: boolean,
  ): Promise<Outcome> {
    const { suite, messages } = this.#options;
    const decoded = decodeMessage(envelope, suite);
    if (!decoded.ok)
      return { state: 'refused', id: envelopeId(envelope, suite.sha256), refusal: decoded.refusal };
    const message = decoded.value;
    const { id } = message;
    try {
      const known = messages.position(id);
      if (known !== undefined) return await this.#archivedBefore(id, known);
      const admitted = this.#admit(message, position, source, last);
      if (!admitted.ok) return { state: 'refused', id, refusal: admitted.refusal };
      return await this.#archive(admitted.value.admitted, admitted.value.signer);
    } catch (error) {
      if (error instanceof ChanceryError) return { state: 'refused', id, refusal: error };
      throw error;
    }
  }

  #admit(
    message: DecodedMessage,
    position: number | null,
    source: Source,
    last: boolean,
  ): Result<{ admitted: AdmittedMessage; signer: KnownSigner }> {
    const { suite, messages, clock, decide } = this.#options;
    const signer = this.#signer(message, source);
    if (!signer.ok) return signer;
    const before = messages.conversation(message.conversationId);
    const after = (source.direction === 'inbound' ? follow : advance)(before, message, suite.sha256);
    if (!after.ok) return after;
    const verified = verifyMessage(message, signer.value, clock(), suite);
    if (!verified.ok) return verified;
    const { direction } = source;
    const decision = decide({ direction, message: verified.value, before, after: after.value });
    if (!decision.ok) return decision;
    const via =
      source.direction === 'outbound'
        ? null
        : { domain: source.domain, position: position ?? 0, checkpoint: last ? source.checkpoint : null };
    return accept({
      admitted: { message: verified.value, before, after: after.value, via },
      signer: signer.value,
    });
  }

  /** The device that the message names: known, of the right person and organisation, valid when it signed, not revoked. */
  #signer(message: DecodedMessage, source: Source): Result<KnownSigner> {
    const shown =
      source.direction === 'inbound'
        ? source.shown(message.device)
        : sessionOf(source.session, message.device);
    if (shown?.ok === false) return shown;
    const signer = shown?.value ?? this.#options.signers.find(message.device);
    if (signer === undefined) {
      return refuse(
        'certificate.not-yet-known',
        'the certificate of the signing device was not shown; send it along',
      );
    }
    const refusal =
      source.direction === 'outbound'
        ? refuseForeign(signer, source, message)
        : refuseStranger(signer, source, message);
    if (refusal !== undefined) return refusal;
    const signedAt = Math.floor(message.time / 1000);
    if (signedAt > signer.window.until) {
      return refuse(
        'certificate.expired',
        `the certificate of the device of ${signer.address} had expired; renew it`,
      );
    }
    if (signedAt < signer.window.from - CLOCK_TOLERANCE_SECONDS) {
      return refuse(
        'certificate.not-yet-valid',
        'the message is older than its device’s certificate; check its clock',
      );
    }
    return accept(signer);
  }

  async #archive(admitted: AdmittedMessage, signer: KnownSigner): Promise<Outcome> {
    const { ledger, messages, signers } = this.#options;
    const facts = [messages.factOf(admitted)];
    if (!signers.has(signer)) facts.unshift(signers.factOf(signer));
    const { first, time } = await ledger.append(facts);
    return { state: 'archived', id: admitted.message.id, sequence: first + facts.length - 1, time };
  }

  /** A message that came again: acknowledged only once the first coming is durable. */
  async #archivedBefore(id: Uint8Array, sequence: number): Promise<Outcome> {
    const { log } = this.#options.ledger;
    if (sequence >= log.size) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const stop = log.onCommit((size) => {
        if (size > sequence) resolve(undefined);
      });
      const giveUp = setTimeout(() => resolve(undefined), DURABLE_WITHIN_MS);
      await promise;
      clearTimeout(giveUp);
      stop();
    }
    const entry = log.entry(sequence);
    return entry === undefined
      ? {
          state: 'refused',
          id,
          refusal: refuse('archive.failed', 'the archive could not write; try again').refusal,
        }
      : { state: 'archived', id, sequence, time: entry.time };
  }
}

/** Seconds a device's clock may be behind its certificate's beginning: it was issued by another clock. */
const CLOCK_TOLERANCE_SECONDS = 600;

/** Milliseconds to wait for a batch under way before saying that it failed. */
const DURABLE_WITHIN_MS = 30_000;

function sessionOf(session: KnownSigner | undefined, device: Uint8Array): Result<KnownSigner> | undefined {
  return session !== undefined && Buffer.compare(session.hash, device) === 0 ? accept(session) : undefined;
}

/** A device may hand in its own messages only; under an earlier certificate of the same key, too. */
function refuseForeign(
  signer: KnownSigner,
  source: Extract<Source, { direction: 'outbound' }>,
  message: DecodedMessage,
): ReturnType<typeof refuse> | undefined {
  const own = signer.address === source.address && Buffer.compare(signer.publicKey, source.publicKey) === 0;
  if (!own || message.sender !== source.address) {
    return refuse(
      'message.sender-mismatch',
      `a device of ${source.address} may not hand in messages of ${message.sender}`,
    );
  }
  return signer.serials.some(source.isSuperseded)
    ? refuse('certificate.superseded', 'signed under a certificate that was replaced; write it again')
    : undefined;
}

/** A partner may hand in messages of its own people only, under the root its agreement names. */
function refuseStranger(
  signer: KnownSigner,
  source: Extract<Source, { direction: 'inbound' }>,
  message: DecodedMessage,
): ReturnType<typeof refuse> | undefined {
  if (signer.domain !== source.domain || domainOf(message.sender) !== source.domain) {
    return refuse(
      'message.sender-mismatch',
      `${source.domain} may not hand in messages of ${message.sender}`,
    );
  }
  if (signer.rootId !== source.rootId) {
    return refuse(
      'identity.root-mismatch',
      `the device of ${signer.address} is certified under another root`,
    );
  }
  for (const serial of signer.serials) {
    const refusal = refuseRevoked(source.revocationOf(serial), signer, message);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** One that was superseded goes on to vouch for what was signed before; every other revocation counts for all. */
function refuseRevoked(
  revocation: Revocation | undefined,
  { address, domain }: KnownSigner,
  { time }: DecodedMessage,
): ReturnType<typeof refuse> | undefined {
  if (revocation === undefined) return undefined;
  switch (revocation.reason) {
    case 'certificate-hold':
      return refuse('member.suspended', `${address} is suspended by ${domain}`);
    case 'superseded':
      return time < (revocation.at + 1) * 1000
        ? undefined
        : refuse('certificate.superseded', `${address} signed under a certificate that was replaced`);
    default:
      return refuse('device.revoked', `the device of ${address} was revoked by ${domain}`);
  }
}
