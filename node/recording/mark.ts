/**
 * When this node was last up, and whether its archive took anything then, in a small file of the home. It is written in
 * place and synced, in two slots by turns, so that one of them is whole whenever the process or the machine dies, and so that
 * a full disk hinders it in nothing. What is not as it was written counts as not written.
 */
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { crc32c } from '../archive/index.ts';

const SLOT_BYTES = 1_024;
const SLOTS = 2;

/** The checksum before the text: eight hexadecimal digits and a space. */
const SUM_LENGTH = 9;

/** Codes that fit a slot. */
const MAX_CODES = 16;

const milliseconds = z.number().int().nonnegative();

/** A period without recording that was not over, nor recorded, when the mark was made. */
const pendingShape = z.strictObject({
  from: milliseconds,
  /** Milliseconds it had lasted; null where that is not known. */
  lasted: milliseconds.nullable(),
  codes: z.array(z.string().max(40)).max(MAX_CODES),
});

const markShape = z.strictObject({
  /** Which of the two is newer. */
  turn: z.number().int().nonnegative(),
  /** What the clock said, in milliseconds. */
  at: milliseconds,
  /** Whether the node ended in order then. */
  stopped: z.boolean(),
  pending: pendingShape.nullable(),
});

export type Mark = Omit<z.infer<typeof markShape>, 'turn'>;

export class RecordingMark {
  readonly #file: number;
  #turn: number;
  /** What the file said when it was opened; undefined where it said nothing that can be believed. */
  readonly found: Mark | undefined;
  /** Whether a part of the file is not as it was written. */
  readonly damaged: boolean;

  /** Opens or makes the file. Throws what the system says where it cannot. */
  constructor(path: string) {
    closeSync(openSync(path, 'a', 0o600));
    this.#file = openSync(path, 'r+');
    const bytes = Buffer.alloc(SLOTS * SLOT_BYTES);
    const length = readSync(this.#file, bytes, 0, bytes.length, 0);
    const slots = Array.from({ length: SLOTS }, (_, at) =>
      slotOf(bytes.subarray(at * SLOT_BYTES, Math.min(length, (at + 1) * SLOT_BYTES))),
    );
    const newest = slots.filter((slot) => typeof slot === 'object').sort((a, b) => b.turn - a.turn)[0];
    this.damaged = slots.includes('damaged');
    this.#turn = newest?.turn ?? -1;
    if (newest === undefined) return;
    const { turn: _turn, ...mark } = newest;
    this.found = mark;
  }

  /** Durable when it returns. Throws what the system says. */
  write(mark: Mark): void {
    const turn = this.#turn + 1;
    const text = JSON.stringify({ turn, ...mark });
    const line = `${sumOf(text)} ${text}`.padEnd(SLOT_BYTES - 1).concat('\n');
    writeSync(this.#file, Buffer.from(line), 0, SLOT_BYTES, (turn % SLOTS) * SLOT_BYTES);
    fdatasyncSync(this.#file);
    this.#turn = turn;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function sumOf(text: string): string {
  return crc32c(Buffer.from(text)).toString(16).padStart(8, '0');
}

/** A slot's mark; undefined where nothing was ever written to it. */
function slotOf(slot: Buffer): z.infer<typeof markShape> | 'damaged' | undefined {
  if (slot.every((byte) => byte === 0)) return undefined;
  const line = slot.toString('utf8').trimEnd();
  const text = line.slice(SUM_LENGTH);
  if (slot.length !== SLOT_BYTES || line.slice(0, SUM_LENGTH) !== `${sumOf(text)} `) return 'damaged';
  const read = markShape.safeParse(JSON.parse(text));
  return read.success ? read.data : 'damaged';
}
