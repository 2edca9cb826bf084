/** Serves the metrics under /metrics, to this machine alone: they are not encrypted, and nobody is asked who they are. */
import { fastify } from 'fastify';
import type { Readings } from './readings.ts';
import { registryOf } from './registry.ts';

/** Who scrapes: a monitoring system or two. */
const MAX_CONNECTIONS = 16;

/** Milliseconds for a request to arrive whole. */
const REQUEST_WITHIN_MS = 10_000;

export interface MetricsServer {
  /** Where it listens. */
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts to serve. Throws what the system says where the address is taken. */
export async function startMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  readings: Readings,
): Promise<MetricsServer> {
  const registry = registryOf(readings);
  const server = fastify({ requestTimeout: REQUEST_WITHIN_MS, forceCloseConnections: true });
  server.server.maxConnections = MAX_CONNECTIONS;
  server.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics();
    return reply.header('content-type', registry.contentType).send(text);
  });
  await server.listen({ host, port });
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () => server.close(),
  };
}
