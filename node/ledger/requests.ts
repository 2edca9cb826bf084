/**
 * People of partners whose first messages wait until somebody accepts them: views over the log. Guarantees: a message is among
 * them as long as it is held for nothing else; one that was turned down because its writer was declined is found again when
 * they are accepted after all.
 */
import type { Op } from '../archive/index.ts';
import { del, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import { decodeSequence } from './view-key.ts';
import type { Views } from './view.ts';

/** Whether a message is held since nobody of ours knows who wrote it, and for nothing else. */
export function isContactHold({ direction, outcome, reasons }: RecordOf<'decision'>): boolean {
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
  return [
    put(keys.requester(sender), value),
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
    ...(outcome === 'release' ? [del(keys.requester(sender))] : []),
    del(keys.requestOf(sender, decision)),
    del(keys.contactHold(message)),
  ];
}

/** Whether somebody had to wait, and nobody of us has let them in since. */
export function isWaiting(views: Pick<Views, 'keys' | 'get'>, person: string): boolean {
  return views.get(views.keys.requester(person)) !== undefined;
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
