/**
 * What the log holds about a person beside messages, as compliance officers are handed it for who asks what is known of
 * them (GDPR, Article 15). Guarantees: officers in good standing only; recorded before it is shown; nothing that is
 * privileged is among it, see `protocol/archive/about-person.ts`.
 */
import { isAbout, isAboutKind, joinSalted } from '../../protocol/archive/index.ts';
import { accept, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_ABOUT,
  MAX_DISCLOSED_BYTES,
  type DeviceAnswer,
  type DeviceRequest,
  type OpenEntry,
} from '../../protocol/wire/index.ts';
import { entriesWithin } from '../archive/index.ts';
import type { Accesses, Device, Ledger, Members } from '../ledger/index.ts';
import { requireOfficer } from './officer.ts';

/** Entries whose kind is looked at for one answer, and contents that are opened: some tens of milliseconds. */
const MAX_PASSED = 16_384;
const MAX_OPENED = 1_024;

type Request = Extract<DeviceRequest, { type: 'archive-about' }>;
type Answer = Extract<DeviceAnswer, { type: 'archive-about-found' }>;

export interface SubjectAccessOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly accesses: Accesses;
}

export class SubjectAccess {
  readonly #options: SubjectAccessOptions;

  constructor(options: SubjectAccessOptions) {
    this.#options = options;
  }

  /** Entries about a person in the order of the log, from one on. Refuses with `officer.required`; throws `archive.*`. */
  async find(request: Request, device: Device): Promise<Result<Answer>> {
    const { members, accesses } = this.#options;
    const allowed = requireOfficer(members, device);
    if (!allowed.ok) return allowed;
    const { id, grounds, person, from } = request;
    const { records, next } = this.#search(request);
    const isSilent = records.length === 0 && from > 0; // the first answer says that it was looked for
    const access = isSilent
      ? null
      : await accesses.record({
          ...{ actor: device.address, device: device.peer, action: 'export', part: 'about', ...grounds },
          ...{ query: `about ${person}`, entries: records.map(({ sequence }) => sequence) },
        });
    return accept({ type: 'archive-about-found', id, access, records, next });
  }

  #search({ person, since, until, from }: Request): Pick<Answer, 'records' | 'next'> {
    const { log } = this.#options.ledger;
    const [first, end] = entriesWithin(log, log.size, { since, until });
    const records: OpenEntry[] = [];
    let [opened, bytes, passed] = [0, 0, 0];
    for (let sequence = Math.max(first, from); sequence < end; sequence += 1) {
      const isFull =
        records.length === MAX_ABOUT ||
        opened === MAX_OPENED ||
        passed === MAX_PASSED ||
        bytes > MAX_DISCLOSED_BYTES / 2;
      if (isFull) return { records, next: sequence };
      passed += 1;
      const kind = log.entry(sequence)?.kind ?? '';
      if (!isAboutKind(kind)) continue;
      opened += 1;
      const [entry, salt, content] = [log.entryBytes(sequence), log.salt(sequence), log.content(sequence)];
      if (entry === undefined || salt === undefined || content === undefined) continue;
      if (!isAbout(kind, content, person)) continue;
      bytes += content.length;
      records.push({ sequence, entry, salted: joinSalted({ salt, content }) });
    }
    return { records, next: null };
  }
}
