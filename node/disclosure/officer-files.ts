/**
 * The files that came with messages, as compliance officers are handed them: sealed, as they lie beside the log. The node
 * opens nothing. Guarantees: officers in good standing only; that a file is handed out, for what purpose and in which
 * case, is an entry of the log before its first byte is, and it is not where that cannot be recorded.
 */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { DeviceAnswer, DeviceRequest } from '../../protocol/wire/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import type { Accesses, AccessRecord, Device, Ledger, Members } from '../ledger/index.ts';
import type { Permission } from '../oversight/index.ts';
import { requireOfficer } from './officer.ts';

/** Milliseconds for which a record serves: the largest file at a megabit a second, and some. Then another one is made. */
const SERVES_MS = 4 * 60 * 60 * 1000;

type Request<T extends DeviceRequest['type']> = Extract<DeviceRequest, { type: T }>;
type Answer<T extends DeviceAnswer['type']> = Extract<DeviceAnswer, { type: T }>;

export interface OfficerFilesOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly accesses: Accesses;
  readonly files: Pick<SealedFiles, 'has' | 'read'>;
  /** Whether it takes a second officer, and one has approved. */
  readonly permission: Pick<Permission, 'check'>;
}

export class OfficerFiles {
  readonly #options: OfficerFilesOptions;

  constructor(options: OfficerFilesOptions) {
    this.#options = options;
  }

  /**
   * Records that the file of an entry is handed out. Refuses with `officer.required`, `request.invalid` or `archive.*`;
   * throws why it cannot be recorded.
   */
  async begin(
    request: Request<'archive-file-begin'>,
    device: Device,
  ): Promise<Result<Answer<'archive-file-begun'>>> {
    const allowed = requireOfficer(this.#options.members, device);
    if (!allowed.ok) return allowed;
    const { id, grounds, action, sequence, approval } = request;
    const wanted = { action, grounds, sequences: [sequence], approval: approval ?? null };
    const permitted = this.#options.permission.check(wanted, device);
    if (!permitted.ok) return permitted;
    const sealed = this.#sealedOf(sequence);
    if (!sealed.ok) return sealed;
    const access = await this.#options.accesses.record({
      ...{ actor: device.address, device: device.peer, action, part: 'file', ...grounds },
      ...{ query: `the file of ${sequence}`, entries: [sequence] },
      ...(approval === undefined ? {} : { approval }),
    });
    return accept({ type: 'archive-file-begun', id, access });
  }

  /** Bytes of a file of which it is on record that this device is handed it. Refuses like `begin`. */
  async piece(
    request: Request<'archive-file-get'>,
    device: Device,
  ): Promise<Result<Answer<'archive-file-piece'>>> {
    const allowed = requireOfficer(this.#options.members, device);
    if (!allowed.ok) return allowed;
    const { id, access, sequence, at, length } = request;
    if (!this.#isOnRecord(access, sequence, device))
      return refuse(
        'request.invalid',
        `no record says that this device is handed the file of ${sequence} now`,
      );
    const sealed = this.#sealedOf(sequence);
    if (!sealed.ok) return sealed;
    const bytes = await this.#options.files.read(sealed.value, at, length);
    return bytes === undefined ? damaged(sequence) : accept({ type: 'archive-file-piece', id, bytes });
  }

  /** The hash of the sealed file of an entry. */
  #sealedOf(sequence: number): Result<Uint8Array> {
    const { ledger, files } = this.#options;
    const kind = ledger.log.entry(sequence)?.kind;
    if (kind === undefined) return refuse('request.invalid', `there is no entry ${sequence}`);
    if (ledger.isDisposed(sequence))
      return refuse(
        'archive.disposed',
        `the content of entry ${sequence} was disposed of, as its certificate says`,
      );
    const sealed = kind === 'message' ? ledger.header('message', sequence)?.file : undefined;
    if (sealed === undefined) return refuse('request.invalid', `no file came with entry ${sequence}`);
    return files.has(sealed) ? accept(sealed) : damaged(sequence);
  }

  #isOnRecord(access: number, sequence: number, { address, peer }: Device): boolean {
    const { log } = this.#options.ledger;
    const entry = log.entry(access);
    if (entry?.kind !== 'access' || access >= log.size || log.now - entry.time > SERVES_MS) return false;
    const record: AccessRecord | undefined = this.#options.ledger.record('access', access);
    return (
      record?.part === 'file' &&
      record.actor === address &&
      record.device === peer &&
      record.entries.includes(sequence)
    );
  }
}

function damaged(sequence: number): ReturnType<typeof refuse> {
  return refuse(
    'archive.damaged',
    `the file of entry ${sequence} is missing or changed in the archive; run chancery archive verify`,
  );
}
