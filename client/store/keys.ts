/** How the device's store is laid out: fixed-width numbers, so that keys sort as what they mean. */
import type { StoreRange } from '../platform.ts';

/** Hexadecimal digits of a whole number below 2^53. */
const DIGITS = 14;

export const KEYS = {
  /** Where to read the feed on. */
  cursor: 'meta!cursor',
  /** The time last put into a message. */
  clock: 'meta!clock',
  /** How far the feed was shown. */
  seen: 'meta!seen',
  outbox: (number: number) => `outbox!${digits(number)}`,
  /** A file that waits with a message, by its hash: how many chunks it has; and the chunks. */
  file: (digest: string) => `file!${digest}`,
  chunk: (digest: string, index: number) => `chunk!${digest}!${digits(index)}`,
  feed: (position: string) => `feed!${position}`,
  /** A conversation's messages in the order they came. */
  talk: (conversation: string, position: string) => `talk!${conversation}!${position}`,
  /** What edits or recalls a message, in the order it came. */
  version: (target: string, position: string) => `version!${target}!${position}`,
  conversation: (id: string) => `conversation!${id}`,
  /** What became last of a message that was reported as phishing. */
  report: (message: string) => `report!${message}`,
  delivery: (message: string, domain: string) => `delivery!${message}!${domain}`,
} as const;

/** Every key that begins with the prefix and an exclamation mark. */
export function within(prefix: string): StoreRange {
  return { gte: `${prefix}!`, lt: `${prefix}"` };
}

/** The part of a key after its last exclamation mark but one, as written by {@link positionOf}. */
export function lastParts(key: string, parts: number): string {
  return key.split('!').slice(-parts).join('!');
}

/** A place in the feed: the log's sequence, and which of the items that share it. Sorts as text. */
export function positionOf(sequence: number, index: number): string {
  return `${digits(sequence)}!${index.toString(16).padStart(4, '0')}`;
}

export function numberOf(key: string): number {
  return Number.parseInt(lastParts(key, 1), 16);
}

function digits(number: number): string {
  return number.toString(16).padStart(DIGITS, '0');
}
