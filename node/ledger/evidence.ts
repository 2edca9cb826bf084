/**
 * Evidence against partners: pairs of statements, both correctly signed, of which an honest organisation signs one at
 * most. Guarantees: a pair is kept once, however often it is shown; and of a partner no more than fill its few places,
 * which prove as much as any number would.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { readRoster, type Roster } from '../../protocol/statement/index.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { Partners, RosterRecord } from './partners.ts';
import type { RecordOf } from './records.ts';
import type { View, Views } from './view.ts';

export type EvidenceRecord = RecordOf<'evidence'>;

/** Pairs kept against one partner: of two rosters of the greatest size each, 4 MiB in all. */
const MAX_PLACES = 16;

/**
 * Seconds by which an honest clock may be set back between two rosters: as far ahead as a roster is accepted at all.
 * Within it a lower number with a later time proves nothing.
 */
const CLOCK_TOLERANCE = 600;

const SIGNATURE_BYTES = 64;

export class Evidence {
  readonly #ledger: Ledger;
  readonly #partners: Partners;

  constructor(ledger: Ledger, partners: Partners) {
    this.#ledger = ledger;
    this.#partners = partners;
  }

  /**
   * What a roster, verified but not newer than the one known, proves together with one that was taken. Undefined for a
   * copy of an earlier one, such as a gateway shows whose bundle is some seconds old: it is on record as it is, or was
   * issued before the one known, as its number says. To sign another of the same number, or a lower number at a later
   * time, takes two hands on one key, or a node that was set back.
   */
  proven(shown: RosterRecord): EvidenceRecord | undefined {
    const { domain, number } = shown;
    const same = this.#partners.rosterAt(domain, number);
    if (same !== undefined) {
      return equals(same.statement, shown.statement) ? undefined : pair('equivocation', same, shown);
    }
    const newest = this.#partners.roster(domain);
    if (newest === undefined || newest.number <= number) return undefined;
    return issuedOf(shown) > issuedOf(newest) + CLOCK_TOLERANCE ? pair('rollback', newest, shown) : undefined;
  }

  /** Keeps a pair unless it is kept already or the partner's places are full. Tells whether it is new. */
  async keep(evidence: EvidenceRecord): Promise<boolean> {
    if (placeFor(evidence, this.#ledger) === undefined) return false;
    await this.#ledger.append([fact('evidence', evidence)]);
    return true;
  }

  /** All that is kept, oldest first, by its entry's sequence number. */
  async all(): Promise<{ sequence: number; evidence: EvidenceRecord }[]> {
    const found = [];
    for await (const [, value] of this.#ledger.iterate(this.#ledger.keys.within('evidence'))) {
      const sequence = decodeSequence(value);
      const evidence = this.#ledger.record('evidence', sequence);
      if (evidence !== undefined) found.push({ sequence, evidence });
    }
    return found.toSorted((a, b) => a.sequence - b.sequence);
  }
}

export const evidenceView: View<'evidence'> = ({ said, sequence }, views) => {
  const place = placeFor(said, views);
  return place === undefined ? [] : [put(place, concat([nameOf(said), encodeSequence(sequence)]))];
};

/** The first free place of a partner; undefined where the pair is kept already, or all places are taken. */
function placeFor(evidence: EvidenceRecord, views: Views): Uint8Array | undefined {
  const name = nameOf(evidence);
  for (let place = 0; place < MAX_PLACES; place++) {
    const key = views.keys.evidence(evidence.domain, place);
    const kept = views.get(key);
    if (kept === undefined) return key;
    if (equals(kept.subarray(0, name.length), name)) return undefined;
  }
  return undefined;
}

function nameOf({ first, second }: EvidenceRecord): Uint8Array {
  return concat([signatureOf(first.statement), signatureOf(second.statement)]);
}

function pair(kind: EvidenceRecord['kind'], known: RosterRecord, shown: RosterRecord): EvidenceRecord {
  const part = ({ number, statement, chain }: RosterRecord): EvidenceRecord['first'] => ({
    number,
    statement,
    chain,
  });
  return { domain: known.domain, kind, first: part(known), second: part(shown) };
}

function issuedOf({ statement }: RosterRecord): Roster['issued'] {
  const roster = readRoster(statement);
  return roster.ok ? roster.value.issued : 0;
}

/** A statement ends in its signature, which is as good as a hash of it. */
function signatureOf(statement: Uint8Array): Uint8Array {
  return statement.subarray(-SIGNATURE_BYTES);
}
