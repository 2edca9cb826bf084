/**
 * Our own log as C2SP tlog-tiles serves it: the checkpoint with its cosignatures, tiles of hashes, bundles of entries.
 * An entry commits to its content and shows its kind and time: who has the bundles sees when officers read and members
 * come and go. So partners are given hashes only, which are enough to prove anything that both sides hold.
 */
import { encodeEntryBundle } from '../../protocol/archive/index.ts';
import {
  NOTE_SIGNATURES_MAX,
  openCosignatures,
  readCheckpoint,
  witnessName,
  type Cosignature,
} from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { parseTilePath, TILE_WIDTH } from '../../protocol/merkle/index.ts';
import type { ArchiveLog } from '../archive/index.ts';
import type { CosignatureRecord, Cosignatures } from '../ledger/index.ts';

/** Cosignatures that are given out with a checkpoint: a note is read with the log's own beside them. */
const MAX_SHOWN = NOTE_SIGNATURES_MAX - 1;

export interface CosignedCheckpoint {
  readonly note: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly cosignatures: readonly (Cosignature & { readonly domain: string })[];
}

export interface OwnTreeOptions {
  readonly log: ArchiveLog;
  readonly cosignatures: Cosignatures;
  /** The signed checkpoint of the log as it is. */
  readonly checkpoint: () => Promise<string>;
  readonly suite: CryptoSuite;
}

export class OwnTree {
  readonly #options: OwnTreeOptions;

  constructor(options: OwnTreeOptions) {
    this.#options = options;
  }

  /** The newest checkpoint that any partner cosigned, with every cosignature on it; before the first, the log's own. */
  async checkpoint(): Promise<CosignedCheckpoint> {
    const cosigned = (await this.#options.cosignatures.ofOurs()).toSorted((a, b) => b.size - a.size);
    const [newest] = cosigned;
    if (newest === undefined) {
      const note = await this.#options.checkpoint();
      const { size, root } = valueOf(readCheckpoint(note));
      return { note, size, root, cosignatures: [] };
    }
    const { text } = valueOf(readCheckpoint(newest.note));
    const alike = cosigned.filter(({ note }) => note.startsWith(`${text}\n`)).slice(0, MAX_SHOWN);
    const cosignatures = alike.flatMap((record) => this.#linesOf(record));
    const [first = ''] = newest.note.slice(text.length + 1).split(/(?<=\n)/);
    const note = `${text}\n${first}${cosignatures.map(({ line }) => line).join('')}`;
    return { note, size: newest.size, root: newest.root, cosignatures };
  }

  /** A tile or bundle by its path; undefined for what is no such path, or what the log does not have. */
  tile(path: string): Uint8Array | undefined {
    const name = parseTilePath(path);
    if (name === undefined) return undefined;
    const { level, index, width } = name;
    if (level !== null) return this.#options.log.tile(level, index, width);
    const { log } = this.#options;
    const from = index * TILE_WIDTH;
    if (from + width > log.size) return undefined;
    return encodeEntryBundle(
      Array.from({ length: width }, (_, at) => log.entryBytes(from + at) ?? new Uint8Array(0)),
    );
  }

  #linesOf({ witness: domain, note, partnerKey }: CosignatureRecord): CosignedCheckpoint['cosignatures'] {
    const key = { name: witnessName(domain), publicKey: partnerKey };
    return valueOf(openCosignatures(note, [key], this.#options.suite)).map((line) => ({ ...line, domain }));
  }
}
