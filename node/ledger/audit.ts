/**
 * Acts of oversight, in the order of the log: who looked at what was said, who held, erased and disposed, who became an officer,
 * when nothing could be recorded. One table says which kinds of entries are such acts, and what they are found by; to add a
 * kind is to add a row here, and its line in `operations/summary.ts`.
 */
import { valueOf } from '../../protocol/errors/index.ts';
import { entriesOf, readAct, type Act } from '../../protocol/oversight/index.ts';
import { PRESENT, put } from './fact.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { RecordKind, RecordOf } from './records.ts';
import type { View, ViewTable, Views } from './view.ts';

/** What an act is found by. */
interface Traits {
  /** An address, `operator`, or what the node did by itself (`node`). */
  readonly actor: string;
  /** The case, or the matter of a hold; empty where it is for none. */
  readonly case: string;
  /** The entries that it is about. */
  readonly entries: readonly number[];
}

interface Row<K extends RecordKind> {
  readonly traits: (record: RecordOf<K>) => Traits;
  /** Whether it is such an act, by the views before it; all of the kind are where this is left out. */
  readonly isOversight?: (record: RecordOf<K>, views: Views) => boolean;
}

/** Roles whose holders oversee others. */
const OVERSEEING: ReadonlySet<string> = new Set(['compliance-officer', 'auditor', 'operator']);

function act(actor: string, name = '', entries: readonly number[] = []): Traits {
  return { actor, case: name, entries };
}

/** An officer's act is found by the case or matter that it is for, and by what it asks for or decides about. */
function traitsOfAct({ officer, deed }: Act): Traits {
  switch (deed.kind) {
    case 'hold':
      return act(officer, deed.matter);
    case 'approve':
    case 'decline':
      return act(officer, '', [deed.request]);
    case 'ask': {
      const { asked } = deed;
      if (asked.action === 'release') return act(officer, asked.matter, asked.holds);
      return 'entries' in asked ? act(officer, asked.case, entriesOf(asked.entries)) : act(officer);
    }
  }
}

/** The messages that an event of a case is about. */
function entriesOfCase(done: RecordOf<'case'>['act']): readonly number[] {
  if (done.event === 'tagged' || done.event === 'untagged') return done.entries;
  return done.event === 'noted' && done.about !== null ? [done.about] : [];
}

const AUDIT: { readonly [K in RecordKind]?: Row<K> } = {
  access: { traits: ({ actor, case: name, entries }) => act(actor, name, entries) },
  hold: { traits: ({ actor, matter }) => act(actor, matter) },
  'hold-release': { traits: ({ actor, matter, holds }) => act(actor, matter, holds) },
  'hold-notice': { traits: ({ person, hold }) => act(person, '', [hold]) },
  'officer-act': { traits: ({ act: signed }) => traitsOfAct(valueOf(readAct(signed))) },
  'oversight-policy': { traits: () => act('node') },
  case: { traits: ({ actor, name, act: done }) => act(actor, name, entriesOfCase(done)) },
  preservation: { traits: ({ actor }) => act(actor) },
  erasure: { traits: ({ actor, request }) => act(actor, '', request === null ? [] : [request]) },
  disposal: {
    traits: ({ disposed }) =>
      act(
        'node',
        '',
        disposed.map(({ sequence }) => sequence),
      ),
  },
  member: {
    traits: ({ actor }) => act(actor),
    isOversight: ({ address, roles }, views) =>
      [...roles, ...(views.view('member', views.keys.member(address))?.roles ?? [])].some((role) =>
        OVERSEEING.has(role),
      ),
  },
  policy: { traits: ({ actor }) => act(actor) },
  canary: { traits: ({ actor }) => act(actor) },
  review: { traits: ({ actor, decision }) => act(actor, '', [decision]) },
  // whom a member lets write to them alone is theirs
  contact: { traits: ({ actor }) => act(actor), isOversight: ({ actor, member }) => actor !== member },
  report: {
    traits: ({ actor, act: done }) => act(actor, '', ['report' in done ? done.report : done.position]),
  },
  absence: { traits: () => act('node') },
  epoch: { traits: ({ actor }) => act(actor) },
  loss: { traits: ({ actor }) => act(actor) },
  'loss-accepted': { traits: ({ actor }) => act(actor) },
  disowned: { traits: ({ actor }) => act(actor) },
  administration: { traits: ({ actor }) => act(actor) },
};

/** The kinds of entries that are acts of oversight. */
export const AUDITED_KINDS: readonly RecordKind[] = Object.keys(AUDIT) as RecordKind[];

/** The views, and beside each act of oversight a row by which it is found. */
export function audited(table: ViewTable): ViewTable {
  const views: Record<string, View<RecordKind>> = { ...(table as Record<RecordKind, View<RecordKind>>) };
  for (const kind of AUDITED_KINDS) {
    const view = views[kind];
    const row = rowOf(kind);
    if (view === undefined) continue;
    views[kind] = (placed, before) => {
      const isOversight = row?.isOversight?.(placed.said, before) ?? true;
      const ops = view(placed, before);
      return isOversight ? [...ops, put(before.keys.audit(placed.sequence), PRESENT)] : ops;
    };
  }
  return views as unknown as ViewTable;
}

function rowOf(kind: RecordKind): Row<RecordKind> | undefined {
  return AUDIT[kind];
}

/** An act with the entry that records it. */
interface AuditedAct extends Traits {
  readonly sequence: number;
  /** Milliseconds. */
  readonly time: number;
  readonly kind: RecordKind;
}

/** All that is named must be met. */
interface ActFilter {
  readonly by?: string | undefined;
  readonly case?: string | undefined;
  readonly entry?: number | undefined;
  readonly kind?: string | undefined;
}

/** Acts looked at for one page: what is left is for the next. */
const LOOKED_AT_MAX = 4_096;

export class Audit {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * Those recorded from one entry up to, but not with, another, newest first; and from where to ask on, null at the end.
   * Where few meet the filter a page may hold fewer than `limit`, or none, with more to come.
   */
  async list(
    [from, to]: readonly [number, number],
    filter: ActFilter,
    limit: number,
  ): Promise<{ readonly acts: AuditedAct[]; readonly next: number | null }> {
    const { keys, log } = this.#ledger;
    const range = { gte: keys.audit(from), lt: keys.audit(Math.min(to, log.size)), reverse: true };
    const acts: AuditedAct[] = [];
    let looked = 0;
    for await (const [key] of this.#ledger.iterate(range)) {
      const sequence = decodeSequence(key);
      if (acts.length === limit || looked === LOOKED_AT_MAX) return { acts, next: sequence + 1 };
      looked += 1;
      const found = this.#act(sequence);
      if (found !== undefined && meets(found, filter)) acts.push(found);
    }
    return { acts, next: null };
  }

  /** The oldest act from an entry on that counts as archived; undefined where there is none. */
  async first(from: number): Promise<AuditedAct | undefined> {
    const { keys, log } = this.#ledger;
    const range = { gte: keys.audit(from), lt: keys.audit(log.size), limit: 1 };
    for await (const [key] of this.#ledger.iterate(range)) return this.#act(decodeSequence(key));
    return undefined;
  }

  /** How many acknowledged, on how many devices and in how many versions, that they are recorded, within entries. */
  async acknowledgements([from, to]: readonly [number, number]): Promise<number> {
    let count = 0;
    for await (const [, value] of this.#ledger.iterate(
      this.#ledger.keys.within('recording', 'acknowledged'),
    )) {
      const sequence = decodeSequence(value);
      if (sequence >= from && sequence < to) count += 1;
    }
    return count;
  }

  /** Read from the log itself: a row that was changed in the database changes nothing of what is told. */
  #act(sequence: number): AuditedAct | undefined {
    const entry = this.#ledger.log.entry(sequence);
    const kind = entry?.kind;
    const row = kind && rowOf(kind);
    const record = kind && row && this.#ledger.record(kind, sequence);
    if (entry === undefined || kind === undefined || row === undefined || record === undefined)
      return undefined;
    return { sequence, time: entry.time, kind, ...row.traits(record) };
  }
}

function meets(found: AuditedAct, { by, case: name, entry, kind }: ActFilter): boolean {
  return (
    (by === undefined || found.actor === by) &&
    (name === undefined || found.case === name) &&
    (entry === undefined || found.sequence === entry || found.entries.includes(entry)) &&
    (kind === undefined || found.kind === kind)
  );
}
