/**
 * The other half: what a partner hands in is checked by `intake`, archived, and answered with a signed receipt.
 * Guarantees: no receipt before durability; every message of a bundle is answered for; bundles are taken in order,
 * with several under way, so that the partner never waits for one disk write at a time.
 */
import { toString } from 'uint8arrays/to-string';
import type { Logger } from 'pino';
import { logOrigin, openCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, accept, refuse, type Code, type Result } from '../../protocol/errors/index.ts';
import { isRevoked, signReceipt } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  federationRequestShape,
  readFrame,
  refusalFrame,
  writeFrame,
  type BundleFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { Intake, Outcome } from '../intake/index.ts';
import { fact, type KnownSigner, type Ledger, type Signers } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import type { Trust } from '../identity/index.ts';

/** Bundles of one stream under way at a time: the sender's window, and one to spare. */
const MAX_BUNDLES_UNDER_WAY = 16;

/** Devices one stream may show: every device of a large partner. */
const MAX_SHOWN = 8_192;

/** Refusals that say nothing of the message: the partner keeps it and tries again. */
const TRANSIENT: ReadonlySet<Code> = new Set<Code>([
  'archive.failed',
  'archive.unavailable',
  'archive.closed',
  'limit.exceeded',
]);

export interface ReceiverOptions {
  readonly domain: string;
  readonly intake: Intake;
  readonly ledger: Ledger;
  readonly signers: Signers;
  readonly trust: Trust;
  readonly suite: CryptoSuite;
  readonly statementSigner: Signer;
  readonly agreement: (partner: string) => Uint8Array;
  readonly checkAgreement: (statement: Uint8Array, peer: Peer) => void;
  readonly checkpoint: () => Promise<string>;
  readonly clock: () => number;
  readonly log: Logger;
}

export class Receiver {
  readonly #options: ReceiverOptions;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** Serves one stream of a partner's node until it ends. */
  async serve(channel: FrameChannel, peer: Peer): Promise<void> {
    const greeted = await this.#greet(channel, peer);
    if (!greeted.ok) {
      await writeFrame(channel, refusalFrame(greeted.refusal));
      await channel.close();
      return;
    }
    const shown = new Map<string, KnownSigner>();
    const underWay: Promise<void>[] = [];
    let broken: unknown;
    for (let answered = Promise.resolve(); ;) {
      const frame = await channel.read();
      if (frame === null || broken !== undefined) break;
      const request = decodeCbor(frame, MAX_FRAME_BYTES, federationRequestShape, 'federation frame');
      if (!request.ok) throw ChanceryError.from(request.refusal);
      if (request.value.type === 'roster') {
        await this.#takeRoster(request.value.roster, peer);
        continue;
      }
      if (request.value.type !== 'bundle')
        throw new ChanceryError('encoding.malformed', 'the partner greeted twice');
      const receipt = this.#take(request.value, peer, shown);
      answered = Promise.all([receipt, answered]).then(([made]) => writeFrame(channel, made));
      answered.catch((error: unknown) => {
        broken = error;
        channel.abort(error as Error);
      });
      underWay.push(answered);
      if (underWay.length > MAX_BUNDLES_UNDER_WAY) await underWay.shift();
    }
    await Promise.all(underWay);
    await channel.close();
  }

  async #greet(channel: FrameChannel, peer: Peer): Promise<Result<void>> {
    const partner = peer.identity.domain;
    const hello = await readFrame(channel, federationRequestShape, MAX_FRAME_BYTES, 'greeting');
    if (!hello.ok) return hello;
    if (hello.value.type !== 'hello')
      return refuse('encoding.malformed', 'a federation begins with a greeting');
    const allowed = this.#options.trust.partner(partner);
    if (!allowed.ok) return allowed;
    try {
      this.#options.checkAgreement(hello.value.agreement, peer);
    } catch (error) {
      if (error instanceof ChanceryError) return refuse(error.code, error.message);
      throw error;
    }
    await writeFrame(channel, { type: 'hello', v: 1, agreement: this.#options.agreement(partner) });
    return accept(undefined);
  }

  async #takeRoster(roster: Uint8Array, peer: Peer): Promise<void> {
    const taken = await this.#options.trust.takeRoster(roster, peer.identity);
    if (!taken.ok) throw ChanceryError.from(taken.refusal);
  }

  /** Begins to archive before it returns, so that bundles keep their order; resolves with the answer. */
  async #take(bundle: BundleFrame, peer: Peer, shown: Map<string, KnownSigner>): Promise<unknown> {
    const partner = peer.identity.domain;
    const allowed = this.#options.trust.partner(partner);
    if (!allowed.ok) return refusalFrame(allowed.refusal);
    this.#show(bundle.chains, shown);
    this.#checkPositions(bundle, peer);
    const { rootId, roster } = allowed.value;
    const outcomes = await this.#options.intake.take(
      bundle.messages.map(([position, envelope]) => ({ envelope, position })),
      {
        direction: 'inbound',
        domain: partner,
        rootId,
        isRevoked: (serial) => roster !== null && isRevoked(roster, serial),
        shown: (device) => shown.get(toString(device, 'base64')),
        checkpoint: bundle.checkpoint,
      },
    );
    const transient = outcomes.find(
      (outcome) => outcome.state === 'refused' && TRANSIENT.has(outcome.refusal.code),
    );
    if (transient?.state === 'refused') return refusalFrame(transient.refusal);
    return {
      type: 'receipt',
      number: bundle.number,
      receipt: await this.#receipt(bundle, outcomes, partner),
    };
  }

  #show(chains: readonly (readonly Uint8Array[])[], shown: Map<string, KnownSigner>): void {
    for (const chain of chains) {
      const signer = this.#options.signers.verify(chain);
      if (!signer.ok) continue; // the messages that need it are refused, one by one, with that reason
      if (shown.size >= MAX_SHOWN)
        throw new ChanceryError('limit.exceeded', `more than ${MAX_SHOWN} devices on one stream`);
      shown.set(toString(signer.value.hash, 'base64'), signer.value);
    }
  }

  /** The partner's checkpoint must be its own and cover what it sends: it is held to having archived it. */
  #checkPositions(bundle: BundleFrame, peer: Peer): void {
    const { domain, statement } = peer.identity;
    if (statement === null)
      throw new ChanceryError('certificate.wrong-kind', `${domain} showed no statement key`);
    const opened = openCheckpoint(
      bundle.checkpoint,
      logOrigin(domain),
      statement.publicKey,
      this.#options.suite,
    );
    if (!opened.ok) throw ChanceryError.from(opened.refusal);
    const { size } = opened.value;
    if (bundle.messages.some(([position]) => position >= size)) {
      throw new ChanceryError(
        'checkpoint.malformed',
        `${domain} sent a message that its checkpoint does not cover`,
      );
    }
  }

  async #receipt(bundle: BundleFrame, outcomes: readonly Outcome[], partner: string): Promise<Uint8Array> {
    const { domain, suite, statementSigner, checkpoint, clock, ledger } = this.#options;
    const archived: [Uint8Array, number][] = [];
    const refused: [Uint8Array, string, string][] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.state === 'archived') archived.push([outcome.id, outcome.sequence]);
      else {
        const id = outcome.id ?? suite.sha256(bundle.messages[index]?.[1] ?? new Uint8Array());
        refused.push([id, outcome.refusal.code, outcome.refusal.message.slice(0, 512)]);
      }
    }
    if (refused.length > 0) {
      await ledger.append(
        refused.map(([message, code, text]) =>
          fact('refusal', { from: partner, message, code, text }, () => []),
        ),
      );
    }
    return signReceipt(
      { from: domain, to: partner, time: clock(), archived, refused, checkpoint: await checkpoint() },
      statementSigner,
    );
  }
}
