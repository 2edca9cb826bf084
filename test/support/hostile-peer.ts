/** A peer that keeps no rule: opens what it likes over libp2p, sends any bytes, closes nothing, and waits for nobody. */
import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { noise } from '@chainsafe/libp2p-noise';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { Connection } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { lpStream } from '@libp2p/utils';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { PROTOCOLS } from '../../protocol/wire/index.ts';

/** Milliseconds for one attempt at anything. */
const PATIENCE_MS = 5_000;

const MAX_STREAMS = 10_000;

/** A device's key and bundle: somebody whom the node knows. */
interface Known {
  readonly seed: Uint8Array;
  readonly bundle: Uint8Array;
}

export class HostilePeer {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Connects; shows its bundle where it has one. */
  static async connect(address: string, known?: Known): Promise<HostilePeer> {
    const libp2p = await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', known?.seed ?? randomBytes(32)),
      addresses: { listen: [] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: () => false },
    });
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const connection = await libp2p.dial(multiaddr(address), { signal });
    if (known !== undefined) {
      const frames = lpStream(await connection.newStream(PROTOCOLS.identity, { signal }));
      await frames.write(
        encodeCbor({ type: 'identity', v: 1, bundle: deflateRawSync(known.bundle), handovers: false }),
        {
          signal,
        },
      );
      await frames.read({ signal });
    }
    return new HostilePeer(connection);
  }

  /** Opens a stream, sends the bytes as they are, and leaves it open; whether the node let it. */
  async send(protocol: string, bytes: Uint8Array): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const options = { signal, maxOutboundStreams: MAX_STREAMS };
      const stream = await this.#connection.newStream(protocol, options);
      stream.send(bytes);
      return true;
    } catch {
      return false; // refused, or cut off
    }
  }
}
