/**
 * An inspection while it is being made. Guarantees: no limit is exceeded, and what was left out for one shows as
 * `truncated` or `failed`.
 */
import type { Inspection, Risk, Text } from './inspection.ts';
import {
  MAX_ENTRIES,
  MAX_ENTRY_BYTES,
  MAX_RATIO,
  MAX_RISKS,
  MAX_TEXT_CHARACTERS,
  MAX_UNPACKED_BYTES,
  MAX_WORDS,
  RATIO_FROM_BYTES,
} from './limits.ts';
import type { RiskCode } from './risk-table.ts';

export class InspectionDraft {
  readonly #risks = new Map<string, Risk>();
  readonly #texts: Text[] = [];
  #characters = 0;
  #entries = 0;
  #bytes = 0;
  #encrypted = false;
  #truncated = false;
  #failed: string | null = null;

  /** Tells of a risk, once for its code and place. */
  risk(code: RiskCode, place: string, text: string): void {
    const key = `${code} ${place}`;
    if (this.#risks.has(key)) return;
    if (this.#risks.size < MAX_RISKS) this.#risks.set(key, { code, place, text: plain(text) });
    else this.#truncated = true;
  }

  /** How many characters of text are still taken. */
  get room(): number {
    return MAX_TEXT_CHARACTERS - this.#characters;
  }

  /** Keeps a text, or as much of it as there is room for. */
  text(place: string, text: string): void {
    if (text.trim() === '') return;
    const kept = text.length > this.room ? text.slice(0, this.room) : text;
    if (kept.length < text.length) this.#truncated = true;
    if (kept === '') return;
    this.#characters += kept.length;
    this.#texts.push({ place, text: kept });
  }

  /** There was more text than is read. */
  cut(): void {
    this.#truncated = true;
  }

  encrypted(): void {
    this.#encrypted = true;
  }

  /** Something could not be read; the first reason is kept. */
  fail(place: string, reason: string): void {
    this.#failed ??= plain(`${place}: ${reason}`);
  }

  /** Whether one more file is read; fails the inspection where not. */
  countEntry(place: string): boolean {
    this.#entries += 1;
    if (this.#entries <= MAX_ENTRIES) return true;
    this.tooManyEntries(place);
    return false;
  }

  tooManyEntries(place: string): void {
    this.risk('archive-bomb', place, `holds more than ${MAX_ENTRIES} files`);
    this.fail(place, `holds more than ${MAX_ENTRIES} files, and not all were read`);
  }

  /**
   * Bytes of an entry, unpacked within the limits; undefined where it unpacks to more, which is told of.
   * @param unpack as of `node:zlib`: throws `ERR_BUFFER_TOO_LARGE` where there is more than `maxOutputLength`
   */
  unpack(
    place: string,
    packed: Uint8Array,
    unpack: (packed: Uint8Array, options: { maxOutputLength: number }) => Uint8Array,
  ): Uint8Array | undefined {
    const byRatio = Math.max(RATIO_FROM_BYTES, packed.length * MAX_RATIO);
    const left = MAX_UNPACKED_BYTES - this.#bytes;
    const maxOutputLength = Math.min(byRatio, MAX_ENTRY_BYTES, left);
    const unpacked = maxOutputLength > 0 ? tryUnpack(packed, unpack, maxOutputLength) : undefined;
    if (unpacked !== undefined) {
      this.#bytes += unpacked.length;
      return unpacked;
    }
    this.risk('archive-bomb', place, `unpacks to more than ${Math.max(maxOutputLength, 0)} bytes`);
    this.fail(place, 'unpacks to more bytes than are read');
    return undefined;
  }

  finish(type: string, mismatch: boolean): Inspection {
    return {
      type,
      mismatch,
      risks: [...this.#risks.values()],
      encrypted: this.#encrypted,
      truncated: this.#truncated,
      failed: this.#failed,
      texts: this.#texts,
    };
  }
}

function tryUnpack(
  packed: Uint8Array,
  unpack: (packed: Uint8Array, options: { maxOutputLength: number }) => Uint8Array,
  maxOutputLength: number,
): Uint8Array | undefined {
  try {
    const unpacked = unpack(packed, { maxOutputLength });
    return unpacked.length <= maxOutputLength ? unpacked : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}

/** A line that cannot break what it is shown in. */
export function plain(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd').trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
}
