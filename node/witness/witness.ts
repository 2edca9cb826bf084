/**
 * This organisation as a witness of its partners' logs (C2SP tlog-witness, `add-checkpoint`). Guarantees: of each log
 * one request is judged at a time, so that what is checked and what is recorded are one step; nothing is answered before
 * the record is durable; nothing is cosigned that does not follow, by proof, from what was cosigned before.
 */
import { equals } from 'uint8arrays/equals';
import {
  cosign,
  decodeAddCheckpoint,
  logOrigin,
  openCheckpoint,
  readCheckpoint,
  witnessName,
  type AddCheckpoint,
  type SignedCheckpoint,
} from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import { emptyRoot, verifyConsistency } from '../../protocol/merkle/index.ts';
import type { WitnessAnswer } from '../../protocol/wire/index.ts';
import { MAX_CHECKPOINT_LENGTH, type CosignatureRecord, type Cosignatures } from '../ledger/index.ts';
import { conflict, refusalAnswer, textAnswer } from './answer.ts';
import type { PartnerLog } from './partner-log.ts';
import type { PartnerLogs } from './partner-logs.ts';

/** Characters of a checkpoint that is cosigned, with the log's signature: what is kept has ours as well, a line of 400 at most. */
const MAX_NOTE_LENGTH = MAX_CHECKPOINT_LENGTH - 1_024;

/** Checkpoints of one log that are cosigned in a minute: each is an entry of our own log. */
const MAX_COSIGNED_A_MINUTE = 20;
const MINUTE_MS = 60_000;

/**
 * Seconds after which a smaller checkpoint than was cosigned counts as evidence. Before, it may be a request that was
 * under way when a later one overtook it on another connection; no stream lives that long without a word.
 */
const OVERTAKEN_SECONDS = 300;

export interface WitnessOptions {
  readonly domain: string;
  readonly cosignatures: Cosignatures;
  readonly partnerLogs: PartnerLogs;
  /** The statement key: it cosigns too, under an id of its own, and what it then signs begins with its own header. */
  readonly signer: Signer;
  readonly suite: CryptoSuite;
  readonly clock: () => number;
}

/** A request whose form and signature are in order. */
interface Submission extends Omit<AddCheckpoint, 'checkpoint'> {
  readonly checkpoint: SignedCheckpoint;
  readonly from: PartnerLog;
}

export class Witness {
  readonly #options: WitnessOptions;
  /** The last request of each log. */
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #cosigned = new Map<string, { minute: number; count: number }>();

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** Answers an `add-checkpoint` of a partner with whom there is an agreement. Throws where our own log fails. */
  async addCheckpoint(body: string, from: PartnerLog): Promise<WitnessAnswer> {
    const request = decodeAddCheckpoint(body);
    if (!request.ok) return refusalAnswer(400, request.refusal.message);
    const { oldSize, proof, checkpoint: note } = request.value;
    const origin = logOrigin(from.domain);
    const read = readCheckpoint(note);
    if (!read.ok) return refusalAnswer(400, read.refusal.message);
    if (read.value.origin !== origin) return refusalAnswer(404, `${read.value.origin} is not witnessed here`);
    const opened = openCheckpoint(note, origin, from.publicKey, this.#options.suite);
    if (!opened.ok) return refusalAnswer(403, opened.refusal.message);
    const checkpoint = opened.value;
    if (checkpoint.note.length > MAX_NOTE_LENGTH)
      return refusalAnswer(400, `a checkpoint has at most ${MAX_NOTE_LENGTH} characters here`);
    if (oldSize > checkpoint.size) return refusalAnswer(400, 'the old size is larger than the checkpoint’s');
    return this.#inTurn(from.domain, () => this.#judge({ oldSize, proof, checkpoint, from }));
  }

  /** The newest checkpoint of a log that was cosigned here, with both signatures; undefined where none was. */
  latest(domain: string): string | undefined {
    return this.#options.cosignatures.ofPartner(domain)?.note;
  }

  async #inTurn<T>(domain: string, judge: () => Promise<T>): Promise<T> {
    const judged = (this.#last.get(domain) ?? Promise.resolve()).then(judge);
    const settled = judged.catch(() => undefined);
    this.#last.set(domain, settled);
    try {
      return await judged;
    } finally {
      if (this.#last.get(domain) === settled) this.#last.delete(domain);
    }
  }

  async #judge(submission: Submission): Promise<WitnessAnswer> {
    const { checkpoint, oldSize, from } = submission;
    const { partnerLogs } = this.#options;
    const known = partnerLogs.known(from.domain);
    const contradicts = await partnerLogs.compare(from, checkpoint);
    if (this.#hasShrunk(checkpoint, known)) await partnerLogs.accuse('shrunk', from, checkpoint);
    if (oldSize !== (known?.size ?? 0)) return conflict(known?.size ?? 0);
    if (partnerLogs.isDeposed(from, checkpoint))
      return refusalAnswer(422, 'a checkpoint of a later primary of that log was seen: this one was deposed');
    if (contradicts) return refusalAnswer(422, 'another checkpoint of this size has another root');
    const unproven = await this.#unproven(submission, known);
    if (unproven !== undefined) return refusalAnswer(422, unproven);
    if (!this.#hasRoom(from.domain))
      return refusalAnswer(429, `at most ${MAX_COSIGNED_A_MINUTE} checkpoints are cosigned in a minute`);
    return textAnswer(200, await this.#cosign(checkpoint, from, known));
  }

  #hasShrunk({ size }: SignedCheckpoint, known: CosignatureRecord | undefined): boolean {
    if (known === undefined || size >= known.size) return false;
    return this.#options.clock() / 1000 > known.time + OVERTAKEN_SECONDS;
  }

  /** Why the checkpoint does not follow from what was cosigned; undefined where it does. */
  async #unproven(
    { checkpoint, oldSize, proof, from }: Submission,
    known: CosignatureRecord | undefined,
  ): Promise<string | undefined> {
    const { suite, partnerLogs } = this.#options;
    const { size, root } = checkpoint;
    if (size === 0 && !equals(root, emptyRoot(suite.sha256))) return 'an empty log has another root';
    if (known === undefined || oldSize === 0)
      return proof.length > 0 ? 'nothing leads from an empty log, so its proof is empty' : undefined;
    const claim = { olderSize: oldSize, newerSize: size, olderRoot: known.root, newerRoot: root, proof };
    const verified = verifyConsistency(suite.sha256, claim);
    if (verified.ok) return undefined;
    await partnerLogs.accuse('unproven', from, checkpoint, proof);
    return verified.refusal.message;
  }

  /** A log that has not grown is cosigned anew with the present time, and not recorded again. */
  async #cosign(
    { text, note, size, root }: SignedCheckpoint,
    { domain: log, publicKey: partnerKey }: PartnerLog,
    known: CosignatureRecord | undefined,
  ): Promise<string> {
    const { domain, cosignatures, signer, suite, clock } = this.#options;
    const time = Math.floor(clock() / 1000);
    const line = await cosign(text, witnessName(domain), time, signer, suite.sha256);
    if (known === undefined || size > known.size)
      await cosignatures.keep({ log, witness: domain, size, root, note: note + line, partnerKey, time });
    return line;
  }

  #hasRoom(domain: string): boolean {
    const minute = Math.floor(this.#options.clock() / MINUTE_MS);
    const counted = this.#cosigned.get(domain);
    const count = counted?.minute === minute ? counted.count + 1 : 1;
    this.#cosigned.set(domain, { minute, count });
    return count <= MAX_COSIGNED_A_MINUTE;
  }
}
