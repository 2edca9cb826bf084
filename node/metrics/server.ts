/** Serves the metrics under /metrics, to this machine alone: they are not encrypted, and nobody is asked who they are. */
import { fastify } from 'fastify';
import type { Readings } from './readings.ts';
import { registryOf } from './registry.ts';

/** Who scrapes: a monitoring system or two. */
const MAX_CONNECTIONS = 16;

/** Milliseconds for a request to arrive whole. */
const REQUEST_WITHIN_MS = 10_000;

/**
 * Milliseconds for which what was read is told again: however often and by how many it is scraped, reading it costs the node
 * no more than that.
 */
const FRESH_MS = 5_000;

export interface MetricsServer {
  /** Where it listens. */
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts to serve. @param steady milliseconds of a clock that never jumps. Throws what the system says where the address is taken. */
export async function startMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  readings: Readings,
  steady: () => number,
): Promise<MetricsServer> {
  const registry = registryOf(readings);
  const read = oneAtATime(() => registry.metrics(), steady);
  const server = fastify({ requestTimeout: REQUEST_WITHIN_MS, forceCloseConnections: true });
  server.server.maxConnections = MAX_CONNECTIONS;
  server.get('/metrics', async (_request, reply) => {
    const text = await read();
    return reply.header('content-type', registry.contentType).send(text);
  });
  await server.listen({ host, port });
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () => server.close(),
  };
}

/** Whoever asks while it is being read, or just was, is told the same: what is counted once is never counted twice. */
function oneAtATime(read: () => Promise<string>, steady: () => number): () => Promise<string> {
  let last: { readonly text: Promise<string>; readonly until: number } | undefined;
  return () => {
    if (last !== undefined && steady() < last.until) return last.text;
    const text = read().finally(() => {
      last = { text, until: steady() + FRESH_MS };
    });
    text.catch(() => (last = undefined));
    last = { text, until: Infinity };
    return text;
  };
}
