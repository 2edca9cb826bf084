/**
 * The other half: what a partner hands in is checked by `intake`, archived, and answered with a signed receipt.
 * Guarantees: no receipt before durability; every message of a bundle is answered for; bundles are taken in order,
 * with several under way, so that the partner never waits for one disk write at a time.
 */
import type { Logger } from 'pino';
import { logOrigin, openCheckpoint, type SignedCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import {
  ChanceryError,
  accept,
  refuse,
  type Code,
  type Refusal,
  type Result,
} from '../../protocol/errors/index.ts';
import { revocationOf, signReceipt } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  federationRequestShape,
  readFrame,
  refusalFrame,
  writeFrame,
  type BundleFrame,
  type DirectoryFrame,
  type FederationRequest,
  type FileFrame,
  type FrameChannel,
  type HeldFileFrame,
  type HeldFrame,
  type LetterFrame,
} from '../../protocol/wire/index.ts';
import { byteName } from '../archive/index.ts';
import type { IncomingFiles } from '../attachments/index.ts';
import type { Intake, Outcome } from '../intake/index.ts';
import { fact, type KnownSigner, type Ledger, type Signers } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import type { Trust } from '../identity/index.ts';
import { logOf, type PartnerLog, type PartnerLogs } from '../witness/index.ts';
import type { Directory } from './directory.ts';
import type { Greeting } from './greeting.ts';
import type { HeldFiles } from './held-files.ts';
import type { HeldMessages } from './held.ts';

/** Bundles of one stream under way at a time: the sender's window, and one to spare. */
const MAX_BUNDLES_UNDER_WAY = 16;

/** Devices one stream may show: every device of a large partner. */
const MAX_SHOWN = 8_192;

/** Whether a refusal says nothing of the message, but of our archive: the partner keeps it and tries again. */
function isTransient(code: Code): boolean {
  return code.startsWith('archive.') || code === 'limit.exceeded';
}

export interface ReceiverOptions {
  readonly domain: string;
  readonly intake: Intake;
  readonly ledger: Ledger;
  readonly signers: Signers;
  readonly trust: Trust;
  readonly suite: CryptoSuite;
  readonly statementSigner: Signer;
  readonly agreement: (partner: string) => Uint8Array;
  readonly checkAgreement: Greeting['checkAgreement'];
  readonly checkpoint: () => Promise<string>;
  /** What is known of partners' logs: the checkpoint of each bundle is held against it. */
  readonly partnerLogs: PartnerLogs;
  /** What the partner may see of our people. */
  readonly directory: Directory;
  /** Where the files of its messages wait for them. */
  readonly incoming: IncomingFiles;
  /** Takes what it tells by signed statements; resolves with the signed notice that one is archived. */
  readonly note: (frame: LetterFrame, peer: Peer) => Promise<Result<Uint8Array>>;
  /** What it may have back of what was exchanged with it. */
  readonly held: HeldMessages;
  readonly heldFiles: HeldFiles;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What the devices of one stream were found to be, by the name of their certificate's hash. */
type Shown = Map<string, Result<KnownSigner>>;

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
    const shown: Shown = new Map();
    const underWay: Promise<void>[] = [];
    let broken: unknown;
    let refused: Refusal | undefined;
    for (let answered = Promise.resolve(); ;) {
      const frame = await channel.read();
      if (frame === null || broken !== undefined) break;
      const request = decodeCbor(frame, MAX_FRAME_BYTES, federationRequestShape, 'federation frame');
      const bundle = request.ok ? await this.#bundle(request.value, channel, peer) : request;
      if (!bundle.ok) {
        refused = bundle.refusal;
        break;
      }
      if (bundle.value === null) continue;
      const receipt = this.#take(bundle.value, peer, shown);
      answered = Promise.all([receipt, answered]).then(([made]) => writeFrame(channel, made));
      answered.catch((error: unknown) => {
        broken = error;
        channel.abort(error as Error);
      });
      underWay.push(answered);
      if (underWay.length > MAX_BUNDLES_UNDER_WAY) await underWay.shift();
    }
    await Promise.all(underWay);
    if (refused !== undefined) await writeFrame(channel, refusalFrame(refused));
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
      await this.#options.checkAgreement(hello.value.agreement, peer);
    } catch (error) {
      if (error instanceof ChanceryError) return refuse(error.code, error.message);
      throw error;
    }
    await writeFrame(channel, { type: 'hello', v: 1, agreement: this.#options.agreement(partner) });
    return accept(undefined);
  }

  /** The bundle that a frame is; null for a roster or a part of a file, taken at once, and for what is asked to be shown. */
  async #bundle(
    request: FederationRequest,
    channel: FrameChannel,
    peer: Peer,
  ): Promise<Result<BundleFrame | null>> {
    if (request.type === 'bundle') return accept(request);
    if (request.type === 'hello') return refuse('encoding.malformed', 'the partner greeted twice');
    if (request.type === 'directory' || request.type === 'held') return this.#show(request, channel, peer);
    if (request.type === 'preservation' || request.type === 'report')
      return this.#note(request, channel, peer);
    if (request.type === 'held-file') return this.#giveFile(request, channel, peer);
    if (request.type === 'file-begin' || request.type === 'file-put')
      return this.#takeFile(request, channel, peer);
    const taken = await this.#options.trust.takeRoster(request.roster, peer.identity);
    return taken.ok ? accept(null) : taken;
  }

  async #show(request: DirectoryFrame | HeldFrame, channel: FrameChannel, peer: Peer): Promise<Result<null>> {
    const { trust, directory, held } = this.#options;
    const partner = peer.identity.domain;
    const allowed = trust.partner(partner);
    if (!allowed.ok) return allowed;
    const page = request.type === 'held' ? held.page(partner, request) : directory.page(partner, request);
    await writeFrame(channel, await page);
    return accept(null);
  }

  /** A refusal ends nothing: what else the partner has to tell is about other requests. */
  async #note(request: LetterFrame, channel: FrameChannel, peer: Peer): Promise<Result<null>> {
    const { trust, note } = this.#options;
    const allowed = trust.partner(peer.identity.domain);
    if (!allowed.ok) return allowed;
    const notice = await note(request, peer);
    const { type } = request;
    await writeFrame(channel, notice.ok ? { type, notice: notice.value } : refusalFrame(notice.refusal));
    return accept(null);
  }

  async #giveFile(request: HeldFileFrame, channel: FrameChannel, peer: Peer): Promise<Result<null>> {
    const { trust, heldFiles } = this.#options;
    const partner = peer.identity.domain;
    const allowed = trust.partner(partner);
    if (!allowed.ok) return allowed;
    const chunk = await heldFiles.chunk(partner, request);
    if (!chunk.ok) return chunk;
    await writeFrame(channel, { type: 'held-chunk', bytes: chunk.value });
    return accept(null);
  }

  async #takeFile(request: FileFrame, channel: FrameChannel, peer: Peer): Promise<Result<null>> {
    const { trust, incoming } = this.#options;
    const partner = peer.identity.domain;
    const allowed = trust.partner(partner);
    if (!allowed.ok) return allowed;
    const chunks =
      request.type === 'file-begin'
        ? await incoming.begin(partner, request.file)
        : await incoming.put(partner, request.digest, request.index, request.bytes);
    if (!chunks.ok) return chunks;
    await writeFrame(channel, { type: 'file-has', chunks: chunks.value });
    return accept(null);
  }

  /** Begins to archive before it returns, so that bundles keep their order; resolves with the answer. */
  async #take(bundle: BundleFrame, peer: Peer, shown: Shown): Promise<unknown> {
    const partner = peer.identity.domain;
    const allowed = this.#options.trust.partner(partner);
    if (!allowed.ok) return refusalFrame(allowed.refusal);
    const checked = this.#check(bundle, peer, shown);
    if (!checked.ok) return refusalFrame(checked.refusal);
    const { rootId, roster } = allowed.value;
    const archiving = this.#options.intake.take(
      bundle.messages.map(([position, envelope]) => ({ envelope, position })),
      {
        direction: 'inbound',
        domain: partner,
        rootId,
        revocationOf: (serial) => (roster === null ? undefined : revocationOf(roster, serial)),
        shown: (device) => shown.get(byteName(device)),
        checkpoint: bundle.checkpoint,
      },
    );
    const [outcomes] = await Promise.all([archiving, this.#options.partnerLogs.compare(...checked.value)]);
    const transient = outcomes.find(
      (outcome) => outcome.state === 'refused' && isTransient(outcome.refusal.code),
    );
    if (transient?.state === 'refused') return refusalFrame(transient.refusal);
    return {
      type: 'receipt',
      number: bundle.number,
      receipt: await this.#receipt(bundle, outcomes, partner),
    };
  }

  /**
   * The partner's checkpoint must be its own and cover what it sends: it is held to having archived it. A chain that
   * is refused is kept as such: the messages that need it are refused, one by one, with that reason.
   */
  #check(bundle: BundleFrame, peer: Peer, shown: Shown): Result<[PartnerLog, SignedCheckpoint]> {
    const { signers, suite } = this.#options;
    for (const chain of bundle.chains) {
      if (shown.size >= MAX_SHOWN)
        return refuse('limit.exceeded', `more than ${MAX_SHOWN} devices on one stream`);
      const [leaf = new Uint8Array()] = chain;
      shown.set(byteName(suite.sha256(leaf)), signers.verify(chain));
    }
    const { domain } = peer.identity;
    const theirs = logOf(peer);
    if (theirs === undefined) return refuse('certificate.wrong-kind', `${domain} showed no statement key`);
    const opened = openCheckpoint(bundle.checkpoint, logOrigin(domain), theirs.publicKey, suite);
    if (!opened.ok) return opened;
    const { size } = opened.value;
    if (this.#options.partnerLogs.isDeposed(theirs, opened.value))
      return refuse(
        'archive.deposed',
        `${domain} has another primary by now; this node of it is to follow that`,
      );
    return bundle.messages.some(([position]) => position >= size)
      ? refuse('checkpoint.malformed', `${domain} sent a message that its checkpoint does not cover`)
      : accept([theirs, opened.value]);
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
        refused.map(([message, code, text]) => fact('refusal', { from: partner, message, code, text })),
      );
    }
    return signReceipt(
      { from: domain, to: partner, time: clock(), archived, refused, checkpoint: await checkpoint() },
      statementSigner,
    );
  }
}
