/**
 * The admin socket: serves the table of operations to whoever may open a Unix socket of mode 0600, as
 * `POST /v1/<operation>` with JSON in and out. Guarantees: an operation sees only input its schema accepts, a caller
 * sees only output its schema accepts, and no error carries more than code, message and facts.
 */
import { chmod, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_POLICY_BYTES } from '../../protocol/policy/index.ts';
import { withSocketPath } from '../home/index.ts';
import { OPERATIONS, type OperationName, type Operations } from '../operations/contract.ts';
import { POLICY_OPERATIONS } from '../operations/policy-contract.ts';
import { statusOf, toFailure } from './failure.ts';

/** Bytes of a request: a partner's addresses and a pin fit a hundred times. */
const MAX_REQUEST_BYTES = 65_536;

/** The same of one that brings a policy along: the largest fits as JSON, with every second character escaped. */
const MAX_POLICY_REQUEST_BYTES = 3 * MAX_POLICY_BYTES;

/** Callers at once: operators and a monitoring system. */
const MAX_CONNECTIONS = 64;

/** Milliseconds for a request to arrive whole. */
const REQUEST_WITHIN_MS = 10_000;

export interface AdminServer {
  /** Waits for requests under way, then removes the socket. */
  stop(): Promise<void>;
}

export interface AdminServerOptions {
  /** The socket's path, of any length. */
  readonly socket: string;
  readonly operations: Operations;
  readonly log: Logger;
}

/** Starts to serve. A socket that a killed node left behind is replaced; throws `node.running` if somebody answers it. */
export async function startAdminServer({
  socket,
  operations,
  log,
}: AdminServerOptions): Promise<AdminServer> {
  await removeStale(socket);
  const server = createServer(operations, log);
  await withSocketPath(socket, (path) => server.listen({ path }));
  await chmod(socket, 0o600);
  return {
    async stop() {
      await server.close();
      await rm(socket, { force: true });
    },
  };
}

function createServer(operations: Operations, log: Logger): FastifyInstance {
  const server = fastify({
    bodyLimit: MAX_REQUEST_BYTES,
    requestTimeout: REQUEST_WITHIN_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // addresses that never reach the router: too long, or not decodable
    frameworkErrors: (_error, request, reply) => {
      const failure = toFailure(unknownRequest(request.url));
      const untyped = reply as FastifyReply; // fastify's generics cannot know what an error answers
      void untyped.code(statusOf(failure.error.code)).send(failure);
    },
  });
  server.server.maxConnections = MAX_CONNECTIONS;
  server.post<{ Params: { operation: string } }>('/v1/:operation', async (request) => {
    const { operation } = request.params;
    if (!isOperation(operation)) throw unknownRequest(operation);
    return perform(operations, operation, request.body);
  });
  for (const name of Object.keys(POLICY_OPERATIONS) as (keyof typeof POLICY_OPERATIONS)[])
    server.post(`/v1/${name}`, { bodyLimit: MAX_POLICY_REQUEST_BYTES }, async (request) =>
      perform(operations, name, request.body),
    );
  server.setNotFoundHandler((request) => {
    throw unknownRequest(`${request.method} ${request.url}`);
  });
  server.setErrorHandler(async (error, request, reply) => {
    const failure = toFailure(explained(error));
    if (failure.error.code === 'internal')
      log.error({ err: error, url: request.url }, 'admin request failed');
    await reply.code(statusOf(failure.error.code)).send(failure);
  });
  return server;
}

async function perform(operations: Operations, name: OperationName, body: unknown): Promise<unknown> {
  const input = OPERATIONS[name].input.safeParse(body ?? {});
  if (!input.success) {
    const [issue] = input.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new ChanceryError(
      'request.invalid',
      `the input of ${name} is not valid: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}; see chancery --help`,
      { facts: { operation: name, path: where } },
    );
  }
  const operation = operations[name] as (this: Operations, input: unknown) => Promise<unknown>;
  const output = OPERATIONS[name].output.safeParse(await operation.call(operations, input.data));
  if (!output.success) {
    throw new ChanceryError('internal', `the output of ${name} is not what was agreed`, {
      cause: output.error,
    });
  }
  return output.data;
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

function unknownRequest(what: string): ChanceryError {
  return new ChanceryError(
    'request.unknown',
    `this node knows no ${JSON.stringify(what.slice(0, 100))}; command and node may be of different versions`,
  );
}

/** What the HTTP server itself found wrong, in our terms; anything else as it is. */
function explained(error: unknown): unknown {
  if (error instanceof ChanceryError || !(error instanceof Error)) return error;
  const status: unknown = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) {
    return new ChanceryError('encoding.too-large', 'the request is larger than the node takes');
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ChanceryError(
      'request.invalid',
      'the request is not JSON; send an object as application/json',
    );
  }
  return error;
}

async function removeStale(socket: string): Promise<void> {
  const answered = await withSocketPath(socket, async (path) => {
    const probe = connect(path);
    try {
      await once(probe, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      probe.destroy();
    }
  });
  if (answered) {
    throw new ChanceryError(
      'node.running',
      `another node answers at ${socket}; see chancery status, or stop it first`,
      { facts: { socket } },
    );
  }
  await rm(socket, { force: true });
}
