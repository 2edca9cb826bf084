/** A span of time in which something holds, both ends included, in seconds since 1970-01-01T00:00:00Z. */
export interface TimeWindow {
  readonly from: number;
  readonly until: number;
}

/** No bound at all: what everything else narrows. */
export const ALWAYS: TimeWindow = { from: 0, until: Number.MAX_SAFE_INTEGER };

export function intersect(a: TimeWindow, b: TimeWindow): TimeWindow {
  return { from: Math.max(a.from, b.from), until: Math.min(a.until, b.until) };
}

export function holdsAt(window: TimeWindow, at: number): boolean {
  return window.from <= at && at <= window.until;
}
