/**
 * The notice that what is written is recorded: shown to each member on each device in the language nearest to theirs, and,
 * where the organisation asks for it, acknowledged before anything is taken from that device. Another text is another notice.
 */
import { fromString } from 'uint8arrays/from-string';
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { RecordingNotice } from '../../protocol/wire/index.ts';
import type { Device, RecordingNotices } from '../ledger/index.ts';

export interface NoticePolicy {
  /** Whether nothing is taken from a device before it was acknowledged there. */
  readonly required: boolean;
  /** By language tag, at least one; the first is for those who speak none of them. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface NoticeOptions {
  readonly policy: NoticePolicy;
  readonly notices: RecordingNotices;
  readonly sha256: Sha256;
}

type Reader = Pick<Device, 'address' | 'peer'>;

interface Edition {
  readonly language: string;
  readonly text: string;
  readonly version: Uint8Array;
}

export class Notice {
  readonly #options: NoticeOptions;
  readonly #editions: readonly Edition[];

  constructor(options: NoticeOptions) {
    this.#options = options;
    this.#editions = [...options.policy.texts].map(([language, text]) => ({
      language,
      text,
      version: options.sha256(fromString(text)),
    }));
  }

  /** As a device is told it; undefined where nobody wrote one. */
  for(languages: readonly string[], reader: Reader): RecordingNotice | undefined {
    const language = lookUp(
      languages,
      this.#editions.map((one) => one.language),
    );
    const edition = this.#editions.find((one) => one.language === language) ?? this.#editions[0];
    if (edition === undefined) return undefined;
    const { required } = this.#options.policy;
    return { ...edition, required, acknowledged: this.#isAcknowledged(reader) };
  }

  /** Whether a device may hand in messages. Refuses with `recording.unacknowledged`. */
  mayWrite(reader: Reader): Result<undefined> {
    if (!this.#options.policy.required || this.#isAcknowledged(reader)) return accept(undefined);
    return refuse(
      'recording.unacknowledged',
      'the notice that messages are recorded has to be acknowledged on this device first; run chancery-chat, or add --accept-recording',
    );
  }

  /** Records that it was acknowledged on a device. Refuses with `recording.unacknowledged` what is not the notice any more. */
  async acknowledge(
    { address: person, peer: device }: Reader,
    version: Uint8Array,
  ): Promise<Result<undefined>> {
    const edition = this.#editions.find((one) => equals(one.version, version));
    if (edition === undefined)
      return refuse(
        'recording.unacknowledged',
        'the notice has another text by now; connect again and read it',
      );
    if (!this.#options.notices.isAcknowledged({ person, device }, version))
      await this.#options.notices.acknowledge({ person, device }, edition);
    return accept(undefined);
  }

  /** One of the texts in force is enough: they say the same. */
  #isAcknowledged({ address: person, peer: device }: Reader): boolean {
    return this.#editions.some(({ version }) =>
      this.#options.notices.isAcknowledged({ person, device }, version),
    );
  }
}

/** The first of the languages there are that one of those wanted leads to, by leaving out its last parts (RFC 4647, section 3.4). */
function lookUp(wanted: readonly string[], there: readonly string[]): string | undefined {
  for (const tag of wanted) {
    const parts = tag.toLowerCase().split('-');
    for (; parts.length > 0; parts.pop()) {
      if (parts.at(-1)?.length === 1) continue; // a singleton goes with what it introduces
      const found = there.find((one) => one.toLowerCase() === parts.join('-'));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
