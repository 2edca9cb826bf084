/**
 * The policy in force: the newest that the log has. Guarantees: it counts from the moment it is in the log, on whatever node
 * decides; one that cannot be read stops all traffic instead of letting it through.
 */
import { fromString } from 'uint8arrays/from-string';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Policy } from '../../protocol/policy/index.ts';
import type { Ledger, RecordOf } from '../ledger/index.ts';
import { compilePolicyFile } from './policy-file.ts';

/** Which policy a node has in force, and what it makes of it: two nodes that go by the same one have the same reading. */
export interface PolicyReading {
  /** 0 where there never was one. */
  readonly number: number;
  /** Of all that it says, as this program reads it; null where it cannot. */
  readonly hash: Uint8Array | null;
}

export class PolicyKeeper {
  readonly #ledger: Ledger;
  readonly #sha256: Sha256;
  #record: RecordOf<'policy'> | undefined;
  #policy: Policy | null = null;

  constructor(ledger: Ledger, sha256: Sha256) {
    this.#ledger = ledger;
    this.#sha256 = sha256;
  }

  /** Null where there never was one. Throws `archive.damaged` for one that does not compile. */
  get current(): Policy | null {
    const record = this.record;
    if (record !== this.#record) {
      this.#policy = record === undefined ? null : this.#compiled(record);
      this.#record = record;
    }
    return this.#policy;
  }

  /** The same, of one that does not compile as well. */
  get reading(): PolicyReading {
    try {
      const document = this.current?.document ?? null;
      return { number: this.number, hash: this.#sha256(fromString(JSON.stringify(document))) };
    } catch (error) {
      if (error instanceof ChanceryError && error.code === 'archive.damaged')
        return { number: this.number, hash: null };
      throw error;
    }
  }

  /** As it is recorded; undefined where there never was one. */
  get record(): RecordOf<'policy'> | undefined {
    return this.#ledger.view('policy', this.#ledger.keys.policy());
  }

  /** What a rule has for the person whom it is about; what it says of itself where it has gone meanwhile. */
  textOf(id: string): string {
    const rule = this.current?.document.rules.find((one) => one.id === id);
    return rule?.text ?? rule?.reason ?? `the rule ${id} of your organisation warned of this message`;
  }

  /** How many there were; 0 where there never was one. */
  get number(): number {
    return this.record?.number ?? 0;
  }

  #compiled({ text, number }: RecordOf<'policy'>): Policy {
    const compiled = compilePolicyFile(text, `policy ${number}`, this.#sha256);
    if (compiled.ok) return compiled.value.policy;
    throw new ChanceryError(
      'archive.damaged',
      `the policy in force cannot be read: ${compiled.refusal.message}`,
    );
  }
}
