/**
 * What is known of partners' logs, and each signed checkpoint held against it, whichever way it came. Guarantees: two
 * roots of one size are noticed where one of them was cosigned, or shown not long ago; whatever does not go together is
 * kept as evidence, once, with an alarm. It stops no message: who could make a partner's log look forked could otherwise
 * cut two organisations off. What does not go together is never cosigned.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { Logger } from 'pino';
import {
  epochOf,
  readCheckpoint,
  type Checkpoint,
  type SignedCheckpoint,
} from '../../protocol/checkpoint/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type {
  CheckpointEvidence,
  CheckpointEvidenceRecord,
  CosignatureRecord,
  Cosignatures,
  Partners,
} from '../ledger/index.ts';
import type { PartnerLog } from './partner-log.ts';

/** Checkpoints of one partner that are remembered beside the one that was cosigned: some minutes of bundles. */
const MAX_REMEMBERED = 64;

/** Partners of whom some are remembered: beyond any number of agreements that one node serves. */
const MAX_PARTNERS = 1_024;

type Side = CheckpointEvidenceRecord['first'];

/** A checkpoint that a partner showed. */
interface Shown {
  readonly root: Uint8Array;
  readonly side: Side;
}

/** What one log has shown of late. */
interface Remembered {
  readonly sizes: Map<number, Shown>;
  largest: Side;
  epoch: number;
}

export interface PartnerLogsOptions {
  readonly cosignatures: Cosignatures;
  readonly evidence: CheckpointEvidence;
  readonly partners: Partners;
  readonly log: Logger;
}

export class PartnerLogs {
  readonly #options: PartnerLogsOptions;
  /** By domain and key. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: PartnerLogsOptions) {
    this.#options = options;
  }

  /** The newest checkpoint of a partner that we cosigned. */
  known(domain: string): CosignatureRecord | undefined {
    return this.#options.cosignatures.ofPartner(domain);
  }

  /** The largest checkpoint that a partner showed since the start, cosigned or not, with its signature. */
  largest(of: PartnerLog): string | undefined {
    return this.#remembered.get(nameOf(of))?.largest.note;
  }

  /** Whether a checkpoint is of a primary that was deposed: a higher epoch was cosigned, or shown since the start. */
  isDeposed(from: PartnerLog, shown: Checkpoint): boolean {
    const known = this.known(from.domain);
    const cosigned = known === undefined ? 0 : epochOf(valueOf(readCheckpoint(known.note)));
    return epochOf(shown) < Math.max(cosigned, this.#remembered.get(nameOf(from))?.epoch ?? 0);
  }

  /** Forgets what a partner's log showed: an operator accepted that it lost entries. */
  forget(domain: string): void {
    for (const name of this.#remembered.keys())
      if (name.startsWith(`${domain} `)) this.#remembered.delete(name);
  }

  /** Holds a verified checkpoint of a partner against what is known. Tells whether it contradicts that. */
  async compare(from: PartnerLog, shown: SignedCheckpoint): Promise<boolean> {
    const side = sideOf(from, shown);
    const name = nameOf(from);
    const other = await this.#otherRoot(from.domain, name, shown);
    if (other === undefined) {
      this.#remember(name, { root: shown.root, side }, epochOf(shown));
      return false;
    }
    await this.#keep({ domain: from.domain, kind: 'fork', first: other, second: side, proof: [] });
    return true;
  }

  /** Keeps that a checkpoint was shown as following the one that we cosigned, and does not. */
  async accuse(
    kind: 'unproven' | 'shrunk',
    from: PartnerLog,
    shown: SignedCheckpoint,
    proof: readonly Uint8Array[] = [],
  ): Promise<void> {
    const known = this.known(from.domain);
    if (known === undefined) return;
    const first = await this.#sideOf(known);
    await this.#keep({ domain: from.domain, kind, first, second: sideOf(from, shown), proof: [...proof] });
  }

  /** Keeps that a checkpoint was shown as following an earlier one, which was not cosigned, and does not. */
  async contradict(
    kind: 'unproven' | 'shrunk',
    from: PartnerLog,
    [earlier, shown]: readonly [SignedCheckpoint, SignedCheckpoint],
    proof: readonly Uint8Array[],
  ): Promise<void> {
    const [first, second] = [sideOf(from, earlier), sideOf(from, shown)];
    await this.#keep({ domain: from.domain, kind, first, second, proof: [...proof] });
  }

  /** What was shown or cosigned of the same size with another root. */
  async #otherRoot(
    domain: string,
    name: string,
    { size, root }: SignedCheckpoint,
  ): Promise<Side | undefined> {
    const known = this.known(domain);
    if (known?.size === size && !equals(known.root, root)) return this.#sideOf(known);
    const before = this.#remembered.get(name)?.sizes.get(size);
    return before === undefined || equals(before.root, root) ? undefined : before.side;
  }

  #remember(name: string, shown: Shown, epoch: number): void {
    const { side } = shown;
    let log = this.#remembered.get(name);
    if (log === undefined) {
      if (this.#remembered.size >= MAX_PARTNERS) this.#remembered.clear();
      this.#remembered.set(name, (log = { sizes: new Map<number, Shown>(), largest: side, epoch }));
    }
    if (side.size > log.largest.size) log.largest = side;
    log.epoch = Math.max(log.epoch, epoch);
    log.sizes.set(side.size, shown);
    const [oldest] = log.sizes.keys();
    if (log.sizes.size > MAX_REMEMBERED && oldest !== undefined) log.sizes.delete(oldest);
  }

  /** The checkpoint that we cosigned, with the certificates that verify its key. */
  async #sideOf({ log, size, note, partnerKey }: CosignatureRecord): Promise<Side> {
    return { size, note, chain: await this.chainOf(log, partnerKey) };
  }

  /** The certificates of a partner's statement key, from the newest roster that shows it; empty where none does. */
  async chainOf(domain: string, key: Uint8Array): Promise<Uint8Array[]> {
    const { partners } = this.#options;
    const newest = partners.roster(domain);
    if (newest !== undefined && equals(newest.statementKey, key)) return newest.chain;
    for (const { number } of (await partners.rosters(domain)).toReversed()) {
      const roster = partners.rosterAt(domain, number);
      if (roster !== undefined && equals(roster.statementKey, key)) return roster.chain;
    }
    return [];
  }

  async #keep(evidence: CheckpointEvidenceRecord): Promise<void> {
    if (!(await this.#options.evidence.keep(evidence))) return;
    const { domain, kind, first, second } = evidence;
    const facts = { partner: domain, alarm: true, code: `checkpoint.${kind}` };
    this.#options.log.error(
      { ...facts, known: first.size, shown: second.size },
      `${domain} signed checkpoints of its log that do not go together (${kind}); see chancery archive evidence`,
    );
  }
}

function sideOf({ chain }: PartnerLog, { size, note }: SignedCheckpoint): Side {
  return { size, note, chain: [...chain] };
}

/** A domain that changed hands is another log: its key tells. */
function nameOf({ domain, publicKey }: PartnerLog): string {
  return `${domain} ${toString(publicKey, 'base64')}`;
}
