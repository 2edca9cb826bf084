/** Seals what belongs to entries under the archive's own key, and opens it. */
import {
  boundTo,
  decodeSealed,
  encodeSealed,
  joinSalted,
  NONCE_BYTES,
  splitSalted,
  type SaltedContent,
} from '../../protocol/archive/index.ts';
import type { Place, Sealer } from '../archive/index.ts';
import { aesOpen, aesSeal } from '../crypto/index.ts';
import { BlockKeys } from './block-keys.ts';

const NOTHING = new Uint8Array(0);

export interface EntrySealerOptions {
  /** 32 bytes; the caller's to zero. */
  readonly archiveKey: Uint8Array;
  readonly randomBytes: (length: number) => Uint8Array;
}

export class EntrySealer implements Sealer {
  readonly #randomBytes: EntrySealerOptions['randomBytes'];
  readonly #headers: BlockKeys;
  readonly #contents: BlockKeys;

  constructor({ archiveKey, randomBytes }: EntrySealerOptions) {
    this.#randomBytes = randomBytes;
    this.#headers = new BlockKeys(archiveKey, 'header');
    this.#contents = new BlockKeys(archiveKey, 'content');
  }

  seal({ sequence, kind }: Place, header: Uint8Array, content: SaltedContent): Uint8Array {
    const nonce = this.#randomBytes(NONCE_BYTES);
    const headerKey = this.#headers.key(this.#headers.blockOf(sequence));
    const contentKey = this.#contents.key(this.#contents.blockOf(sequence));
    return encodeSealed({
      nonce,
      header:
        header.length === 0 ? NOTHING : aesSeal(headerKey, nonce, boundTo('header', sequence, kind), header),
      content: aesSeal(contentKey, nonce, boundTo('content', sequence, kind), joinSalted(content)),
    });
  }

  header({ sequence, kind }: Place, stored: Uint8Array): Uint8Array | undefined {
    const sealed = decodeSealed(stored);
    if (sealed === undefined || sealed.header.length === 0) return sealed?.header;
    const key = this.#headers.key(this.#headers.blockOf(sequence));
    return aesOpen(key, sealed.nonce, boundTo('header', sequence, kind), sealed.header);
  }

  content({ sequence, kind }: Place, stored: Uint8Array): SaltedContent | undefined {
    const sealed = decodeSealed(stored);
    if (sealed === undefined) return undefined;
    const key = this.#contents.key(this.#contents.blockOf(sequence));
    const opened = aesOpen(key, sealed.nonce, boundTo('content', sequence, kind), sealed.content);
    return opened === undefined ? undefined : splitSalted(opened);
  }
}
