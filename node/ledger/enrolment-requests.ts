/**
 * Devices that showed a good code and wait for an operator: who asks for whom, under which key, and what was decided.
 * Guarantees: the code is used up with the request, in one batch; a request is decided once, and the certificate of an
 * approved device is in the log with the approval.
 */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { Act, Device, Invitation } from './members.ts';
import { newsFacts, type Told } from './news.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export type EnrolmentRequest = RecordOf<'enrolment'>;

/** Milliseconds a request waits for its decision. */
const REQUEST_LIFE_MS = 24 * 60 * 60 * 1000;

/** Requests waiting at a time: a class of new colleagues. Further ones keep their codes and come again. */
const MAX_PENDING = 256;

export const enrolmentView: View<'enrolment'> = ({ said, bytes }, { keys }) => [
  put(keys.enrolment(said.peer), bytes),
];

export class EnrolmentRequests {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The latest request under a key, decided or not. */
  find(peer: string): EnrolmentRequest | undefined {
    return this.#ledger.view('enrolment', this.#ledger.keys.enrolment(peer));
  }

  /** Those that wait for a decision, the oldest first. */
  async pending(now: number): Promise<EnrolmentRequest[]> {
    const all = await this.#ledger.views('enrolment', this.#ledger.keys.within('enrolment'));
    return all.filter((request) => isPending(request, now)).sort((a, b) => a.since - b.since);
  }

  /** Whether one more may wait. Refuses with `limit.exceeded`. */
  async room(now: number): Promise<Result<void>> {
    return (await this.pending(now)).length < MAX_PENDING
      ? accept(undefined)
      : refuse('limit.exceeded', 'too many devices wait for approval; try again later with the same code');
  }

  /** Opens a request with the invitation's code, which is used up. The append begins before this returns. */
  async open(invitation: Invitation, peer: string, label: string, now: number): Promise<EnrolmentRequest> {
    const request: EnrolmentRequest = {
      peer,
      address: invitation.address ?? '',
      label,
      codeHash: invitation.codeHash,
      state: 'pending',
      since: now,
      until: now + REQUEST_LIFE_MS,
      reason: '',
      actor: '',
    };
    await this.#ledger.append([
      fact('invitation', { ...invitation, usedBy: peer }),
      fact('enrolment', request),
    ]);
    return request;
  }

  /** Approves a request with the device it becomes. Refuses with `device.unknown` where nothing waits any more. */
  async approve(peer: string, device: Device, told: Told, act: Act): Promise<Result<EnrolmentRequest>> {
    const decided = this.#decide(peer, 'approved', act);
    if (!decided.ok) return decided;
    await this.#ledger.append([fact('enrolment', decided.value), fact('device', device), ...newsFacts(told)]);
    return decided;
  }

  /** Refuses with `device.unknown` where nothing waits any more. */
  async reject(peer: string, act: Act): Promise<Result<EnrolmentRequest>> {
    const decided = this.#decide(peer, 'rejected', act);
    if (decided.ok) await this.#ledger.append([fact('enrolment', decided.value)]);
    return decided;
  }

  #decide(
    peer: string,
    state: EnrolmentRequest['state'],
    { actor, reason, at }: Act,
  ): Result<EnrolmentRequest> {
    const request = this.find(peer);
    return request !== undefined && isPending(request, at)
      ? accept({ ...request, state, actor, reason })
      : refuse('device.unknown', 'that device does not wait for approval; see chancery device pending');
  }
}

export function isPending({ state, until }: EnrolmentRequest, now: number): boolean {
  return state === 'pending' && until >= now;
}
