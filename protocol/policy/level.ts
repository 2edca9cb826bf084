/** How well an organisation is verified, from the best to the least: see `LEVELS`. */
import { LEVELS } from '../wire/identity-news.ts';

export type Level = (typeof LEVELS)[number];

/** Whether a level is less than another. */
export function isBelow(level: Level, other: Level): boolean {
  return LEVELS.indexOf(level) > LEVELS.indexOf(other);
}
