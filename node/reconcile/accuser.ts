/**
 * What a partner's log proves against it: that it does not go on from what was cosigned, or that it does not hold what a
 * receipt of its own says. Guarantees: what is kept as evidence is signed by the partner on both sides; each message once.
 */
import type { Logger } from 'pino';
import { toString } from 'uint8arrays/to-string';
import { logOrigin, openCheckpoint, type Checkpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { verifyConsistency } from '../../protocol/merkle/index.ts';
import { openReceipt } from '../../protocol/statement/index.ts';
import type { ShownEntry } from '../../protocol/wire/index.ts';
import type { CosignatureRecord, Exchanges, ReceiptEvidence } from '../ledger/index.ts';
import type { PartnerLogs } from '../witness/index.ts';
import type { Held } from './held.ts';
import type { Session } from './session.ts';

/** Receipts of one comparison whose checkpoints are held against the partner's log as well. */
const MAX_RECEIPTS = 64;

/** How the partner's log stands to what it signed before. */
export type LogState = 'consistent' | 'fork' | 'unproven' | 'shrunk';

export interface AccuserOptions {
  readonly domain: string;
  readonly session: Session;
  readonly exchanges: Exchanges;
  readonly partnerLogs: PartnerLogs;
  readonly evidence: ReceiptEvidence;
  readonly suite: CryptoSuite;
  readonly log: Logger;
}

export class Accuser {
  readonly #options: AccuserOptions;
  readonly #receipts = new Set<number>();
  #state: LogState = 'consistent';

  constructor(options: AccuserOptions) {
    this.#options = options;
  }

  /** What was found of the log so far. */
  get state(): LogState {
    return this.#state;
  }

  /** Holds the checkpoint against what was known before it was asked for. */
  async checkLog(known: CosignatureRecord | undefined): Promise<void> {
    const { session, partnerLogs } = this.#options;
    const { partner, checkpoint } = session;
    if (await partnerLogs.compare(partner, checkpoint)) this.#state = 'fork';
    const broken = known === undefined ? undefined : await this.#brokenSince(known);
    if (broken === undefined) return;
    this.#state = broken.kind;
    await partnerLogs.accuse(broken.kind, partner, checkpoint, broken.proof);
  }

  /** Keeps that the partner's receipt says of a message what its log does not show; `shown` is proven. */
  async accuse({ message, said }: Held, shown: ShownEntry | null): Promise<void> {
    if (said.state !== 'archived' || said.receipt === null || said.moved) return;
    const { domain, session, exchanges, evidence, suite, log } = this.#options;
    const { partner, checkpoint } = session;
    const receipt = exchanges.receipt(said.receipt);
    if (receipt === undefined) return;
    const opened = openReceipt(receipt, { from: partner.domain, to: domain }, partner.publicKey, suite);
    const kept = await evidence.keep({
      domain: partner.domain,
      message,
      position: said.position,
      receipt,
      checkpoint: checkpoint.note,
      shown: shown === null ? null : { entry: shown.entry, proof: shown.proof },
      chain: opened.ok ? [...partner.chain] : [], // another key's certificates would prove nothing
    });
    if (kept)
      log.error(
        { partner: partner.domain, alarm: true, message: toString(message, 'hex'), position: said.position },
        `${partner.domain} signed a receipt for a message that its log does not show; see chancery archive evidence`,
      );
    if (opened.ok) await this.#confront(said.receipt, opened.value.checkpoint);
  }

  /** Holds the checkpoint that a wrong receipt shows against the log as it is proven now. */
  async #confront(receipt: number, note: string): Promise<void> {
    const { session, partnerLogs, suite } = this.#options;
    const { partner, checkpoint } = session;
    if (this.#receipts.has(receipt) || this.#receipts.size >= MAX_RECEIPTS) return;
    this.#receipts.add(receipt);
    const before = openCheckpoint(note, logOrigin(partner.domain), partner.publicKey, suite);
    if (!before.ok) return;
    const broken = await this.#brokenSince(before.value);
    if (broken === undefined) return;
    this.#state = broken.kind;
    await partnerLogs.contradict(broken.kind, partner, [before.value, checkpoint], broken.proof);
  }

  /** Why the log does not go on from what it was; undefined where it does, by proof. */
  async #brokenSince({
    size,
    root,
  }: Pick<Checkpoint, 'size' | 'root'>): Promise<
    { kind: 'unproven' | 'shrunk'; proof: readonly Uint8Array[] } | undefined
  > {
    const { session, suite } = this.#options;
    const { checkpoint } = session;
    if (size === 0) return undefined;
    if (size > checkpoint.size) return { kind: 'shrunk', proof: [] };
    const proof = (await session.consistency(size)) ?? [];
    const claim = {
      olderSize: size,
      newerSize: checkpoint.size,
      olderRoot: root,
      newerRoot: checkpoint.root,
      proof,
    };
    return verifyConsistency(suite.sha256, claim).ok ? undefined : { kind: 'unproven', proof };
  }
}
