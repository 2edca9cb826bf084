/**
 * Takes away what a disposal certificate names: contents, and every row of the views that was made from them. Guarantees: a
 * content and its rows go in one batch, which also notes the file that is to go; it can be broken off anywhere and begun
 * again; what is gone already is passed over.
 */
import { headerAlone } from '../../protocol/archive/index.ts';
import { contentKey, isDisposed, type Op } from '../archive/index.ts';
import {
  del,
  matterOf,
  put,
  type HeaderOf,
  type Holds,
  type Ledger,
  type Members,
  type RecordOf,
} from '../ledger/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';

/** Contents that go in one batch. */
const BATCH = 32;

export interface RemovalOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly holds: Holds;
  /** A data key is gone: nothing of it may stay in memory. */
  readonly onKeyGone: (id: Uint8Array) => void;
}

/** What a certificate names, and what it leaves. */
type Named = RecordOf<'disposal'>['disposed'][number];

export class Removal {
  readonly #options: RemovalOptions;
  /** Whose feeds a conversation's messages are in, for one run. */
  readonly #feeds = new Map<string, readonly string[]>();
  #domains: readonly string[] | undefined;

  constructor(options: RemovalOptions) {
    this.#options = options;
  }

  /** Throws `archive.held` or `archive.retained` where the store knows of something that the certificate did not. */
  async run(certificate: number): Promise<void> {
    const { ledger } = this.#options;
    const record = ledger.record('disposal', certificate);
    if (record === undefined) return;
    const { disposed, time } = record;
    for (let at = 0; at < disposed.length; at += BATCH) {
      const named = disposed.slice(at, at + BATCH);
      const also: Op[] = [];
      for (const one of named) also.push(...(await this.#opsOf(one)));
      if (at + BATCH >= disposed.length) also.push(del(ledger.keys.pendingEffect(certificate)));
      await this.#dispose(
        named.map(({ sequence }) => sequence),
        time,
        also,
      );
      ledger.forget();
    }
  }

  /**
   * A hold by words keeps what cannot be opened here. Where the primary could open it, its certificate says that the words
   * are not in it.
   */
  async #dispose(sequences: readonly number[], time: number, also: readonly Op[]): Promise<void> {
    const { log } = this.#options.ledger;
    for (let tries = sequences.length; ; tries -= 1) {
      try {
        await log.dispose(sequences, time, also);
        return;
      } catch (error) {
        const held = error instanceof ChanceryError && error.code === 'archive.held' && tries > 0;
        if (!held) throw error;
        await this.#releaseWords(Number(error.facts['sequence']), error);
      }
    }
  }

  async #releaseWords(sequence: number, error: unknown): Promise<void> {
    const byWords = this.#options.holds.active.filter(({ scope }) => scope.words.length > 0);
    if (byWords.length === 0) throw error;
    for (const hold of byWords)
      await this.#options.ledger.log.release({ from: sequence, to: sequence + 1 }, matterOf(hold.sequence));
  }

  async #opsOf(named: Named): Promise<readonly Op[]> {
    const { ledger } = this.#options;
    try {
      switch (ledger.log.entry(named.sequence)?.kind) {
        case 'message':
          return await this.#message(named);
        case 'data-key':
          return await this.#dataKey(named.sequence);
        case 'data-key-wraps':
          return this.#wraps(named.sequence);
        default:
          return [];
      }
    } catch (error) {
      if (isDisposed(error)) return [];
      throw error;
    }
  }

  async #message({ sequence, kept }: Named): Promise<readonly Op[]> {
    const { ledger } = this.#options;
    const { keys, log } = ledger;
    const header = ledger.header('message', sequence);
    const [record] = await log.stored(sequence, 1);
    if (header === undefined || record === undefined) return [];
    const rows = [keys.timeline(header.conversation, sequence), keys.said(header.sender, sequence)];
    // that a message was recalled stays known by its id: it must not be shown again as it was
    if (header.target !== undefined) rows.push(keys.version(header.target, sequence));
    const { file } = header;
    const fileRows = file === undefined ? [] : [del(keys.file(sequence)), put(keys.goneFile(sequence), file)];
    for (const domain of await this.#partners()) rows.push(keys.outbox(domain, sequence));
    for (const address of await this.#readers(header)) rows.push(keys.feed(address, sequence));
    const left = kept === null ? [] : [leave(sequence, headerAlone(record.stored))];
    return [...rows.map((key) => del(key)), ...fileRows, ...left];
  }

  /** Those with whom there is or was an agreement: a message to one that was ended may wait for ever. */
  async #partners(): Promise<readonly string[]> {
    const { ledger } = this.#options;
    this.#domains ??= (await ledger.views('agreement', ledger.keys.within('agreement'))).map(
      ({ domain }) => domain,
    );
    return this.#domains;
  }

  /** Our members who are or were in the conversation. */
  async #readers({ conversation }: HeaderOf<'message'>): Promise<readonly string[]> {
    const name = Buffer.from(conversation).toString('base64');
    const known = this.#feeds.get(name);
    if (known !== undefined) return known;
    const { ledger, members } = this.#options;
    const { keys, log } = ledger;
    const readers = (await members.list())
      .map(({ address }) => address)
      .filter(
        (address) =>
          log.has(keys.membership(address, conversation)) ||
          log.has(keys.formerMembership(address, conversation)),
      );
    this.#feeds.set(name, readers);
    return readers;
  }

  async #dataKey(sequence: number): Promise<readonly Op[]> {
    const { ledger, onKeyGone } = this.#options;
    const { keys } = ledger;
    const record = ledger.record('data-key', sequence);
    if (record === undefined) return [];
    const { id, conversation, month } = record;
    onKeyGone(id);
    const ops = [del(keys.dataKey(id)), del(keys.windowKey(month, id)), del(keys.keyEntry(id, sequence))];
    const current = ledger.get(keys.dataKeyOf(conversation, month));
    if (current !== undefined && Buffer.compare(current, id) === 0)
      ops.push(del(keys.dataKeyOf(conversation, month)));
    for await (const [key] of ledger.log.iterate(keys.within('dataKeyWrap', id))) ops.push(del(key));
    return ops;
  }

  #wraps(sequence: number): readonly Op[] {
    const { ledger } = this.#options;
    const record = ledger.record('data-key-wraps', sequence);
    return (record?.wraps ?? []).map(({ id }) => del(ledger.keys.keyEntry(id, sequence)));
  }
}

/** What stays stored for an entry. */
function leave(sequence: number, value: Uint8Array): Op {
  return { type: 'put', key: contentKey(sequence), value };
}
