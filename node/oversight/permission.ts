/**
 * Whether an officer may be handed entries: where policy asks for a second officer, only what one approved, for the same
 * purpose and case, on the same device, and for a quarter of an hour. What says who was in the conversations of messages whose
 * export was approved comes with them.
 */
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { entriesOf, readAct } from '../../protocol/oversight/index.ts';
import type { Grounds } from '../../protocol/wire/index.ts';
import { byteName } from '../archive/index.ts';
import { isOfficer } from '../custody/index.ts';
import type { Device, HeaderOf, Ledger, Members, OfficerActs } from '../ledger/index.ts';

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
  /** Names of the conversations that the entries are of, once one beside them was asked for. */
  conversations?: ReadonlySet<string>;
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
      wanted.sequences.every(
        (sequence) => approved.entries.has(sequence) || this.#isBeside(approved, sequence),
      );
    return isSame
      ? accept(undefined)
      : refuse('approval.other', `request ${approval} was approved for something else; ask for this anew`);
  }

  /** Whether an entry says who was in a conversation of which an export was approved. */
  #isBeside(approved: Approved, sequence: number): boolean {
    if (approved.action !== 'export') return false;
    const header = this.#headerOf(sequence);
    if (header === undefined || (header.kind !== 'create' && header.kind !== 'membership')) return false;
    approved.conversations ??= new Set(
      [...approved.entries].flatMap((entry) => {
        const found = this.#headerOf(entry);
        return found === undefined ? [] : [byteName(found.conversation)];
      }),
    );
    return approved.conversations.has(byteName(header.conversation));
  }

  /** Undefined for what is no message, or cannot be read any more. */
  #headerOf(sequence: number): HeaderOf<'message'> | undefined {
    const { ledger } = this.#options;
    try {
      return ledger.log.entry(sequence)?.kind === 'message' ? ledger.header('message', sequence) : undefined;
    } catch (error) {
      if (error instanceof ChanceryError && /^archive[.](damaged|disposed)$/.test(error.code))
        return undefined;
      throw error;
    }
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
    const grounds = { purpose, case: name };
    const approved: Approved = { action, grounds, entries: new Set(entriesOf(entries)) };
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(request, approved);
    return approved;
  }
}
