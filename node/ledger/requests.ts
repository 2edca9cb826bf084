/**
 * People of partners whose first messages wait until somebody accepts them: views over the log. Guarantees: a message is among
 * them as long as it is held for nothing else; one that was turned down because its writer was declined is found again when
 * they are accepted after all.
 */
import { concat } from 'uint8arrays/concat';
import type { Op } from '../archive/index.ts';
import { del, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { ViewKeys } from './keys.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Views } from './view.ts';

/** Bytes of the row of a message that those it was written to may let in: the decision. */
const SEQUENCE_BYTES = 8;

/** How the row of a message begins whose writer the organisation alone lets in. */
const BY_ORGANISATION = Uint8Array.of(1);

/** Stands for the organisation among those whom somebody waits for. */
const ORGANISATION = '';

/** What says that a message is held since nobody of ours knows who wrote it, and for nothing else. */
export function contactHoldOps(keys: ViewKeys, said: RecordOf<'decision'>, sequence: number): Op[] {
  if (!isContactHold(said)) return [];
  const how = said.organisation === true ? BY_ORGANISATION : new Uint8Array();
  return [put(keys.contactHold(said.message), concat([how, encodeSequence(sequence)]))];
}

function isContactHold({ direction, outcome, reasons }: RecordOf<'decision'>): boolean {
  if (direction !== 'in' || outcome !== 'hold') return false;
  return reasons.every((reason) => reason.outcome !== 'hold' || reason.control === 'contact');
}

/** A message that is held: whether it is a request, and of whom to whom. */
export function requestOps(
  views: Pick<Views, 'keys' | 'get'>,
  { id, sender, members }: { id: Uint8Array; sender: string; members: readonly string[] },
): Op[] {
  const { keys } = views;
  const value = views.get(keys.contactHold(id));
  if (value === undefined) return [];
  const decision = decodeSequence(value);
  const waitedFor = value.length > SEQUENCE_BYTES ? [ORGANISATION] : members;
  return [
    ...waitedFor.map((who) => put(keys.requester(who, sender), encodeSequence(decision))),
    put(keys.requestOf(sender, decision), id),
    ...members.map((member) => put(keys.request(member, decision), id)),
  ];
}

/** What is left of a request when its message is released or turned down. */
export function endOfRequest(
  views: Views,
  { decision, message, outcome, declined }: RecordOf<'review'>,
  { sender, members }: { readonly sender: string; readonly members: readonly string[] },
): Op[] {
  const { keys } = views;
  if (views.get(keys.contactHold(message)) === undefined) return [];
  const gone = members.map((member) => del(keys.request(member, decision)));
  if (declined === true) return gone;
  return [
    ...gone,
    ...(outcome === 'release' ? endOfWaiting(keys, sender, members) : []),
    del(keys.requestOf(sender, decision)),
    del(keys.contactHold(message)),
  ];
}

/** Whether somebody had to wait for a member of ours, or for the organisation, and was not let in since. */
export function isWaiting(views: Pick<Views, 'keys' | 'get'>, member: string, person: string): boolean {
  return [ORGANISATION, member].some((who) => views.get(views.keys.requester(who, person)) !== undefined);
}

/** Somebody is let in: whoever else they wait for is still to be asked, but for the organisation. */
export function endOfWaiting(keys: ViewKeys, person: string, members: readonly string[]): Op[] {
  return [ORGANISATION, ...members].map((who) => del(keys.requester(who, person)));
}

/** A message that waits, and the decision that holds it. */
export interface Request {
  readonly decision: number;
  readonly message: Uint8Array;
}

/** Who was accepted or declined, for whom, by whom and when (milliseconds). */
export interface ContactEntry extends RecordOf<'contact'> {
  readonly sequence: number;
  readonly time: number;
}

export class Requests {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What waits for a member, the oldest first. */
  forMember(member: string, limit: number): Promise<Request[]> {
    return this.#rows({ ...this.#ledger.keys.within('request', 'for', member), limit });
  }

  /** What a person wrote that waits, or was turned down with them, the oldest first, from after a decision. */
  of(person: string, after: number | null, limit: number): Promise<Request[]> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('request', 'of', person);
    return this.#rows({ gte: after === null ? gte : keys.requestOf(person, after + 1), lt, limit });
  }

  /** The same of everybody. */
  all(limit: number): Promise<Request[]> {
    return this.#rows({ ...this.#ledger.keys.within('request', 'of'), limit });
  }

  /** Whom somebody accepted or declined, newest first, from before an entry. */
  async decided(before: number | null, limit: number): Promise<ContactEntry[]> {
    const { keys, log } = this.#ledger;
    const { gte, lt } = keys.within('request', 'decided');
    const range = { gte, lt: before === null ? lt : keys.contactDecided(before), limit, reverse: true };
    const found: ContactEntry[] = [];
    for await (const [key] of this.#ledger.iterate(range)) {
      const sequence = decodeSequence(key);
      const record = sequence < log.size ? this.#ledger.record('contact', sequence) : undefined;
      if (record !== undefined) found.push({ ...record, sequence, time: log.entry(sequence)?.time ?? 0 });
    }
    return found;
  }

  async #rows(range: Parameters<Ledger['iterate']>[0]): Promise<Request[]> {
    const { log } = this.#ledger;
    const found: Request[] = [];
    for await (const [key, message] of this.#ledger.iterate(range)) {
      const decision = decodeSequence(key);
      if (decision < log.size) found.push({ decision, message });
    }
    return found;
  }
}
