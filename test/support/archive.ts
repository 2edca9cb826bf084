/** What a test needs to open an archive: settings that are the same every time, and records to put in. */
import { createHash, randomBytes } from 'node:crypto';
import type { ArchiveLogOptions, NewRecord } from '../../node/archive/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { sealingUnder, type Sealing } from '../../node/sealing/index.ts';

export const ORIGIN = 'acme.test/chancery';

/** The time at which every archive here begins, in milliseconds. */
export const START = 1_700_000_000_000;

/** What seals every archive here. */
export function testSealing(): Sealing {
  return sealingUnder(new Uint8Array(32).fill(7), (length) => new Uint8Array(randomBytes(length)));
}

/** Settings with a clock that stands still and salts that differ by a counter. */
export function archiveOptions(location: string, more: Partial<ArchiveLogOptions> = {}): ArchiveLogOptions {
  let salt = 0;
  return {
    location,
    origin: ORIGIN,
    sha256: sodiumSuite.sha256,
    sealer: testSealing().entries,
    clock: () => START,
    randomBytes: (length) => {
      salt += 1;
      const seed = createHash('sha256').update(String(salt)).digest();
      return Uint8Array.from({ length }, (_, at) => (seed[at % 32] ?? 0) ^ (at >> 5));
    },
    ...more,
  };
}

/** The record that tests put at a sequence number: its content tells which it is. */
export function record(sequence: number): NewRecord {
  return { kind: 'message', content: new TextEncoder().encode(`message ${sequence}`) };
}

/** Records for a run of sequence numbers. */
export function records(from: number, count: number): NewRecord[] {
  return Array.from({ length: count }, (_, at) => record(from + at));
}
