/**
 * Asks the running node of a home: one request over its admin socket. Input and output are both held against the
 * contract, so that a node of another version is noticed here and not in what is shown.
 */
import { request, type IncomingMessage } from 'node:http';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { hasCode } from '../home/private-file.ts';
import { withSocketPath } from '../home/socket-path.ts';
import {
  OPERATIONS,
  type OperationInput,
  type OperationName,
  type OperationOutput,
} from '../operations/contract.ts';
import { fromFailure } from './read-failure.ts';

/** Bytes of an answer: the largest page of the archive, with texts of full length, fits. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Milliseconds without a sign of the node: verifying a large archive takes minutes. */
const ANSWER_WITHIN_MS = 30 * 60 * 1000;

/**
 * Throws `node.not-running` when nobody answers, `request.invalid` for input that the contract refuses, the error
 * that the node answered with, or `internal` if its answer is not what the contract says.
 */
export async function callOperation<N extends OperationName>(
  socket: string,
  name: N,
  input: OperationInput<N>,
): Promise<OperationOutput<N>> {
  const checked = OPERATIONS[name].input.safeParse(input);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const message = `${issue?.path.join('.') ?? 'input'}: ${issue?.message ?? 'not valid'}; see --help`;
    throw new ChanceryError('request.invalid', message, { facts: { operation: name } });
  }
  const { status, body } = await post(socket, name, JSON.stringify(checked.data));
  if (status !== 200) throw fromFailure(body) ?? strange(name);
  const output = OPERATIONS[name].output.safeParse(body);
  if (!output.success) throw strange(name, output.error);
  return output.data as OperationOutput<N>;
}

async function post(
  socket: string,
  name: OperationName,
  body: string,
): Promise<{ status: number | undefined; body: unknown }> {
  try {
    return await withSocketPath(socket, async (socketPath) => {
      const response = await send(socketPath, name, body);
      const text = await readAll(response, name);
      return { status: response.statusCode, body: parse(text) };
    });
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ECONNREFUSED')) {
      throw new ChanceryError('node.not-running', `no node runs at ${socket}; start it with chancery start`, {
        facts: { socket },
        cause,
      });
    }
    if (hasCode(cause, 'EACCES') || hasCode(cause, 'EPERM')) {
      throw new ChanceryError('peer.unauthorized', `you may not use ${socket}; run this as the node's user`, {
        facts: { socket },
        cause,
      });
    }
    if (cause instanceof ChanceryError) throw cause;
    throw new ChanceryError('node.not-running', `the node at ${socket} went away; see its log`, {
      facts: { socket },
      cause,
    });
  }
}

function send(socketPath: string, name: OperationName, body: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const call = request({ socketPath, method: 'POST', path: `/v1/${name}`, headers, agent: false }, resolve);
  call.setTimeout(ANSWER_WITHIN_MS, () => call.destroy(new Error('no answer in time')));
  call.on('error', reject);
  call.end(body);
  return promise;
}

async function readAll(response: IncomingMessage, name: OperationName): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw strange(name);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // held against the contract next, and refused there
  }
}

function strange(name: OperationName, cause?: unknown): ChanceryError {
  return new ChanceryError(
    'internal',
    `the node's answer to ${name} is not understood; update command and node to the same version`,
    { facts: { operation: name }, cause },
  );
}
