/** How an entry comes into the queue of what waits for an officer: see `review-queue.ts`. */
import type { Op } from '../archive/index.ts';
import { PRESENT, put } from './fact.ts';
import type { ViewKeys } from './keys.ts';

export function queueOps(keys: ViewKeys, sequence: number): Op[] {
  return [put(keys.openReview(sequence), PRESENT), put(keys.queued(sequence), PRESENT)];
}
