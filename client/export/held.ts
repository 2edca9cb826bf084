/** What the log holds about a person beside messages, as JSON Lines: each entry as it was recorded, in the order of the log. */
import { toString } from 'uint8arrays/to-string';
import { z } from 'zod';
import { decodeEntry, splitSalted } from '../../protocol/archive/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { OpenEntry } from '../../protocol/wire/index.ts';
import { iso } from './exported-message.ts';

export function writeHeld(held: readonly OpenEntry[]): string {
  return held.map((one) => `${JSON.stringify(lineOf(one))}\n`).join('');
}

function lineOf({ sequence, entry, salted }: OpenEntry): object {
  const { kind, time } = valueOf(decodeEntry(entry));
  const { content } = splitSalted(salted);
  const said = valueOf(decodeCbor(content, content.length, z.record(z.string(), z.unknown()), kind));
  return { entry: sequence, time: iso(time), kind, content: shown(said) };
}

/** Bytes as base64: certificates, and hashes. */
function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return toString(value, 'base64pad');
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one)]));
}
