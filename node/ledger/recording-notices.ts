/** Who was told, on which device and in which words, that what they write is recorded. */
import { encodeSequence } from './view-key.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { View } from './view.ts';

/** Who acknowledges: a person, and the peer id of their device. */
interface Reader {
  readonly person: string;
  readonly device: string;
}

export class RecordingNotices {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Whether a text (by its SHA-256) was acknowledged on a device. */
  isAcknowledged({ person, device }: Reader, version: Uint8Array): boolean {
    return this.#ledger.get(this.#ledger.keys.acknowledged(person, device, version)) !== undefined;
  }

  /** Records it; the text itself with the first who acknowledge it. Durable when it resolves. */
  async acknowledge(
    { person, device }: Reader,
    { language, version, text }: { language: string; version: Uint8Array; text: string },
  ): Promise<void> {
    const isKnown = this.#ledger.get(this.#ledger.keys.noticeText(version)) !== undefined;
    const notice = { person, device, language, version, text: isKnown ? null : text };
    await this.#ledger.append([fact('recording-notice', notice)]);
  }
}

export const recordingNoticeView: View<'recording-notice'> = ({ said, sequence }, { keys }) => [
  put(keys.acknowledged(said.person, said.device, said.version), encodeSequence(sequence)),
  ...(said.text === null ? [] : [put(keys.noticeText(said.version), encodeSequence(sequence))]),
];
