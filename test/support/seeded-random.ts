/** Random numbers that come again with the same seed, so that a run that failed can be told apart from others. */
import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';

export interface SeededRandom {
  /** A whole number at least `from` and below `to`. */
  between(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
}

/** The seed is CHANCERY_SEED, or else the given or a new one; it is shown with the test. */
export function seededRandom(t: TestContext, seed?: number): SeededRandom {
  let state = Number(process.env['CHANCERY_SEED'] ?? seed ?? randomInt(2 ** 31));
  t.diagnostic(`seed ${state} (CHANCERY_SEED)`);
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from));
  return { between, pick: (items) => items[between(0, items.length)]! };
}
