/**
 * Gives a partner whose log was set back the file of a message that was exchanged with it, chunk by chunk. Guarantees: of no
 * message that it did not send or receive itself.
 */
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { chunksOf, decodeProvenMessage } from '../../protocol/message/index.ts';
import type { HeldFileFrame } from '../../protocol/wire/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import type { Ledger, Messages } from '../ledger/index.ts';

export interface HeldFilesOptions {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly files: SealedFiles;
  readonly suite: CryptoSuite;
}

export class HeldFiles {
  readonly #options: HeldFilesOptions;

  constructor(options: HeldFilesOptions) {
    this.#options = options;
  }

  /** Refuses with `message.unknown-target`, `request.invalid`, or `archive.*` where it can no longer be opened. */
  async chunk(partner: string, { message: id, index }: HeldFileFrame): Promise<Result<Uint8Array>> {
    const { ledger, messages, files, suite } = this.#options;
    try {
      const sequence = messages.position(id);
      if (
        sequence === undefined ||
        sequence >= ledger.log.size ||
        !ledger.log.has(ledger.keys.exchange(partner, sequence))
      )
        return refuse('message.unknown-target', 'no message of that id was exchanged');
      const record = ledger.message(sequence);
      const content = record?.file && decodeProvenMessage(record.envelope, suite).content;
      if (record?.file === undefined || content?.kind !== 'attachment' || index >= chunksOf(content.file))
        return refuse('request.invalid', 'that message brought no such chunk along');
      return accept(await files.chunk(content.file, record.file, index));
    } catch (error) {
      if (error instanceof ChanceryError) return refuse(error.code, error.message);
      throw error;
    }
  }
}
