/** Seals what belongs to entries under the archive's own key, contents also under data keys, and opens it. */
import {
  boundTo,
  decodeSealed,
  NONCE_BYTES,
  sealedFrame,
  splitSalted,
  type OpenedContent,
} from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Place, Sealer } from '../archive/index.ts';
import { aesOpen, aesSealInto, type AesKey } from '../crypto/index.ts';
import { BlockKeys } from './block-keys.ts';

/** A data key that can be used; of another only which month it is of, and undefined where there is none of that id. */
export type FindDataKey = (
  id: Uint8Array,
) => { readonly month: string; readonly key: AesKey | null } | undefined;

export class EntrySealer implements Sealer {
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #headers: BlockKeys;
  readonly #contents: BlockKeys;
  #findDataKey: FindDataKey = () => undefined;

  /** @param archiveKey 32 bytes; the caller's to zero */
  constructor(archiveKey: Uint8Array, randomBytes: (length: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
    this.#headers = new BlockKeys(archiveKey, 'header');
    this.#contents = new BlockKeys(archiveKey, 'content');
  }

  /** Where data keys are found, once the log in which they lie is open. */
  useDataKeys(find: FindDataKey): void {
    this.#findDataKey = find;
  }

  seal({ sequence, kind }: Place, header: Uint8Array, salted: Uint8Array, dataKey?: Uint8Array): Uint8Array {
    const nonce = this.#randomBytes(NONCE_BYTES);
    const contentKey = this.#contentKey(sequence, dataKey);
    const frame = sealedFrame(dataKey, nonce, header.length, salted.length);
    if (header.length > 0) {
      const headerKey = this.#headers.key(this.#headers.blockOf(sequence));
      aesSealInto(frame.header, headerKey, nonce, boundTo('header', sequence, kind), header);
    }
    aesSealInto(frame.content, contentKey, nonce, boundTo('content', sequence, kind), salted);
    return frame.stored;
  }

  header({ sequence, kind }: Place, stored: Uint8Array): Uint8Array | undefined {
    const sealed = decodeSealed(stored);
    if (sealed === undefined || sealed.header.length === 0) return sealed?.header;
    const key = this.#headers.key(this.#headers.blockOf(sequence));
    return aesOpen(key, sealed.nonce, boundTo('header', sequence, kind), sealed.header);
  }

  content({ sequence, kind }: Place, stored: Uint8Array): OpenedContent | undefined {
    const sealed = decodeSealed(stored);
    if (sealed === undefined) return undefined;
    const key = this.#contentKey(sequence, sealed.dataKey);
    const opened = aesOpen(key, sealed.nonce, boundTo('content', sequence, kind), sealed.content);
    return opened === undefined ? undefined : splitSalted(opened);
  }

  #contentKey(sequence: number, dataKey: Uint8Array | undefined): AesKey {
    if (dataKey === undefined) return this.#contents.key(this.#contents.blockOf(sequence));
    const found = this.#findDataKey(dataKey);
    if (found?.key) return found.key;
    const month = found?.month ?? 'an unknown month';
    throw new ChanceryError(
      'archive.sealed',
      `entry ${sequence} is of ${month}, and the key of that month is not here: only the device of a compliance officer can open it`,
      { facts: { sequence, month } },
    );
  }
}
