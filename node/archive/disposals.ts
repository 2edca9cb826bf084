/**
 * What was disposed of, as the log itself says: a view's row leads from a sequence number to the certificate, and only what
 * the certificate names counts. Guarantees: a row that was made up, or a content that was merely taken away, is no disposal.
 */
import { equals } from 'uint8arrays/equals';
import { decodeDisposal, type Disposed } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { contentKey, disposedKey, entryKey, numberIn } from './keys.ts';
import type { ReadablePairs } from './pairs.ts';
import type { Sealer } from './sealer.ts';
import { decodeStoredEntry } from './stored-entry.ts';

/** Certificates kept decoded: a walk over the log meets those of a window again and again. */
const MAX_CERTIFICATES = 64;

/** What says that a content is gone, and what is to be left of it. */
export interface DisposedEntry extends Disposed {
  /** The certificate's sequence number. */
  readonly certificate: number;
  /** Its receipt time in milliseconds. */
  readonly time: number;
}

interface Certificate {
  readonly time: number;
  readonly named: ReadonlyMap<number, Disposed>;
}

export interface DisposalKeys {
  readonly sha256: Sha256;
  readonly sealer: Sealer;
}

export class Disposals {
  readonly #store: ReadablePairs;
  readonly #keys: DisposalKeys;
  readonly #certificates = new Map<number, Certificate>();

  constructor(store: ReadablePairs, keys: DisposalKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  /** What the certificate of an entry says of it; undefined where it was not disposed of. */
  find(sequence: number): DisposedEntry | undefined {
    const at = this.#read(disposedKey(sequence));
    if (at === undefined) return undefined;
    const certificate = numberIn(at);
    if (certificate === undefined || certificate <= sequence) return undefined;
    const read = this.#certificate(certificate);
    const named = read?.named.get(sequence);
    return read && named && { ...named, certificate, time: read.time };
  }

  /** Whether what is stored for an entry, or that nothing is, is what its certificate leaves. */
  explains(sequence: number, stored: Uint8Array | undefined): boolean {
    const found = this.find(sequence);
    if (found === undefined) return false;
    if (stored === undefined || stored.length === 0) return found.kept === null;
    return found.kept !== null && equals(this.#keys.sha256(stored), found.kept);
  }

  #certificate(sequence: number): Certificate | undefined {
    const known = this.#certificates.get(sequence);
    if (known !== undefined) return known;
    const read = this.#open(sequence);
    if (read === undefined) return undefined;
    if (this.#certificates.size >= MAX_CERTIFICATES) this.#certificates.clear();
    this.#certificates.set(sequence, read);
    return read;
  }

  #open(sequence: number): Certificate | undefined {
    const { sha256, sealer } = this.#keys;
    const entry = this.#read(entryKey(sequence));
    const stored = this.#read(contentKey(sequence));
    const decoded = entry && decodeStoredEntry(sha256, entry);
    if (stored === undefined || decoded?.ok !== true) return undefined;
    const { kind, sealed, commitment, time } = decoded.value.entry;
    if (kind !== 'disposal' || !equals(sha256(stored), sealed)) return undefined;
    const opened = sealer.content({ sequence, kind }, stored);
    if (opened === undefined || !equals(sha256(opened.salted), commitment)) return undefined;
    const disposal = decodeDisposal(opened.content);
    if (!disposal.ok) return undefined;
    return { time, named: new Map(disposal.value.disposed.map((one) => [one.sequence, one])) };
  }

  #read(key: Uint8Array): Uint8Array | undefined {
    try {
      return this.#store.getSync(key);
    } catch {
      return undefined;
    }
  }
}
