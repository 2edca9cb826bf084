/**
 * Officers' signed acts, and what became of what they ask for: views over the log. Guarantees: a request is approved or
 * declined once, within a quarter of an hour, and what was approved can be used for a quarter of an hour from then; both by
 * the log's own time. An act counts once.
 */
import { z } from 'zod';
import { count, decodeCbor, encodeCbor, hash32, milliseconds } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { readAct, type Act } from '../../protocol/oversight/index.ts';
import type { Op } from '../archive/index.ts';
import { put } from './fact.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View, Views } from './view.ts';

/** Milliseconds in which a request can be approved, and in which what was approved can be used. */
export const APPROVED_WITHIN_MS = 15 * 60 * 1000;

const MAX_ROW_BYTES = 2_048;

const requestShape = z.strictObject({
  v: z.literal(1),
  /** `done`: what needed nobody else, and was done with the act that asks. */
  state: z.enum(['requested', 'approved', 'declined', 'done']),
  action: z.enum(['open', 'export', 'release', 'erasure', 'disposal', 'retention', 'policy']),
  officer: z.string(),
  device: z.string(),
  /** SHA-256 of the act that asks. */
  act: hash32,
  /** Until when it can be approved; once it was, until when that can be used. */
  expires: milliseconds,
  /** Who decided, and in which entry. */
  by: z.string().nullable(),
  decided: count.nullable(),
  /** With `disposal`: what had to go by then. */
  until: milliseconds.nullable(),
});

/** A request as it stands, by its entry. */
export type OfficerRequest = Omit<z.infer<typeof requestShape>, 'v'>;

export const officerActView: View<'officer-act'> = ({ said, sequence, time }, views) => {
  const { keys, sha256 } = views;
  const act = valueOf(readAct(said.act));
  const hash = sha256(said.act);
  return [
    put(keys.knownAct(hash), encodeSequence(sequence)),
    ...requestOps(act, hash, sequence, time, views),
  ];
};

function requestOps(
  { deed, officer, device }: Act,
  act: Uint8Array,
  sequence: number,
  time: number,
  views: Views,
): readonly Op[] {
  const { keys } = views;
  switch (deed.kind) {
    case 'hold':
      return [];
    case 'ask': {
      const expires = time + APPROVED_WITHIN_MS;
      const { action } = deed.asked;
      const until = deed.asked.action === 'disposal' ? deed.asked.until : null;
      const open = { state: 'requested', by: null, decided: null } as const;
      return [row(keys.officerRequest(sequence), { ...open, action, officer, device, act, expires, until })];
    }
    case 'approve':
    case 'decline': {
      const key = keys.officerRequest(deed.request);
      const asked = views.decoded(key, decodeRequest);
      if (asked === undefined) return [];
      const state = deed.kind === 'approve' ? 'approved' : 'declined';
      const decided = {
        ...asked,
        state,
        expires: time + APPROVED_WITHIN_MS,
        by: officer,
        decided: sequence,
      } as const;
      const purge = state === 'approved' ? asked.until : null;
      return [
        row(key, decided),
        ...(purge === null ? [] : [put(keys.approvedDisposal(), encodeSequence(purge))]),
      ];
    }
  }
}

/**
 * What an entry settles by following from an act alone: the request that the act makes, where it is one. An approval settles
 * the request that it approves by itself.
 */
export function doneOps(act: Uint8Array | undefined, sequence: number, views: Views): readonly Op[] {
  const entry = act === undefined ? undefined : views.get(views.keys.knownAct(act));
  if (entry === undefined) return [];
  const key = views.keys.officerRequest(decodeSequence(entry));
  const asked = views.decoded(key, decodeRequest);
  return asked?.state === 'requested' ? [row(key, { ...asked, state: 'done', decided: sequence })] : [];
}

/** The schedules in force: the newest that were recorded. */
export const oversightPolicyView: View<'oversight-policy'> = ({ bytes }, { keys }) => [
  put(keys.oversightPolicy(), bytes),
];

function row(key: Uint8Array, request: OfficerRequest): Op {
  return put(key, encodeCbor({ v: 1, ...request }));
}

function decodeRequest(value: Uint8Array): OfficerRequest {
  const { v: _version, ...request } = valueOf(decodeCbor(value, MAX_ROW_BYTES, requestShape, 'request'));
  return request;
}

export class OfficerActs {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Whether an act, by its SHA-256, is in the log. */
  isKnown(act: Uint8Array): boolean {
    return this.#ledger.get(this.#ledger.keys.knownAct(act)) !== undefined;
  }

  /** A request as it stands, by its entry. */
  request(sequence: number): OfficerRequest | undefined {
    return this.#ledger.decoded(this.#ledger.keys.officerRequest(sequence), decodeRequest);
  }

  /** Requests newest first, from before an entry. */
  async requests(
    before: number | null,
    limit: number,
  ): Promise<readonly (OfficerRequest & { readonly sequence: number })[]> {
    const { keys, log } = this.#ledger;
    const range = keys.within('act', 'request');
    const lt = before === null ? range.lt : keys.officerRequest(before);
    const found: (OfficerRequest & { sequence: number })[] = [];
    for await (const [key, value] of this.#ledger.iterate({ gte: range.gte, lt, reverse: true, limit })) {
      const sequence = decodeSequence(key);
      if (sequence < log.size) found.push({ ...decodeRequest(value), sequence });
    }
    return found;
  }

  /** Up to when what had to go may go, by the newest approval; 0 where there never was one. */
  get approvedDisposal(): number {
    const until = this.#ledger.get(this.#ledger.keys.approvedDisposal());
    return until === undefined ? 0 : decodeSequence(until);
  }

  /** The act of an entry, with what it was signed as and under; undefined where the entry is another. */
  record(sequence: number): RecordOf<'officer-act'> | undefined {
    if (this.#ledger.log.entry(sequence)?.kind !== 'officer-act') return undefined;
    return this.#ledger.record('officer-act', sequence);
  }
}
