/**
 * Cases as the log tells of them: how each stands, and its events. Guarantees: what an event says is read from the log, so
 * a row that was changed in the database changes nothing of what is told; all of it is had in pages.
 */
import type { PlacedCaseEvent } from '../../protocol/archive/index.ts';
import { caseRow, readCaseRow, sequencesIn, type CaseRow } from './case-view.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';

/** A case as it stands, with the entry that opened it. */
export interface Case extends CaseRow {
  readonly sequence: number;
}

/** A saved search, with the event that saved it and the one that last ran it. */
export interface SavedSearch {
  readonly number: number;
  readonly saved: PlacedCaseEvent;
  readonly run: PlacedCaseEvent | null;
}

/** A message that is tagged, with the events that tagged it, in their order. */
export interface TaggedMessage {
  readonly entry: number;
  readonly tagged: readonly PlacedCaseEvent[];
}

export class Cases {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The newest case of a name: the only one of it that may be open. */
  named(name: string): Case | undefined {
    const opened = this.#ledger.get(this.#ledger.keys.caseNamed(name));
    return opened === undefined ? undefined : this.at(decodeSequence(opened));
  }

  /** The case that an entry opened. */
  at(opened: number): Case | undefined {
    const row = caseRow(this.#ledger, opened);
    return row === undefined ? undefined : { ...row, sequence: opened };
  }

  /** All, the newest first, from before an entry. */
  async *newestFirst(before: number | null): AsyncGenerator<Case, void, undefined> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('case', 'state');
    const range = { gte, lt: before === null ? lt : keys.case(before), reverse: true };
    for await (const [key, value] of this.#ledger.iterate(range))
      yield { ...readCaseRow(value), sequence: decodeSequence(key) };
  }

  /** What happened in a case, oldest first, from after an entry; or the notes alone. */
  async events(
    list: 'timeline' | 'notes',
    opened: number,
    after: number | null,
    limit: number,
  ): Promise<PlacedCaseEvent[]> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('caseEvent', list, opened);
    const range = { gte: after === null ? gte : keys.caseEvent(list, opened, after + 1), lt, limit };
    const events: PlacedCaseEvent[] = [];
    for await (const [key] of this.#ledger.iterate(range)) {
      const event = this.event(decodeSequence(key));
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** One event. Throws `archive.damaged` where the entry is none. */
  event(sequence: number): PlacedCaseEvent | undefined {
    const record = this.#ledger.record('case', sequence);
    const time = this.#ledger.log.entry(sequence)?.time;
    return record === undefined || time === undefined ? undefined : { ...record, sequence, time };
  }

  /** The saved searches of a case, in the order of their numbers. */
  searches({ sequence, searches }: Case): SavedSearch[] {
    const found: SavedSearch[] = [];
    for (let number = 1; number <= searches; number += 1) {
      const search = this.search(sequence, number);
      if (search !== undefined) found.push(search);
    }
    return found;
  }

  search(opened: number, number: number): SavedSearch | undefined {
    const value = this.#ledger.get(this.#ledger.keys.caseSearch(opened, number));
    const [saved, run = null] = sequencesIn(value ?? new Uint8Array());
    const event = saved === undefined ? undefined : this.event(saved);
    if (event === undefined) return undefined;
    return { number, saved: event, run: run === null ? null : (this.event(run) ?? null) };
  }

  /** The messages that are tagged in a case, or have one tag there, in the order of the log, from after an entry. */
  async messages(
    opened: number,
    tag: string | null,
    after: number | null,
    limit: number,
  ): Promise<TaggedMessage[]> {
    const { keys } = this.#ledger;
    const { gte, lt } =
      tag === null ? keys.within('caseTag', 'message', opened) : keys.within('caseTag', 'tag', opened, tag);
    const next = (entry: number): Uint8Array =>
      tag === null ? keys.caseMessage(opened, entry) : keys.caseTag(opened, tag, entry);
    const found: TaggedMessage[] = [];
    const range = { gte: after === null ? gte : next(after + 1), lt, limit };
    for await (const [key] of this.#ledger.iterate(range)) {
      const entry = decodeSequence(key);
      found.push({ entry, tagged: this.tagsOf(opened, entry) });
    }
    return found;
  }

  /** The events that tagged a message. */
  tagsOf(opened: number, entry: number): PlacedCaseEvent[] {
    const value = this.#ledger.get(this.#ledger.keys.caseMessage(opened, entry));
    return sequencesIn(value ?? new Uint8Array()).flatMap((sequence) => this.event(sequence) ?? []);
  }

  /** How many tags a message has. */
  tagCount(opened: number, entry: number): number {
    return sequencesIn(this.#ledger.get(this.#ledger.keys.caseMessage(opened, entry)) ?? new Uint8Array())
      .length;
  }

  hasTag(opened: number, tag: string, entry: number): boolean {
    return this.#ledger.get(this.#ledger.keys.caseTag(opened, tag, entry)) !== undefined;
  }
}
