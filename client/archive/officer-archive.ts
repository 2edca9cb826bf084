/**
 * The archive of the organisation as a compliance officer's device reads it, also what is older than the delivery window.
 * Guarantees: what is shown was proven and opened here; the organisation's log says who looked, why, and at what.
 */
import { toString } from 'uint8arrays/to-string';
import { ChanceryError, accept, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_CASE_LENGTH,
  MAX_DISCLOSED,
  MAX_FOUND,
  MAX_PURPOSE_LENGTH,
  groundsShape,
  refusalOf,
  type DeviceAnswer,
  type DisclosedEntry,
  type Grounds,
  type MessageSigner,
  type OpenEntry,
  type Sought,
} from '../../protocol/wire/index.ts';
import { canonicalAddress } from '../address-list.ts';
import { idBytes } from '../conversation-book.ts';
import { messageEvent, signersOf, type MessageEvent, type Verifier } from '../feed/index.ts';
import type { Platform } from '../platform.ts';
import type { Requests } from '../session/index.ts';
import { positionOf } from '../store/index.ts';
import { OpenedKeys } from './opened-keys.ts';
import { openDisclosed, ownCheckpoint, type Provenance } from './disclosed.ts';
import { handOutFile, type HandedOutFile, type SealedFile } from './sealed-file.ts';

type Answer = Extract<DeviceAnswer, { type: 'archive-opened' }>;

/** Why somebody looks: both are on record for as long as the archive is. */
export interface Looking {
  readonly purpose: string;
  /** The case that it is for. */
  readonly case?: string;
  /** The request that another officer approved, where that is needed. */
  readonly approval?: number;
}

/** Which messages are sought; times in milliseconds since 1970, both ends within. */
export interface Wanted {
  /** Who wrote them, or was in their conversation then. */
  readonly about?: string;
  readonly person?: string;
  /** Its id, in hex. */
  readonly conversation?: string;
  readonly since?: number;
  readonly until?: number;
  /** Nothing but what says who is in a conversation. */
  readonly only?: 'membership';
  /** In the language of `protocol/search`; it goes together with all of these but `only`. */
  readonly query?: string;
}

/** A message by what is known without opening it. */
export interface FoundInArchive {
  readonly sequence: number;
  readonly time: number;
  readonly message: string;
  readonly conversation: string;
  readonly sender: string;
  readonly kind: string;
}

/** Newest first. */
export interface ArchivePage {
  readonly messages: readonly FoundInArchive[];
  /** Entries that may be meant, and are not as they were archived. */
  readonly damaged: readonly number[];
  /** To go on from; null at the end. */
  readonly next: number | null;
}

/** What became of an entry that was asked for: the message, with what it was proven by, or why it is not shown. */
export type Opened =
  | {
      readonly state: 'opened';
      readonly event: MessageEvent;
      /** The partner it came from, and its position in the partner's log; null for one of our own. */
      readonly via: { readonly domain: string; readonly position: number } | null;
      /** The signed size and root (hex) that the log was proven to hold it under. */
      readonly checkpoint: { readonly size: number; readonly root: string };
    }
  | { readonly state: 'withheld'; readonly sequence: number; readonly code: string; readonly text: string };

/** What came of one entry, with what it is proven by to anybody else; and the entry that records that it was handed out. */
export interface HandedOut {
  readonly opened: Opened;
  readonly evidence: {
    /** The leaf, and what it commits to, salt first. */
    readonly entry: Uint8Array;
    readonly salted: Uint8Array;
    readonly signer: MessageSigner;
  } | null;
  /** The file that came with it, to be handed out by itself; null where none did, or it is not shown. */
  readonly file: SealedFile | null;
  readonly access: number;
}

/** A file that came with a message: what the message says of it, and its bytes, in chunks. */
export interface OpenedFile {
  readonly event: MessageEvent;
  readonly file: Extract<MessageEvent['content'], { kind: 'attachment' }>['file'];
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface OfficerArchiveOptions extends Pick<Platform, 'unsealer' | 'clock'> {
  readonly provenance: Provenance;
  readonly verifier: Verifier;
  readonly address: string;
  /** Throws why there is no connection. */
  readonly requests: () => Requests;
}

export class OfficerArchive {
  readonly #options: OfficerArchiveOptions;

  constructor(options: OfficerArchiveOptions) {
    this.#options = options;
  }

  /**
   * The messages that are sought, newest first, from before an entry, at most 100. A page may be empty and yet not the
   * last. Throws `officer.required`, `name.*`, `request.invalid`, `node.unreachable`, and why it cannot be recorded.
   */
  async find(
    wanted: Wanted,
    looking: Looking,
    { before = null, limit = MAX_FOUND }: { readonly before?: number | null; readonly limit?: number } = {},
  ): Promise<ArchivePage> {
    const [sought, grounds] = [soughtOf(wanted), groundsOf(looking)];
    const answer = await this.#options.requests().ask('archive-find', { grounds, sought, before, limit });
    const messages = answer.messages.map(({ message, conversation: id, ...rest }) => ({
      ...rest,
      message: toString(message, 'hex'),
      conversation: toString(id, 'hex'),
    }));
    return { messages, damaged: answer.damaged, next: answer.next };
  }

  /**
   * What the log holds about a person beside messages, on record as handed on, in the order of the log: each answer with
   * the entry that records it. Not proven yet. Throws like `find`.
   */
  async *heldAbout(
    person: string,
    times: Pick<Wanted, 'since' | 'until'>,
    looking: Looking,
  ): AsyncGenerator<
    { readonly records: readonly OpenEntry[]; readonly access: number | null },
    void,
    undefined
  > {
    const grounds = groundsOf(looking);
    const { since = null, until = null } = times;
    const sought = { grounds, person: canonicalAddress(person), since, until };
    for (let from: number | null = 0; from !== null;) {
      const answer: Extract<DeviceAnswer, { type: 'archive-about-found' }> = await this.#options
        .requests()
        .ask('archive-about', { ...sought, from });
      yield answer;
      if (answer.next !== null && answer.next <= from)
        throw new ChanceryError('encoding.malformed', 'the node does not come to the end');
      from = answer.next;
    }
  }

  /** How many messages a query finds, with what goes together with it. Throws like `find`, and `archive.unavailable`. */
  async count(wanted: Wanted & { readonly query: string }, looking: Looking): Promise<number> {
    const [sought, grounds] = [soughtOf(wanted), groundsOf(looking)];
    const asked = { grounds, sought, before: null, limit: MAX_FOUND, count: true } as const;
    const { count } = await this.#options.requests().ask('archive-find', asked);
    if (count === undefined) throw new ChanceryError('encoding.malformed', 'the node did not count');
    return count;
  }

  /** Opens entries, in the order asked for. Throws like `find`; what cannot be shown is among the answers, with why. */
  async *open(sequences: readonly number[], looking: Looking): AsyncGenerator<Opened, void, undefined> {
    for await (const { opened } of this.handOut(sequences, looking, 'open')) yield opened;
  }

  /**
   * The file that came with a message, once it is on record that it is handed out, in chunks; only once they have ended is
   * it known to be what the sender signed. Throws like `find`, `request.invalid` where there is none, `archive.*`, and
   * `attachment.mismatch`.
   */
  async file(sequence: number, looking: Looking): Promise<OpenedFile> {
    for await (const { opened, file } of this.handOut([sequence], looking, 'open')) {
      if (opened.state === 'withheld')
        throw ChanceryError.from(refusalOf({ code: opened.code, message: opened.text }).refusal);
      if (file === null) break;
      const { name, type, size, digest } = file.info;
      const { chunks } = await this.handOutFile(file, looking, 'open');
      return { file: { name, type, size, digest: toString(digest, 'hex') }, event: opened.event, chunks };
    }
    throw new ChanceryError('request.invalid', `no file came with entry ${sequence}`);
  }

  /** A file of which the message was handed out, once that is on record. Throws why it is not. */
  handOutFile(file: SealedFile, looking: Looking, action: 'open' | 'export'): Promise<HandedOutFile> {
    const { requests, unsealer } = this.#options;
    return handOutFile(
      file,
      { grounds: groundsOf(looking), action, ...approvalOf(looking) },
      requests,
      unsealer,
    );
  }

  /** The same with what it is proven by: to be read, or to be handed on, which is on record as such. */
  async *handOut(
    sequences: readonly number[],
    looking: Looking,
    action: 'open' | 'export',
  ): AsyncGenerator<HandedOut, void, undefined> {
    const grounds = groundsOf(looking);
    let waiting = [...new Set(sequences)];
    while (waiting.length > 0) {
      const asked = waiting.slice(0, MAX_DISCLOSED);
      const answer = await this.#options
        .requests()
        .ask('archive-open', { grounds, action, sequences: asked, ...approvalOf(looking) });
      const opened = await this.#opened(answer);
      const left = new Set(answer.left);
      for (const sequence of asked) {
        if (!left.has(sequence)) yield opened.get(sequence) ?? notShown(answer, unanswered(sequence));
      }
      if (left.size >= asked.length)
        throw new ChanceryError('encoding.malformed', 'the node hands out nothing');
      waiting = [...asked.filter((sequence) => left.has(sequence)), ...waiting.slice(asked.length)];
    }
  }

  async #opened(answer: Answer): Promise<Map<number, HandedOut>> {
    const { clock, provenance, unsealer } = this.#options;
    using keys = new OpenedKeys(unsealer);
    const at = Math.floor(clock() / 1000);
    const checkpoint = ownCheckpoint(answer.checkpoint, answer.chain, at, provenance);
    if (!checkpoint.ok) throw ChanceryError.from(checkpoint.refusal);
    const results = new Map<number, HandedOut>();
    for (const withheld of answer.withheld)
      results.set(withheld.sequence, notShown(answer, { state: 'withheld', ...withheld }));
    const signers = signersOf(answer);
    for (const disclosed of answer.disclosed) {
      const opened = await this.#open(disclosed, checkpoint.value, signers, keys);
      const { sequence } = disclosed;
      results.set(
        sequence,
        opened.ok
          ? { ...opened.value, access: answer.access }
          : notShown(answer, {
              ...{ state: 'withheld', sequence },
              ...{ code: opened.refusal.code, text: opened.refusal.message },
            }),
      );
    }
    return results;
  }

  async #open(
    disclosed: DisclosedEntry,
    { size, root }: { readonly size: number; readonly root: Uint8Array },
    signers: ReturnType<typeof signersOf>,
    keys: OpenedKeys,
  ): Promise<Result<Omit<HandedOut, 'access'>>> {
    const { provenance, verifier, address } = this.#options;
    const opened = await openDisclosed(disclosed, { size, root }, provenance.suite, keys);
    if (!opened.ok) return opened;
    const { entry, salted, message } = opened.value;
    const checked = verifier.check(message.envelope, signers, entry.time);
    if (!checked.ok) return checked;
    const signer = signers.get(toString(checked.value.message.device, 'hex'));
    if (signer === undefined)
      throw new Error('a message was checked against a device that did not come along');
    const { sequence } = disclosed;
    const { via } = message;
    const { content } = checked.value.message;
    return accept({
      opened: {
        state: 'opened',
        event: messageEvent({ sequence, time: entry.time }, positionOf(sequence, 0), checked.value, address),
        via: via === null ? null : { domain: via.domain, position: via.position },
        checkpoint: { size, root: toString(root, 'hex') },
      },
      evidence: { entry: disclosed.entry, salted, signer },
      file:
        content.kind === 'attachment' && message.file !== undefined
          ? { sequence, info: content.file, key: message.file.key }
          : null,
    });
  }
}

function soughtOf({ about, person, conversation, since, until, only, query }: Wanted): Sought {
  return {
    ...(about === undefined ? {} : { about: canonicalAddress(about) }),
    person: person === undefined ? null : canonicalAddress(person),
    conversation: conversation === undefined ? null : idBytes(conversation),
    ...{ since: since ?? null, until: until ?? null, only: only ?? null },
    ...(query === undefined ? {} : { query }),
  };
}

function approvalOf({ approval }: Looking): { readonly approval?: number } {
  return approval === undefined ? {} : { approval };
}

function groundsOf({ purpose, case: name = '' }: Looking): Grounds {
  const grounds = groundsShape.safeParse({ purpose, case: name });
  if (grounds.success) return grounds.data;
  throw new ChanceryError(
    'request.invalid',
    `say for what purpose, in at most ${MAX_PURPOSE_LENGTH} characters, and name the case in at most ${MAX_CASE_LENGTH}`,
  );
}

function notShown({ access }: Answer, opened: Opened): HandedOut {
  return { opened, evidence: null, file: null, access };
}

function unanswered(sequence: number): Opened {
  const text = `the node did not answer for entry ${sequence}; ask again`;
  return { state: 'withheld', sequence, code: 'encoding.malformed', text };
}
