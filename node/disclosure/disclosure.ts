/**
 * What compliance officers are handed of the archive. The node opens nothing for them: it hands out what is sealed, the
 * data key as it was wrapped for the device that asks, and the proof that the log holds it. Guarantees: officers in good
 * standing only; who looks, for what purpose and in which case is an entry of the log before anything is shown, and
 * nothing is shown where that cannot be recorded.
 */
import { toString } from 'uint8arrays/to-string';
import { decodeSealed } from '../../protocol/archive/index.ts';
import { readCheckpoint } from '../../protocol/checkpoint/index.ts';
import { ChanceryError, accept, refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_DISCLOSED_BYTES,
  type CosignedNote,
  type DeviceAnswer,
  type DeviceRequest,
  type DisclosedEntry,
  type MessageSigner,
  type WithheldEntry,
} from '../../protocol/wire/index.ts';
import { byteName } from '../archive/index.ts';
import type { Accesses, DataKeys, Device, Members } from '../ledger/index.ts';
import { requireOfficer } from './officer.ts';
import type { Permission } from '../oversight/index.ts';
import { findByQuery, type QueryOptions } from './query.ts';
import { search } from './search.ts';
import { trailOf } from './trail.ts';

type Request<T extends DeviceRequest['type']> = Extract<DeviceRequest, { type: T }>;
type Answer<T extends DeviceAnswer['type']> = Extract<DeviceAnswer, { type: T }>;

export interface DisclosureOptions extends QueryOptions {
  readonly members: Members;
  readonly dataKeys: DataKeys;
  readonly accesses: Accesses;
  /** The signed checkpoint of the log as it is; throws why the log was stopped, where it was. */
  readonly checkpoint: () => Promise<string>;
  /** The certificates under which it is signed: statement, issuer, root (DER). */
  readonly chain: () => readonly [Uint8Array, Uint8Array, Uint8Array];
  /** Checkpoints of no more entries than that which partners cosigned, each with the proof that leads on to that size. */
  readonly cosigned: (size: number) => Promise<CosignedNote[]>;
  /** Whether a second officer approved what needs that. */
  readonly permission: Permission;
  /** Who signed with a device, as members are shown it. */
  readonly signer: (device: Uint8Array) => MessageSigner | undefined;
}

/** An entry that is handed out, but for its proof, which is made once it is on record who asked. */
interface Sealed extends Omit<DisclosedEntry, 'proof'> {
  readonly device: Uint8Array;
}

export class Disclosure {
  readonly #options: DisclosureOptions;

  constructor(options: DisclosureOptions) {
    this.#options = options;
  }

  /**
   * The messages that are sought, without anything that was said, or how many a query finds. Refuses with `officer.required`
   * or `request.invalid`; throws like `findByQuery`.
   */
  async find(request: Request<'archive-find'>, device: Device): Promise<Result<Answer<'archive-found'>>> {
    const allowed = requireOfficer(this.#options.members, device);
    if (!allowed.ok) return allowed;
    const { id, grounds, sought, before, limit, count } = request;
    const record = (entries: readonly number[]): Promise<number> =>
      this.#options.accesses.record({
        ...{ actor: device.address, device: device.peer, action: 'find', ...grounds },
        query: wordsOf(request),
        entries: [...entries],
      });
    if (sought.query !== undefined) {
      const { messages, damaged, ...more } = await findByQuery(this.#options, request, sought.query, record);
      return accept({ type: 'archive-found', id, messages: [...messages], damaged: [...damaged], ...more });
    }
    if (count !== undefined) return refuse('request.invalid', 'only what a query finds is counted; give one');
    const { messages, damaged, next } = await search(this.#options, sought, before, limit);
    const access = await record(messages.map(({ sequence }) => sequence));
    return accept({
      type: 'archive-found',
      ...{ id, access, messages: [...messages], damaged: [...damaged], next },
    });
  }

  /** What is sealed of some messages. Refuses with `officer.required` or `approval.*`. */
  async open(request: Request<'archive-open'>, device: Device): Promise<Result<Answer<'archive-opened'>>> {
    const allowed = requireOfficer(this.#options.members, device);
    if (!allowed.ok) return allowed;
    const { accesses, checkpoint, chain, ledger, permission } = this.#options;
    const { id, grounds, action, sequences, approval } = request;
    const permitted = permission.check({ action, grounds, sequences, approval: approval ?? null }, device);
    if (!permitted.ok) return permitted;
    const { sealed, withheld, left } = await this.#collect(sequences, device);
    const access = await accesses.record({
      ...{ actor: device.address, device: device.peer, action, ...grounds },
      query: sequences.join(' '),
      entries: sealed.map(({ sequence }) => sequence),
      ...(approval === undefined ? {} : { approval }),
    });
    const note = await checkpoint();
    const { size } = valueOf(readCheckpoint(note));
    return accept({
      type: 'archive-opened',
      ...{ id, access, checkpoint: note, chain: [...chain()], withheld, left },
      disclosed: sealed.map(({ device: _signer, ...entry }) => ({
        ...entry,
        proof: ledger.log.inclusionProof(entry.sequence, size),
      })),
      signers: this.#signersOf(sealed),
    });
  }

  /** Who looked at some entries. Refuses with `officer.required`. */
  async trail(request: Request<'archive-trail'>, device: Device): Promise<Result<Answer<'archive-trailed'>>> {
    const allowed = requireOfficer(this.#options.members, device);
    if (!allowed.ok) return allowed;
    const { id, sequences, after } = request;
    const trail = await trailOf(this.#options, sequences, after);
    return accept({ type: 'archive-trailed', id, ...trail });
  }

  /** The log as it is, signed and cosigned. Refuses with `officer.required`. */
  async head({ id }: Request<'archive-head'>, device: Device): Promise<Result<Answer<'archive-headed'>>> {
    const allowed = requireOfficer(this.#options.members, device);
    if (!allowed.ok) return allowed;
    const { checkpoint, chain, cosigned } = this.#options;
    const note = await checkpoint();
    const { size } = valueOf(readCheckpoint(note));
    return accept({
      type: 'archive-headed',
      ...{ id, checkpoint: note, chain: [...chain()], cosigned: await cosigned(size) },
    });
  }

  /** Proofs under a size that the log had. Refuses with `officer.required` or `request.invalid`. */
  prove(request: Request<'archive-prove'>, device: Device): Result<Answer<'archive-proven'>> {
    const allowed = requireOfficer(this.#options.members, device);
    if (!allowed.ok) return allowed;
    const { id, size, sequences } = request;
    const { log } = this.#options.ledger;
    if (size > log.size || sequences.some((sequence) => sequence >= size))
      return refuse('request.invalid', `a log of ${size} entries proves nothing of what it does not hold`);
    const proofs = sequences.map((sequence) => log.inclusionProof(sequence, size));
    return accept({ type: 'archive-proven', id, proofs });
  }

  async #collect(
    sequences: readonly number[],
    device: Device,
  ): Promise<{ sealed: Sealed[]; withheld: WithheldEntry[]; left: number[] }> {
    const wanted = [...new Set(sequences)];
    const sealed: Sealed[] = [];
    const withheld: WithheldEntry[] = [];
    let bytes = 0;
    for (const [at, sequence] of wanted.entries()) {
      const entry = await this.#sealed(sequence, device);
      if (!entry.ok) {
        const { code, message: text } = entry.refusal;
        withheld.push({ sequence, code, text });
        continue;
      }
      bytes += entry.value.stored.length;
      if (bytes > MAX_DISCLOSED_BYTES && sealed.length > 0)
        return { sealed, withheld, left: wanted.slice(at) };
      sealed.push(entry.value);
    }
    return { sealed, withheld, left: [] };
  }

  async #sealed(sequence: number, device: Device): Promise<Result<Sealed>> {
    const { ledger } = this.#options;
    try {
      const kind = ledger.log.entry(sequence)?.kind;
      if (kind !== 'message')
        return refuse(
          'request.invalid',
          kind === undefined
            ? `there is no entry ${sequence}`
            : `entry ${sequence} is no message, but ${kind}`,
        );
      if (ledger.isDisposed(sequence))
        return refuse(
          'archive.disposed',
          `the content of entry ${sequence} was disposed of, as its certificate says`,
        );
      const header = ledger.header('message', sequence);
      const [record] = await ledger.log.stored(sequence, 1);
      const dataKey = record === undefined ? undefined : decodeSealed(record.stored)?.dataKey;
      if (header === undefined || record === undefined || dataKey === undefined)
        return refuse(
          'archive.damaged',
          `entry ${sequence} is not sealed as a message is; run chancery archive verify`,
        );
      const key = this.#keyFor(dataKey, device);
      return key === undefined
        ? refuse(
            'archive.sealed',
            `the key to entry ${sequence} was never wrapped for this device: ask an officer whose device was enrolled before its delivery window was over`,
          )
        : accept({ sequence, entry: record.entry, stored: record.stored, key, device: header.device });
    } catch (error) {
      if (error instanceof ChanceryError && isToldOfOne(error.code)) return refuse(error.code, error.message);
      throw error;
    }
  }

  #keyFor(id: Uint8Array, { peer }: Device): DisclosedEntry['key'] | undefined {
    const { dataKeys } = this.#options;
    const record = dataKeys.record(id);
    const wrapped = dataKeys.wrapFor(id, peer);
    if (record === undefined || wrapped === undefined) return undefined;
    return { id, conversation: record.conversation, month: record.month, ...wrapped };
  }

  #signersOf(sealed: readonly Sealed[]): MessageSigner[] {
    const devices = new Map(sealed.map(({ device }) => [byteName(device), device]));
    return [...devices.values()].flatMap((device) => this.#options.signer(device) ?? []);
  }
}

/** What is wrong with one entry, or became of it, and leaves the others to be handed out. */
function isToldOfOne(code: string): code is 'archive.damaged' | 'archive.disposed' {
  return code === 'archive.damaged' || code === 'archive.disposed';
}

/** What is sought, as it is kept for those who ask one day what was looked for. */
function wordsOf({ sought, before, count }: Request<'archive-find'>): string {
  const { about, query, person, conversation, since, until, only } = sought;
  const day = (time: number): string => new Date(time).toISOString();
  return [
    query ?? [],
    about === undefined ? [] : `about ${about}`,
    person === null ? [] : `person ${person}`,
    conversation === null ? [] : `conversation ${toString(conversation, 'hex')}`,
    since === null ? [] : `since ${day(since)}`,
    until === null ? [] : `until ${day(until)}`,
    only === null ? [] : 'membership alone',
    before === null ? [] : `before entry ${before}`,
    count === true ? 'their number alone' : [],
  ]
    .flat()
    .join(', ');
}
