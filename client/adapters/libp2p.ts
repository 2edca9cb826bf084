/**
 * The device's network: libp2p over TCP, Noise and yamux, dialling only. The device's key is its libp2p identity, so
 * the handshake itself proves to the node which device calls.
 */
import { noise } from '@chainsafe/libp2p-noise';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { Connection, Stream } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { lpStream } from '@libp2p/utils';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  JoinedWrites,
  MAX_FRAME_BYTES,
  MAX_STRANGER_FRAME_BYTES,
  PROTOCOLS,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { Link, Transport } from '../platform.ts';

/** Milliseconds for a dial with its handshake, and for opening a stream. */
const DIAL_TIMEOUT_MS = 10_000;

/** @param seed the device's Ed25519 seed, 32 bytes */
export async function createTransport(seed: Uint8Array): Promise<Transport> {
  const libp2p = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen: [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { dialTimeout: DIAL_TIMEOUT_MS, reconnectRetries: 0 },
    connectionGater: { denyDialMultiaddr: () => false },
  });
  return {
    async dial(address) {
      try {
        const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS);
        return linkOf(await libp2p.dial(multiaddr(address), { signal }));
      } catch (cause) {
        throw new ChanceryError(
          'node.unreachable',
          `the node at ${address} does not answer; is it running?`,
          {
            cause,
          },
        );
      }
    },
    close: async () => libp2p.stop(),
  };
}

function linkOf(connection: Connection): Link {
  const { publicKey } = connection.remotePeer;
  if (publicKey?.type !== 'Ed25519') throw new Error('the node has no Ed25519 identity');
  return {
    peerKey: publicKey.raw,
    async open(protocol) {
      const stream = await connection.newStream(PROTOCOLS[protocol], {
        signal: AbortSignal.timeout(DIAL_TIMEOUT_MS),
      });
      return channelOf(stream, protocol === 'device' ? MAX_FRAME_BYTES : MAX_STRANGER_FRAME_BYTES);
    },
    close: async () => connection.close().catch((error: unknown) => connection.abort(error as Error)),
  };
}

/** A varint length and that many bytes a frame; a longer one ends the stream. */
function channelOf(stream: Stream, limit: number): FrameChannel {
  const frames = lpStream(stream, { maxDataLength: limit });
  const writes = new JoinedWrites({ send: (piece) => frames.writeV(piece), soon: setImmediate });
  return {
    async read() {
      try {
        return (await frames.read()).slice();
      } catch (error) {
        if ((error as Error).name === 'UnexpectedEOFError') return null;
        throw error;
      }
    },
    write: (frame) => writes.write(frame),
    async close() {
      await writes.flush().finally(() => stream.close());
    },
    abort: (reason) => stream.abort(reason),
  };
}
