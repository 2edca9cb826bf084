/**
 * Messages that are archived and not delivered: held until somebody decides, or kept back for good. Guarantees: who wrote one
 * sees it as their own; nobody else does, on any way, before it is released; what is released is delivered as if it had come
 * then, to those it was for as it came.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { z } from 'zod';
import { count, decodeCbor, encodeCbor, hash32 } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { del, put } from './fact.ts';
import { encodeSequence } from './view-key.ts';
import type { RecordOf } from './records.ts';
import { endOfRequest } from './requests.ts';
import type { Views } from './view.ts';

/** Bytes of a row: as many members as a conversation may have, and their domains. */
const MAX_ROW_BYTES = 131_072;

const shape = z.strictObject({
  v: z.literal(1),
  state: z.enum(['held', 'rejected']),
  /** The message's entry, and the device that signed it. */
  sequence: count,
  device: hash32,
  sender: z.string(),
  /** The partner it came from; null for one of our own. */
  from: z.string().nullable(),
  /** Our members and the partners whom it is for. */
  members: z.array(z.string()),
  domains: z.array(z.string()),
});

/** A message that is kept back. */
export type Quarantined = Omit<z.infer<typeof shape>, 'v'>;

/** Whom a message is for: our members, and the partners. */
interface Audience {
  readonly members: readonly string[];
  readonly domains: readonly string[];
}

/** How the row of a feed begins that leads to a message released after it came, and to what was decided of one. */
const RELEASED = 2;
const REVIEWED = 3;
const REPORTED = 4;
const PLACED_BYTES = 9;

const PLACES = new Map<number, PlacedRow['what']>([
  [RELEASED, 'released'],
  [REVIEWED, 'reviewed'],
  [REPORTED, 'reported'],
]);

/** What a row of a feed that is no message, receipt or news leads to. */
export interface PlacedRow {
  readonly what: 'released' | 'reviewed' | 'reported';
  /** The message's entry. */
  readonly message: number;
}

export function placedRow(value: Uint8Array): PlacedRow | undefined {
  const what = PLACES.get(value[0] ?? 0);
  if (value.length !== PLACED_BYTES || what === undefined) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return { what, message: Number(view.getBigUint64(1)) };
}

/** Tells members that a message was reported, or what was decided about that: the entry says which. */
export function reportedRows(
  { keys }: Views,
  members: readonly string[],
  message: number,
  sequence: number,
): Op[] {
  return members.map((address) => put(keys.feed(address, sequence), placed(REPORTED, message)));
}

export function quarantined(views: Pick<Views, 'decoded' | 'keys'>, id: Uint8Array): Quarantined | undefined {
  return views.decoded(views.keys.quarantine(id), decode);
}

/** What keeps a message back as it is archived: only who wrote it has it in their feed. */
export function quarantineOps(
  views: Views,
  id: Uint8Array,
  { members, domains, ...row }: Omit<Quarantined, 'state' | 'members' | 'domains'> & Audience,
): Op[] {
  const held = { ...row, members: [...members], domains: [...domains], state: 'held' as const };
  return [put(views.keys.quarantine(id), encode(held))];
}

/** Somebody of a partner who wrote to us, and was let in, with the device that they used last. */
export function personOps(views: Views, address: string, device: Uint8Array): Op[] {
  const key = views.keys.person(address);
  const known = views.decoded(key, (value) => value);
  return known !== undefined && equals(known, device) ? [] : [put(key, device)];
}

/** What becomes of a message that was held, if it was: it is released, or turned down for good. */
export function endOfHold(views: Views, said: RecordOf<'review'>, sequence: number): Op[] {
  const row = quarantined(views, said.message);
  if (row === undefined) return [];
  return [...endOps(views, said, sequence, row), ...endOfRequest(views, said, row)];
}

function endOps(
  views: Views,
  { message: id, outcome }: RecordOf<'review'>,
  sequence: number,
  row: Quarantined,
): Op[] {
  const { keys, domain } = views;
  const { sender, from, members, domains, device } = row;
  const told = from === null && sender.endsWith(`@${domain}`) ? [sender] : [];
  const notices = told.map((address) => put(keys.feed(address, sequence), placed(REVIEWED, row.sequence)));
  if (outcome !== 'release')
    return [...notices, put(keys.quarantine(id), encode({ ...row, state: 'rejected' }))];
  const readers = members.filter((address) => !told.includes(address));
  return [
    ...notices,
    ...(from === null ? [] : personOps(views, sender, device)),
    del(keys.quarantine(id)),
    ...readers.map((address) => put(keys.feed(address, sequence), placed(RELEASED, row.sequence))),
    ...(from !== null ? [] : domains).flatMap((partner) => [
      put(keys.outbox(partner, sequence), concat([id, device, encodeSequence(row.sequence)])),
      put(keys.exchange(partner, row.sequence), new Uint8Array()),
    ]),
  ];
}

function placed(what: number, message: number): Uint8Array {
  return concat([Uint8Array.of(what), encodeSequence(message)]);
}

function encode(row: Quarantined): Uint8Array {
  return encodeCbor({ v: 1, ...row });
}

function decode(value: Uint8Array): Quarantined {
  const { v: _version, ...row } = valueOf(decodeCbor(value, MAX_ROW_BYTES, shape, 'quarantine'));
  return row;
}
