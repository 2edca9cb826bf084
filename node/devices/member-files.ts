/** Files as members' devices hand them in and have them: chunk by chunk, so that a connection that breaks costs one chunk. */
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { chunksOf, decodeProvenMessage, type FileInfo } from '../../protocol/message/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import type { DeviceRequest } from '../../protocol/wire/index.ts';
import type { FileKey, IncomingFiles, SealedFiles } from '../attachments/index.ts';
import { fileSourceOf } from '../intake/index.ts';
import type { Ledger, Messages } from '../ledger/index.ts';

export interface MemberFilesOptions {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly files: SealedFiles;
  readonly incoming: IncomingFiles;
  readonly suite: CryptoSuite;
}

type Asked<T extends DeviceRequest['type']> = Extract<DeviceRequest, { type: T }>;

export class MemberFiles {
  readonly #options: MemberFilesOptions;

  constructor(options: MemberFilesOptions) {
    this.#options = options;
  }

  /** How many chunks of a file that a device is about to hand in are here. Refuses with `attachment.*`. */
  begin(publicKey: Uint8Array, { file }: Asked<'file-begin'>): Promise<Result<number>> {
    return this.#options.incoming.begin(fileSourceOf({ publicKey }), file);
  }

  /** Takes a chunk of it: those of one device in the order of the calls. Refuses with `attachment.*`. */
  put(publicKey: Uint8Array, { digest, index, bytes }: Asked<'file-put'>): Promise<Result<number>> {
    return this.#options.incoming.put(fileSourceOf({ publicKey }), digest, index, bytes);
  }

  /**
   * A chunk of the file of a message, for a member who was in its conversation then. Refuses with `message.unknown-target`,
   * `message.recalled` or `request.invalid`; throws `archive.*`.
   */
  async chunk(address: string, { message: id, index }: Asked<'file-get'>): Promise<Result<Uint8Array>> {
    const { messages, files } = this.#options;
    const target = messages.target(id);
    const sequence = messages.position(id);
    if (target === undefined || sequence === undefined || !messages.mayRead(address, id, sequence, target))
      return refuse('message.unknown-target', 'no message of that id was for you');
    if (target.recalled) return refuse('message.recalled', 'that message was recalled, and its file with it');
    if (messages.reported(id) !== undefined)
      return refuse('message.reported', 'that message was reported as phishing, and its file with it');
    const found = this.#fileOf(sequence);
    if (found === undefined) return refuse('request.invalid', 'that message brought no file along');
    if (index >= chunksOf(found.file)) return refuse('request.invalid', 'the file has no such chunk');
    return accept(await files.chunk(found.file, found.key, index));
  }

  #fileOf(sequence: number): { readonly file: FileInfo; readonly key: FileKey } | undefined {
    const { ledger, suite } = this.#options;
    if (sequence >= ledger.log.size)
      throw new ChanceryError('archive.unavailable', 'that message is just being archived; try again');
    const record = ledger.message(sequence);
    if (record?.file === undefined) return undefined;
    const { content } = decodeProvenMessage(record.envelope, suite);
    return content.kind === 'attachment' ? { file: content.file, key: record.file } : undefined;
  }
}
