/**
 * A time limit on an attempt, and on nothing else: a signal that has served must not fire later, since libp2p keeps
 * some of them attached to what was opened under them.
 */
export async function within<T>(
  milliseconds: number,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  try {
    return await attempt(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}
