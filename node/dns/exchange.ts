/**
 * One question to one name server over UDP or TCP (RFC 1035, section 4.2). The socket lives for the exchange only.
 * Rejects when the server cannot be reached or does not answer in time.
 */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { ServerAddress } from './server-address.ts';

/** Sees each message that arrives; the first that it makes something of ends the exchange. */
export type Receive<T> = (message: Uint8Array) => T | undefined;

/** Over UDP from a port that the system picks. What does not fit is passed over, as a forger may have sent it. */
export function exchangeUdp<T>(
  server: ServerAddress,
  query: Uint8Array,
  receive: Receive<T>,
  timeoutMs: number,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  const timer = setTimeout(() => reject(noAnswer(server)), timeoutMs);
  socket.on('error', reject);
  socket.on('message', (message) => {
    const received = receive(message);
    if (received !== undefined) resolve(received);
  });
  // a connected socket takes datagrams from this server only, and learns at once when nothing listens there
  socket.connect(server.port, server.host, () => socket.send(query));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

/** Over TCP, where the server is the only one to answer: a message that does not fit ends the exchange. */
export function exchangeTcp<T>(
  server: ServerAddress,
  query: Uint8Array,
  receive: Receive<T>,
  timeoutMs: number,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const socket = connect(server.port, server.host);
  const timer = setTimeout(() => reject(noAnswer(server)), timeoutMs);
  let got = Buffer.alloc(0);
  socket.on('error', reject);
  socket.on('close', () => reject(noAnswer(server)));
  socket.on('connect', () => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
  socket.on('data', (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
    if (got.length < 2 || got.length < 2 + got.readUInt16BE(0)) return;
    const received = receive(got.subarray(2, 2 + got.readUInt16BE(0)));
    if (received === undefined) reject(noAnswer(server));
    else resolve(received);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

function noAnswer({ host, port }: ServerAddress): Error {
  return new Error(`no usable answer from ${host} port ${port}`);
}
