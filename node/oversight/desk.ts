/** What officers' devices hand in and ask about oversight, answered to compliance officers in good standing alone. */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { DeviceAnswer, DeviceRequest, ShownRequest } from '../../protocol/wire/index.ts';
import { isOfficer } from '../custody/index.ts';
import type { Holds, Ledger, Members, OfficerActs, OfficerRequest } from '../ledger/index.ts';
import { formatPolicy } from './oversight-policy.ts';
import type { Acting, Oversight } from './oversight.ts';
import type { PolicyInForce } from './policy-in-force.ts';

export type OversightRequest = Extract<DeviceRequest, { type: `officer-${string}` }>;
type OversightAnswer = Extract<DeviceAnswer, { type: `officer-${string}` }>;

export interface OversightDeskOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly acts: OfficerActs;
  readonly holds: Holds;
  readonly policy: PolicyInForce;
  readonly oversight: Oversight;
}

export class OversightDesk {
  readonly #options: OversightDeskOptions;

  constructor(options: OversightDeskOptions) {
    this.#options = options;
  }

  /** Refuses with `officer.required`, and what `Oversight.act` refuses with. */
  async answer(request: OversightRequest, acting: Acting): Promise<Result<OversightAnswer>> {
    const { members, oversight, policy } = this.#options;
    const { address } = acting.device;
    const member = members.find(address);
    if (member === undefined || !isOfficer(member))
      return refuse('officer.required', `${address} is no compliance officer in good standing`);
    const { id } = request;
    switch (request.type) {
      case 'officer-act': {
        const acted = await oversight.act(request.act, acting);
        return acted.ok ? accept({ type: 'officer-acted', id, ...acted.value }) : acted;
      }
      case 'officer-requests':
        return accept({
          type: 'officer-requests',
          id,
          ...(await this.#requests(request.before, request.limit)),
        });
      case 'officer-request':
        return this.#request(id, request.request);
      case 'officer-holds':
        return accept({ type: 'officer-holds', id, holds: this.#holds() });
      case 'officer-policy': {
        const inForce = formatPolicy(policy.current);
        return accept({ type: 'officer-policy', id, inForce, waiting: policy.waiting });
      }
    }
  }

  async #requests(
    before: number | null,
    limit: number,
  ): Promise<{ requests: ShownRequest[]; next: number | null }> {
    const found = await this.#options.acts.requests(before, limit);
    const requests = found.map(({ sequence, ...request }) => this.#shown(sequence, request));
    return { requests, next: found.length === limit ? (found.at(-1)?.sequence ?? null) : null };
  }

  #request(id: number, sequence: number): Result<OversightAnswer> {
    const { acts } = this.#options;
    const request = acts.request(sequence);
    const record = request === undefined ? undefined : acts.record(sequence);
    if (request === undefined || record === undefined)
      return refuse('approval.missing', `entry ${sequence} asks no officer for anything`);
    const shown = this.#shown(sequence, request);
    return accept({ type: 'officer-request', id, request: shown, act: record.act, chain: record.chain });
  }

  #shown(sequence: number, { state, action, officer, expires, by }: OfficerRequest): ShownRequest {
    const time = this.#timeOf(sequence);
    const isOver = state === 'requested' && expires < this.#options.ledger.log.now;
    return { request: sequence, time, state: isOver ? 'expired' : state, action, officer, expires, by };
  }

  #holds(): Extract<OversightAnswer, { type: 'officer-holds' }>['holds'] {
    return this.#options.holds.active.map(({ sequence, matter, actor, reason }) => ({
      hold: sequence,
      time: this.#timeOf(sequence),
      matter,
      officer: actor,
      reason,
    }));
  }

  #timeOf(sequence: number): number {
    return this.#options.ledger.log.entry(sequence)?.time ?? 0;
  }
}
