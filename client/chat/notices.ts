/** What a member is to be told and acknowledges: that what they write is recorded, and legal holds that name them. */
import type { Client } from '../index.ts';
import { holdNoticeText } from './hold-notices.ts';
import { printable } from './printable.ts';
import type { Paint } from './voice.ts';

export interface NoticesOptions {
  readonly client: Client;
  readonly paint: Paint;
  readonly print: (text: string) => void;
  /** Tells of what could not be acknowledged. */
  readonly told: (error: unknown) => void;
}

export class Notices {
  readonly #options: NoticesOptions;
  #toldOfRecording = '';
  /** Legal holds that stand on the screen, by their entries. */
  readonly #toldOfHolds = new Set<number>();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Before anything is written; once, as long as it is the same. */
  tellOfRecording(accept: boolean): void {
    const { client, paint, print, told } = this.#options;
    const notice = client.recordingNotice;
    if (notice === null || notice.acknowledged || notice.text === this.#toldOfRecording) return;
    this.#toldOfRecording = notice.text;
    print(paint.yellow(printable(notice.text)));
    if (accept) this.#acceptRecording().catch(told);
    else
      print(
        notice.required
          ? 'Type /accept to acknowledge that; nothing is taken from this device before.'
          : 'Type /accept to acknowledge that.',
      );
  }

  /** Each once, as long as it stands on the screen: not while the device is locked, but when it is unlocked. */
  tellOfHolds(accept: boolean): void {
    const { client, paint, print, told } = this.#options;
    if (client.lock.locked) return;
    const untold = client.holdNotices.filter(({ hold }) => !this.#toldOfHolds.has(hold));
    if (untold.length === 0) return;
    for (const notice of untold) {
      this.#toldOfHolds.add(notice.hold);
      print(paint.yellow(holdNoticeText(notice)));
    }
    if (accept) this.#acceptHolds().catch(told);
    else print('Type /accept to acknowledge that.');
  }

  /** Nothing of it stands on the screen any more. */
  cleared(): void {
    this.#toldOfHolds.clear();
  }

  async accept(): Promise<void> {
    if (this.#options.client.recordingNotice?.acknowledged === false) await this.#acceptRecording();
    await this.#acceptHolds();
  }

  async #acceptRecording(): Promise<void> {
    const { client, paint, print } = this.#options;
    await client.acknowledgeRecording();
    print(paint.dim('acknowledged'));
  }

  /** Those that were told of here. */
  async #acceptHolds(): Promise<void> {
    const { client, paint, print } = this.#options;
    for (const { hold } of client.holdNotices) {
      if (!this.#toldOfHolds.has(hold)) continue;
      await client.acknowledgeHold(hold);
      print(paint.dim(`hold ${hold} acknowledged`));
    }
  }
}
