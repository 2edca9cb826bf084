/**
 * What reports of phishing, and what officers decide about them, change in the views: who is told, which message is hidden, and
 * by what other messages go with it.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { z } from 'zod';
import type { ReportTrait } from '../../protocol/wire/index.ts';
import { domainOf } from '../../protocol/conversation/index.ts';
import { decodeCbor, encodeCbor } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { del, PRESENT, put } from './fact.ts';
import type { ViewKeys } from './keys.ts';
import { conversationOf } from './conversation-of.ts';
import { reportedRows } from './quarantine.ts';
import { queueOps } from './queue-ops.ts';
import type { RecordOf } from './records.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { View, Views } from './view.ts';

/** Reports by which one trait is looked for: those beyond it are about what is looked for already. */
const MAX_OF_TRAIT = 256;

/** How a rule is named that stands for a report in a decision. */
const RULE = /^report:(\d{1,15})$/;

/** How a message that was reported stands, or what goes with one: an officer has yet to decide, or confirmed it. */
export type Suspicion = 'reported' | 'confirmed';

/** A report, and how it stands. */
export interface Suspected {
  readonly report: number;
  readonly state: Suspicion;
}

type Made = Extract<RecordOf<'report'>['act'], { what: 'made' }>;

/** The rule of a decision that was made because of a report. */
export function ruleOfReport(report: number): string {
  return `report:${report}`;
}

/** The report that a rule stands for; undefined for a rule of a policy. */
export function reportOfRule(rule: string): number | undefined {
  const [, report] = RULE.exec(rule) ?? [];
  return report === undefined ? undefined : Number(report);
}

export const reportView: View<'report'> = ({ said, bytes, sequence }, views) => {
  const { keys } = views;
  const { message, actor, act } = said;
  if (act.what === 'told')
    return [
      del(keys.reportUntold(actor, act.report)),
      put(keys.reportNotice(act.report), encodeSequence(sequence)),
    ];
  if (act.what === 'verdict') return verdictOps(views, act, sequence);
  const entry = [put(keys.reportRecord(sequence), bytes), ...queueOps(keys, sequence)];
  if (act.what === 'learned')
    return [
      ...entry,
      put(keys.reportWaits(actor, sequence), PRESENT),
      put(keys.reportLearnedFrom(actor, sequence), PRESENT),
      put(keys.reportLearned(act.report), encodeSequence(sequence)),
    ];
  const ops = [...entry, put(keys.report(sequence), PRESENT), put(keys.reportFrom(actor, sequence), message)];
  if (act.what === 'received')
    return [
      ...ops,
      put(keys.reportWaits(actor, sequence), PRESENT),
      put(keys.reportAbout(actor, message), encodeSequence(sequence)),
    ];
  if (act.partner !== null) ops.push(put(keys.reportUntold(act.partner, sequence), PRESENT));
  return [
    ...ops,
    put(keys.reported(message), encode([{ report: sequence, state: 'reported' }])),
    ...suspectOps(views, act, (known) => [...known, { report: sequence, state: 'reported' }]),
    ...toldOps(views, act, sequence, sequence),
  ];
};

/** What was to be told of the report before is told no more. */
function verdictOps(
  views: Pick<Views, 'keys' | 'get'>,
  { report, partner }: Extract<RecordOf<'report'>['act'], { what: 'verdict' }>,
  sequence: number,
): Op[] {
  const { keys } = views;
  const before = views.get(keys.reportVerdict(report));
  return [
    ...(before === undefined ? [] : [del(keys.reportUntold(partner, decodeSequence(before)))]),
    put(keys.reportVerdict(report), encodeSequence(sequence)),
    put(keys.reportUntold(partner, sequence), PRESENT),
  ];
}

/** What an officer's decision about a report changes. */
export function endOfReport(
  views: Views,
  { message, actor, act }: RecordOf<'report'>,
  { decision: report, outcome, matching }: RecordOf<'review'>,
  sequence: number,
): Op[] {
  const { keys } = views;
  if (act.what !== 'made') return [del(keys.reportWaits(actor, report))];
  const isConfirmed = outcome === 'confirm';
  const isMeant = (trait: ReportTrait): boolean => isConfirmed && (matching?.includes(trait) ?? true);
  const state = { report, state: 'confirmed' } as const;
  return [
    isConfirmed ? put(keys.reported(message), encode([state])) : del(keys.reported(message)),
    ...suspectOps(views, act, (known, trait) => {
      const others = known.filter((one) => one.report !== report);
      return isMeant(trait) ? [...others, state] : others;
    }),
    ...toldOps(views, act, report, sequence),
  ];
}

/** A message that is held since it goes with one that was reported. */
export function suspectedOps(
  keys: ViewKeys,
  { outcome, reasons, message }: RecordOf<'decision'>,
  sequence: number,
): Op[] {
  if (outcome !== 'hold') return [];
  return reasons.flatMap(({ rule, outcome: by }) => {
    const report = by === 'hold' ? reportOfRule(rule) : undefined;
    return report === undefined ? [] : [put(keys.suspected(report, sequence), message)];
  });
}

/** How a message stands that was reported; undefined for one that was not, or about which that was dismissed. */
export function reported(views: Pick<Views, 'get' | 'keys'>, message: Uint8Array): Suspected | undefined {
  const value = views.get(views.keys.reported(message));
  return value && decode(value)[0];
}

/** The reports by which a message with a trait is held or blocked. */
export function suspects(
  views: Pick<Views, 'get' | 'keys'>,
  trait: ReportTrait,
  value: Uint8Array | string,
): Suspected[] {
  const found = views.get(views.keys.suspect(trait, value));
  return found === undefined ? [] : decode(found);
}

/** Everybody of ours who is in the conversation is told, and whoever was told of the report, or had been shown the message before. */
function toldOps(
  views: Views,
  { conversation, position, left = [] }: Made,
  report: number,
  sequence: number,
): Op[] {
  const key = views.keys.reportTold(report);
  const members = conversationOf(views, conversation)?.members ?? [];
  const before = views.decoded(key, decodeTold) ?? left;
  const own = [...new Set([...before, ...members.filter((address) => domainOf(address) === views.domain)])];
  return [put(key, encodeCbor(own)), ...reportedRows(views, own, position, sequence)];
}

/** Bytes of a row: as many members as a conversation may have, and those who left. */
const MAX_TOLD_BYTES = 1_048_576;

function decodeTold(value: Uint8Array): readonly string[] {
  return valueOf(decodeCbor(value, MAX_TOLD_BYTES, z.array(z.string()), 'row of a report'));
}

/** Changes of all traits of a report, and of how many hosts are looked for at all. */
function suspectOps(
  views: Views,
  { key, hosts, file }: Made,
  change: (known: readonly Suspected[], trait: ReportTrait) => readonly Suspected[],
): Op[] {
  const { keys } = views;
  const traits: [ReportTrait, Uint8Array | string][] = [
    ['device', key],
    ...hosts.map((host): [ReportTrait, string] => ['host', host]),
    ...(file === null ? [] : ([['file', file]] as [ReportTrait, Uint8Array][])),
  ];
  const ops: Op[] = [];
  let more = 0;
  for (const [trait, value] of traits) {
    const at = keys.suspect(trait, value);
    const known = suspects(views, trait, value);
    const now = change(known, trait).slice(0, MAX_OF_TRAIT);
    const encoded = encode(now);
    if (equals(encoded, encode(known))) continue;
    if (trait === 'host') more += Math.sign(now.length) - Math.sign(known.length);
    ops.push(now.length === 0 ? del(at) : put(at, encoded));
  }
  return more === 0 ? ops : [...ops, put(keys.suspectHosts(), encodeSequence(hostsLookedFor(views) + more))];
}

/** How many hosts are looked for in links: where there are none, nobody need look. */
export function hostsLookedFor(views: Pick<Views, 'get' | 'keys'>): number {
  const value = views.get(views.keys.suspectHosts());
  return value === undefined ? 0 : decodeSequence(value);
}

const ITEM_BYTES = 9;

function encode(suspected: readonly Suspected[]): Uint8Array {
  return concat(
    suspected.flatMap(({ report, state }) => [
      Uint8Array.of(state === 'confirmed' ? 1 : 0),
      encodeSequence(report),
    ]),
  );
}

function decode(value: Uint8Array): Suspected[] {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.length / ITEM_BYTES }, (_, index) => ({
    state: view.getUint8(index * ITEM_BYTES) === 1 ? ('confirmed' as const) : ('reported' as const),
    report: Number(view.getBigUint64(index * ITEM_BYTES + 1)),
  }));
}
