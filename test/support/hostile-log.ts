/** A partner's log as whoever holds its key can show it: forked, set back, with any proof. */
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import type { PartnerLog } from '../../node/witness/index.ts';
import {
  encodeAddCheckpoint,
  epochLines,
  logOrigin,
  openCheckpoint,
  signCheckpoint,
} from '../../protocol/checkpoint/index.ts';
import type { SignedCheckpoint } from '../../protocol/checkpoint/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { emptyRoot, hashLeaf, perfectRoot, proveConsistency, treeRoot } from '../../protocol/merkle/index.ts';
import type { HashReader } from '../../protocol/merkle/index.ts';

const { sha256 } = sodiumSuite;

export class HostileLog {
  readonly log: PartnerLog;
  readonly #seed: Uint8Array;
  readonly #leaves: Uint8Array[] = [];

  constructor(domain: string, seed: Uint8Array = new Uint8Array(32).fill(9)) {
    this.#seed = seed;
    const chain = [1, 2, 3].map((one) => Uint8Array.of(one));
    this.log = { domain, publicKey: sodiumSigner(seed).publicKey, chain };
  }

  get size(): number {
    return this.#leaves.length;
  }

  /** Adds entries; `word` tells those of one fork from those of another. */
  grow(count: number, word = 'entry'): this {
    for (let at = 0; at < count; at += 1) {
      const entry = new TextEncoder().encode(`${word} ${this.size}`);
      this.#leaves.push(hashLeaf(sha256, entry));
    }
    return this;
  }

  /** Another log under the same key, with the first entries of this one. */
  fork(size: number): HostileLog {
    const other = new HostileLog(this.log.domain, this.#seed);
    other.#leaves.push(...this.#leaves.slice(0, size));
    return other;
  }

  root(size: number = this.size): Uint8Array {
    return size === 0 ? emptyRoot(sha256) : treeRoot(sha256, this.#read, size);
  }

  /** The checkpoint of a size, signed; any part of it can be wrong. */
  checkpoint(
    size: number = this.size,
    change: { readonly origin?: string; readonly root?: Uint8Array; readonly extensions?: string[] } = {},
  ): Promise<string> {
    const origin = logOrigin(this.log.domain);
    return signCheckpoint(
      { origin, size, root: this.root(size), ...change },
      sodiumSigner(this.#seed),
      sha256,
    );
  }

  async opened(size: number = this.size, epoch = 0): Promise<SignedCheckpoint> {
    const note = await this.checkpoint(size, { extensions: epochLines(epoch) });
    return valueOf(openCheckpoint(note, logOrigin(this.log.domain), this.log.publicKey, sodiumSuite));
  }

  proof(older: number, newer: number = this.size): Uint8Array[] {
    return older === 0 ? [] : proveConsistency(sha256, this.#read, older, newer);
  }

  /** The body of an honest `add-checkpoint`. */
  async body(oldSize: number, size: number = this.size): Promise<string> {
    const checkpoint = await this.checkpoint(size);
    return encodeAddCheckpoint({ oldSize, proof: this.proof(oldSize, size), checkpoint });
  }

  readonly #read: HashReader = (height, index) => {
    const count = 2 ** height;
    return perfectRoot(sha256, this.#leaves.slice(index * count, (index + 1) * count));
  };
}
