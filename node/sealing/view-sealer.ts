/**
 * Seals the values of the views over the log, each bound to its key, names texts in keys, and makes the tokens that are
 * searched for. All under keys derived from the archive's own.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { NONCE_BYTES } from '../../protocol/archive/index.ts';
import { aesOpen, aesSeal } from '../crypto/index.ts';
import { BlockKeys, deriveSecret } from './block-keys.ts';
import { SearchTokens } from './search-tokens.ts';

/** A name is so many bytes of an HMAC: no two of a billion texts share one by chance. */
const NAME_BYTES = 16;

/** Names kept in memory: of every address and domain of a busy hour. */
const MAX_NAMES = 16_384;

const BLOCK_BYTES = 4;
const SEALED_AT = BLOCK_BYTES + NONCE_BYTES;

export class ViewSealer {
  readonly tokens: SearchTokens;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #values: BlockKeys;
  readonly #naming: KeyObject;
  readonly #names = new Map<string, Uint8Array>();

  /** @param archiveKey 32 bytes; the caller's to zero */
  constructor(archiveKey: Uint8Array, randomBytes: (length: number) => Uint8Array) {
    this.tokens = new SearchTokens(archiveKey);
    this.#randomBytes = randomBytes;
    this.#values = new BlockKeys(archiveKey, 'view');
    const naming = deriveSecret(createSecretKey(archiveKey), 'names');
    this.#naming = createSecretKey(naming);
    naming.fill(0);
  }

  /** 16 bytes that stand for a text: HMAC-SHA-256 (RFC 2104), cut. */
  nameOf(text: string): Uint8Array {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const mac = createHmac('sha256', this.#naming).update(text).digest();
    const name = new Uint8Array(mac.subarray(0, NAME_BYTES));
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.set(text, name);
    return name;
  }

  /** The value of a key as it is stored; `sequence` is that of the entry that made it. */
  seal(key: Uint8Array, value: Uint8Array, sequence: number): Uint8Array {
    const block = this.#values.blockOf(sequence);
    const nonce = this.#randomBytes(NONCE_BYTES);
    const sealed = aesSeal(this.#values.key(block), nonce, key, value);
    const stored = new Uint8Array(SEALED_AT + sealed.length);
    new DataView(stored.buffer).setUint32(0, block);
    stored.set(nonce, BLOCK_BYTES);
    stored.set(sealed, SEALED_AT);
    return stored;
  }

  /** Undefined for what was not sealed for this key. */
  open(key: Uint8Array, stored: Uint8Array): Uint8Array | undefined {
    if (stored.length < SEALED_AT) return undefined;
    const block = new DataView(stored.buffer, stored.byteOffset).getUint32(0);
    const nonce = stored.subarray(BLOCK_BYTES, SEALED_AT);
    return aesOpen(this.#values.key(block), nonce, key, stored.subarray(SEALED_AT));
  }
}
