/**
 * The data keys of conversations and months: made before the first message that needs one, in the same append, wrapped
 * under the window key of the month and for the devices of the officers there are. Guarantees: a data key is in memory
 * only while its window key is; what is wrapped for a device was sealed for its key and for nothing else.
 */
import { concat } from 'uint8arrays/concat';
import {
  DATA_KEY_ID_BYTES,
  DATA_KEY_INFO,
  dataKeyContext,
  monthOf,
  NONCE_BYTES,
} from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { sendingKeys, type X25519 } from '../../protocol/hpke/index.ts';
import { byteName } from '../archive/index.ts';
import { aesKey, aesOpen, aesSeal, type AesKey } from '../crypto/index.ts';
import type { FindDataKey, WindowKeys } from '../sealing/index.ts';
import { fact, PRESENT, put, type Fact } from './fact.ts';
import type { Ledger, MessageKeys } from './ledger.ts';
import { MAX_WRAPS, type RecordOf } from './records.ts';
import type { View } from './view.ts';

type DataKeyRecord = RecordOf<'data-key'>;

/** An officer's device. */
export interface OfficerDevice {
  readonly address: string;
  readonly peer: string;
  /** Ed25519. */
  readonly publicKey: Uint8Array;
}

/** A data key as it is wrapped for one device: the sender's ephemeral key, and the sealed key. */
export interface WrappedDataKey {
  readonly enc: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface DataKeysOptions {
  readonly ledger: Ledger;
  readonly windows: WindowKeys;
  /** The devices of officers, as far as is known. */
  readonly officers: () => readonly OfficerDevice[];
  readonly x25519: X25519;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Open data keys in memory: of every conversation of a busy hour. */
const MAX_OPEN = 8_192;

const KEY_BYTES = 32;
const ENC_BYTES = 32;

export const dataKeyView: View<'data-key'> = ({ said, bytes, sequence }, { keys }) => [
  put(keys.keyEntry(said.id, sequence), PRESENT),
  put(keys.dataKey(said.id), bytes),
  put(keys.dataKeyOf(said.conversation, said.month), said.id),
  put(keys.windowKey(said.month, said.id), PRESENT),
  ...said.wraps.map(({ peer, enc, sealed }) => put(keys.dataKeyWrap(said.id, peer), concat([enc, sealed]))),
];

export const dataKeyWrapsView: View<'data-key-wraps'> = ({ said: { peer, wraps }, sequence }, { keys }) =>
  wraps.flatMap(({ id, enc, sealed }) => [
    put(keys.keyEntry(id, sequence), PRESENT),
    put(keys.dataKeyWrap(id, peer), concat([enc, sealed])),
  ]);

export const windowClosedView: View<'window-closed'> = ({ said: { month } }, { keys }) => [
  put(keys.windowClosed(month), PRESENT),
];

export class DataKeys implements MessageKeys {
  readonly #options: DataKeysOptions;
  readonly #open = new Map<string, { readonly month: string; readonly key: AesKey }>();

  constructor(options: DataKeysOptions) {
    this.#options = options;
  }

  forConversations(
    conversations: readonly (Uint8Array | undefined)[],
    time: number,
  ): { ids: (Uint8Array | undefined)[]; facts: readonly Fact[] } {
    const { ledger } = this.#options;
    const month = monthOf(time);
    const made = new Map<string, DataKeyRecord>();
    const ids = conversations.map((conversation) => {
      if (conversation === undefined) return undefined;
      const known = ledger.decoded(ledger.keys.dataKeyOf(conversation, month), (id) => id);
      if (known !== undefined && this.isOpen(known)) return known; // its window key may have been lost
      const name = byteName(conversation);
      const record = made.get(name) ?? this.#make(conversation, month);
      made.set(name, record);
      return record.id;
    });
    return { ids, facts: [...made.values()].map((record) => fact('data-key', record)) };
  }

  /** What opens contents: see `EntrySealer`. */
  readonly find: FindDataKey = (id) => {
    const name = byteName(id);
    const known = this.#open.get(name);
    if (known !== undefined && this.#options.windows.get(known.month) !== undefined) return known;
    const record = this.record(id);
    if (record === undefined) return undefined;
    const { month } = record;
    const bytes = this.#unwrap(record);
    if (bytes === undefined) return { month, key: null };
    return this.#keep(id, month, bytes);
  };

  /** What the log holds of a data key. */
  record(id: Uint8Array): DataKeyRecord | undefined {
    const { ledger } = this.#options;
    return ledger.view('data-key', ledger.keys.dataKey(id));
  }

  /** A data key as it is wrapped for a device; undefined where it never was. */
  wrapFor(id: Uint8Array, peer: string): WrappedDataKey | undefined {
    const { ledger } = this.#options;
    const wrap = ledger.get(ledger.keys.dataKeyWrap(id, peer));
    return wrap === undefined
      ? undefined
      : { enc: wrap.subarray(0, ENC_BYTES), sealed: wrap.subarray(ENC_BYTES) };
  }

  /** The ids of the data keys of a month. */
  async ofMonth(month: string): Promise<Uint8Array[]> {
    const { ledger } = this.#options;
    const ids: Uint8Array[] = [];
    for await (const [key] of ledger.iterate(ledger.keys.within('window', 'key', month)))
      ids.push(key.slice(-DATA_KEY_ID_BYTES));
    return ids;
  }

  /** Whether a data key can still be opened here. */
  isOpen(id: Uint8Array): boolean {
    return Boolean(this.find(id)?.key);
  }

  /** Whether it is on record that the window of a month is closed. */
  isClosed(month: string): boolean {
    const { ledger } = this.#options;
    return ledger.get(ledger.keys.windowClosed(month)) !== undefined;
  }

  /** Wraps data keys of an open window for a device, and records it. What cannot be opened any more is left out. */
  async wrapAll(ids: readonly Uint8Array[], device: OfficerDevice): Promise<void> {
    const { ledger } = this.#options;
    for (let at = 0; at < ids.length; at += MAX_WRAPS) {
      const wraps = ids.slice(at, at + MAX_WRAPS).flatMap((id) => {
        const record = this.record(id);
        const key = record && this.#unwrap(record);
        return record && key ? [{ id, ...this.#wrap(record, key, device.publicKey) }] : [];
      });
      if (wraps.length > 0) await ledger.append([fact('data-key-wraps', { peer: device.peer, wraps })]);
    }
  }

  /** Closes the window of a month: on record first, and then its key is destroyed. */
  async close(month: string): Promise<void> {
    const { ledger, windows } = this.#options;
    if (!this.isClosed(month)) await ledger.append([fact('window-closed', { month })]);
    this.#open.clear();
    await windows.destroy(month);
  }

  /** What is in memory of a data key is no longer. */
  forget(id: Uint8Array): void {
    this.#open.delete(byteName(id));
  }

  #make(conversation: Uint8Array, month: string): DataKeyRecord {
    const { windows, officers, randomBytes } = this.#options;
    const windowKey = windows.get(month);
    if (windowKey === undefined)
      throw new ChanceryError(
        'archive.unavailable',
        `the window key of ${month} is not made yet; try again in a moment`,
        { facts: { month } },
      );
    const name = { id: randomBytes(DATA_KEY_ID_BYTES), conversation, month };
    const key = randomBytes(KEY_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    const window = concat([nonce, aesSeal(windowKey, nonce, dataKeyContext(name), key)]);
    const wraps = officers().map(({ peer, publicKey }) => ({ peer, ...this.#wrap(name, key, publicKey) }));
    this.#keep(name.id, month, key);
    return { ...name, window, wraps };
  }

  #wrap(
    name: Pick<DataKeyRecord, 'id' | 'conversation' | 'month'>,
    key: Uint8Array,
    publicKey: Uint8Array,
  ): WrappedDataKey {
    const { x25519, randomBytes } = this.#options;
    const ephemeral = randomBytes(KEY_BYTES);
    const sealing = sendingKeys(x25519, x25519.ofEd25519(publicKey), ephemeral, DATA_KEY_INFO);
    ephemeral.fill(0);
    const sealed = aesSeal(aesKey(sealing.key), sealing.nonce, dataKeyContext(name), key);
    sealing.key.fill(0);
    return { enc: sealing.enc, sealed };
  }

  /** The key itself; undefined where its window key is destroyed, or was lost and another one made. */
  #unwrap(record: DataKeyRecord): Uint8Array | undefined {
    const windowKey = this.#options.windows.get(record.month);
    if (windowKey === undefined) return undefined;
    const nonce = record.window.subarray(0, NONCE_BYTES);
    return aesOpen(windowKey, nonce, dataKeyContext(record), record.window.subarray(NONCE_BYTES));
  }

  #keep(id: Uint8Array, month: string, bytes: Uint8Array): { month: string; key: AesKey } {
    const opened = { month, key: aesKey(bytes) };
    bytes.fill(0);
    if (this.#open.size >= MAX_OPEN) this.#open.clear();
    this.#open.set(byteName(id), opened);
    return opened;
  }
}
