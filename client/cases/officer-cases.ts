/**
 * Cases as a compliance officer's device reads them and adds to them. Guarantees: an event is what its entry commits to;
 * that the log holds that entry is proven in an export. Who acts is this device's member.
 */
import { equals } from 'uint8arrays/equals';
import {
  commitTo,
  decodeCaseEvent,
  decodeEntry,
  splitSalted,
  type PlacedCaseEvent,
} from '../../protocol/archive/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { MAX_CASE_EVENTS, MAX_CASES, type CaseInfo, type OpenEntry } from '../../protocol/wire/index.ts';
import type { Requests } from '../session/index.ts';

/** A page of cases, newest first. */
export interface CasePage {
  readonly cases: readonly CaseInfo[];
  /** To go on from; null at the end. */
  readonly next: number | null;
}

/** An event with the entry that says so: its leaf, and what that commits to. */
export interface CaseEntry {
  readonly event: PlacedCaseEvent;
  readonly open: OpenEntry;
}

export interface OfficerCasesOptions {
  readonly suite: CryptoSuite;
  /** Throws why there is no connection. */
  readonly requests: () => Requests;
}

export class OfficerCases {
  readonly #options: OfficerCasesOptions;

  constructor(options: OfficerCasesOptions) {
    this.#options = options;
  }

  /** Cases that this member may read, from before the entry that opened one. Throws `officer.required`, `node.unreachable`. */
  async list({
    all = false,
    before = null,
  }: { readonly all?: boolean; readonly before?: number | null } = {}): Promise<CasePage> {
    const asked = { all, before, limit: MAX_CASES };
    const { cases, next } = await this.#options.requests().ask('case-list', asked);
    return { cases, next };
  }

  /** The newest case of a name, or the one that an entry opened. Throws `case.unknown`, `case.not-reviewer`, as `list` does. */
  async show(name: string, opened: number | null = null): Promise<CaseInfo> {
    return (await this.#options.requests().ask('case-show', { name, opened })).case;
  }

  /** All that happened in a case, oldest first. Throws like `show`, and `archive.damaged` for what is not as it was archived. */
  async *events({
    name,
    sequence: opened,
  }: Pick<CaseInfo, 'name' | 'sequence'>): AsyncGenerator<CaseEntry, void, undefined> {
    let after: number | null = null;
    do {
      const asked = { name, opened, after, limit: MAX_CASE_EVENTS };
      const answer: { readonly events: readonly OpenEntry[]; readonly after: number | null } =
        await this.#options.requests().ask('case-events', asked);
      for (const open of answer.events) yield { open, event: this.#read(open) };
      if (answer.after !== null && answer.after <= (after ?? -1))
        throw new ChanceryError('encoding.malformed', 'the node does not come to the end of the case');
      after = answer.after;
    } while (after !== null);
  }

  /** Puts a tag on messages, by their entries. Throws like `show`, `case.closed`, `request.invalid`, `archive.disposed`, `limit.exceeded`. */
  async tag(name: string, tag: string, entries: readonly number[]): Promise<CaseInfo> {
    return this.#tag(name, tag, entries, false);
  }

  /** Takes a tag off messages. Throws like `tag`. */
  async untag(name: string, tag: string, entries: readonly number[]): Promise<CaseInfo> {
    return this.#tag(name, tag, entries, true);
  }

  /** Notes something on a case, or on one message. Throws like `tag`. */
  async note(name: string, text: string, about: number | null = null): Promise<CaseInfo> {
    return (await this.#options.requests().ask('case-note', { name, text, about })).case;
  }

  async #tag(name: string, tag: string, entries: readonly number[], off: boolean): Promise<CaseInfo> {
    const asked = { name, tag, entries: [...entries], off };
    return (await this.#options.requests().ask('case-tag', asked)).case;
  }

  #read({ sequence, entry, salted }: OpenEntry): PlacedCaseEvent {
    const { kind, time, commitment } = valueOf(decodeEntry(entry));
    const { salt, content } = splitSalted(salted);
    if (kind !== 'case' || !equals(commitTo(this.#options.suite.sha256, salt, content), commitment))
      throw new ChanceryError('archive.damaged', `entry ${sequence} is not what the log committed to`);
    return { ...valueOf(decodeCaseEvent(content)), sequence, time };
  }
}
