/** The log's head as a signed checkpoint, kept while it is the same head: everything that goes out asks for it. */
import { equals } from 'uint8arrays/equals';
import { signCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { Sha256, Signer } from '../../protocol/crypto/suite.ts';
import type { Head } from './head.ts';

export class SignedHead {
  readonly #sha256: Sha256;
  #kept:
    { readonly size: number; readonly publicKey: Uint8Array; readonly text: Promise<string> } | undefined;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** Extension lines are a function of the log, and so the same for the same size. */
  sign({ origin, size, root }: Head, signer: Signer, extensions: readonly string[]): Promise<string> {
    const kept = this.#kept;
    if (kept?.size === size && equals(kept.publicKey, signer.publicKey)) return kept.text;
    const text = signCheckpoint({ origin, size, root, extensions }, signer, this.#sha256);
    const made = { size, publicKey: signer.publicKey, text };
    this.#kept = made;
    text.catch(() => {
      if (this.#kept === made) this.#kept = undefined;
    });
    return text;
  }
}
