/** Writes messages: signed by this device, dated by a clock that never goes back, salted, each with its id. */
import { toString } from 'uint8arrays/to-string';
import { count, decodeCbor, encodeCbor } from '../protocol/encoding/index.ts';
import { ChanceryError } from '../protocol/errors/index.ts';
import { signMessage, type Content } from '../protocol/message/index.ts';
import type { Platform } from './platform.ts';
import { KEYS, type Journal } from './store/index.ts';

const SALT_BYTES = 16;

/** In whose name messages are written. */
export interface Author {
  readonly address: string;
  /** SHA-256 of the device's certificate (DER). */
  readonly device: Uint8Array;
}

export interface Composed {
  readonly id: Uint8Array;
  /** The id in hex. */
  readonly name: string;
  readonly parents: readonly Uint8Array[];
  readonly time: number;
  readonly envelope: Uint8Array;
}

export class Composer {
  readonly #platform: Platform;
  readonly #journal: Journal;
  #last: number;

  private constructor(platform: Platform, journal: Journal, last: number) {
    this.#platform = platform;
    this.#journal = journal;
    this.#last = last;
  }

  static async open(platform: Platform, journal: Journal): Promise<Composer> {
    const stored = await journal.get(KEYS.clock);
    const last = stored === undefined ? undefined : decodeCbor(stored, 16, count, 'clock');
    return new Composer(platform, journal, last?.ok === true ? last.value : 0);
  }

  /** @param conversation null to start one */
  async compose(
    author: Author,
    conversation: Uint8Array | null,
    parents: readonly Uint8Array[],
    content: Content,
  ): Promise<Composed> {
    const { signer, context, clock, randomBytes } = this.#platform;
    const time = Math.max(this.#last, clock());
    const salt = randomBytes(SALT_BYTES);
    const { address: sender, device } = author;
    let id: Uint8Array | undefined;
    const envelope = await signMessage(
      { conversation, sender, device, parents, time, salt, content },
      {
        publicKey: signer.publicKey,
        sign(signed) {
          id = context.suite.sha256(signed); // the id is the hash of exactly what is signed
          return signer.sign(signed);
        },
      },
    );
    if (id === undefined) throw new ChanceryError('internal', 'the message was not signed');
    if (time > this.#last) this.#journal.put(KEYS.clock, encodeCbor(time));
    this.#last = time;
    return { id, name: toString(id, 'hex'), parents, time, envelope };
  }
}
