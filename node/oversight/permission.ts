/**
 * Whether an officer may be handed entries: where policy asks for a second officer, only what one approved, for the same
 * purpose and case, on the same device, and for a quarter of an hour.
 */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { entriesOf, readAct } from '../../protocol/oversight/index.ts';
import type { Grounds } from '../../protocol/wire/index.ts';
import { isOfficer } from '../custody/index.ts';
import type { Device, Ledger, Members, OfficerActs } from '../ledger/index.ts';

/** Approved requests whose entries are kept in memory: one export asks many times. */
const MAX_KEPT = 8;

export interface PermissionOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly acts: OfficerActs;
  readonly isUnderFourEyes: (action: 'open' | 'export') => boolean;
}

/** What is asked to be handed out, and the request that was approved for it; null where none is named. */
export interface HandingOut {
  readonly action: 'open' | 'export';
  readonly grounds: Grounds;
  readonly sequences: readonly number[];
  readonly approval: number | null;
}

interface Approved extends Omit<HandingOut, 'sequences' | 'approval'> {
  readonly entries: ReadonlySet<number>;
}

export class Permission {
  readonly #options: PermissionOptions;
  readonly #kept = new Map<number, Approved>();

  constructor(options: PermissionOptions) {
    this.#options = options;
  }

  /** Refuses with `approval.required`, `approval.missing`, `approval.other` or `approval.expired`. */
  check(wanted: HandingOut, device: Device): Result<void> {
    const { acts, ledger, members, isUnderFourEyes } = this.#options;
    const { action, approval } = wanted;
    if (!isUnderFourEyes(action)) return accept(undefined);
    if (approval === null)
      return refuse(
        'approval.required',
        `to ${action} what was archived takes a second officer: ask for it with --ask`,
      );
    const request = acts.request(approval);
    if (request === undefined || request.state !== 'approved')
      return refuse('approval.missing', `request ${approval} was not approved by another officer`);
    const approver = request.by === null ? undefined : members.find(request.by);
    if (approver === undefined || !isOfficer(approver))
      return refuse('approval.missing', `who approved request ${approval} is no compliance officer any more`);
    if (ledger.log.now > request.expires)
      return refuse('approval.expired', `the approval of request ${approval} is over; ask for it anew`);
    const approved = this.#approved(approval);
    const isSame =
      approved !== undefined &&
      request.officer === device.address &&
      request.device === device.peer &&
      approved.action === action &&
      approved.grounds.purpose === wanted.grounds.purpose &&
      approved.grounds.case === wanted.grounds.case &&
      wanted.sequences.every((sequence) => approved.entries.has(sequence));
    return isSame
      ? accept(undefined)
      : refuse('approval.other', `request ${approval} was approved for something else; ask for this anew`);
  }

  #approved(request: number): Approved | undefined {
    const kept = this.#kept.get(request);
    if (kept !== undefined) return kept;
    const record = this.#options.acts.record(request);
    const act = record === undefined ? undefined : readAct(record.act);
    if (act?.ok !== true || act.value.deed.kind !== 'ask') return undefined;
    const { asked } = act.value.deed;
    if (asked.action !== 'open' && asked.action !== 'export') return undefined;
    const { action, purpose, case: name, entries } = asked;
    const approved = { action, grounds: { purpose, case: name }, entries: new Set(entriesOf(entries)) };
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(request, approved);
    return approved;
  }
}
