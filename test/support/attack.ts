/**
 * A program that attacks a node: some peers that nobody knows, some with a member's certificate, each sending every
 * kind of wrong bytes on every protocol, and bare TCP connections that say something wrong, or nothing.
 * Takes one argument, an `Attack` as JSON; ends with 0, having printed how many streams the node let each peer open.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { MAX_FRAME_BYTES, PROTOCOLS } from '../../protocol/wire/index.ts';
import { HostilePeer } from './hostile-peer.ts';

export interface Attack {
  /** A multiaddr on loopback with peer id. */
  readonly address: string;
  readonly strangers: number;
  /** Peers that show this bundle, under this key; both in base64. */
  readonly known: { readonly peers: number; readonly seed: string; readonly bundle: string };
  readonly sockets: number;
  /** How often each peer sends each kind of bytes on each protocol. */
  readonly rounds: number;
}

/** Beside the protocols of Chancery, those that libp2p serves by itself. */
const PROTOCOL_IDS = [...Object.values(PROTOCOLS), '/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', '/no/such/protocol'];

const PAYLOADS: readonly Uint8Array[] = [
  framed(randomBytes(500)),
  // a frame that claims two gigabytes, and one that claims a byte more than the limit
  Buffer.concat([lengthOf(2 ** 31 - 1), randomBytes(2_000)]),
  Buffer.concat([lengthOf(MAX_FRAME_BYTES + 1), randomBytes(20_000)]),
  // half a frame, and nothing more
  framed(randomBytes(2_000)).subarray(0, 1_000),
  // a length that never ends
  Buffer.alloc(64, 0xff),
  framed(new Uint8Array()),
  new Uint8Array(),
];

/** A frame as the protocols have it: a varint length, then the bytes. */
function framed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([lengthOf(bytes.length), bytes]);
}

function lengthOf(length: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = length; ; rest >>>= 7) {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return Buffer.from(bytes);
  }
}

async function harass(peer: HostilePeer, rounds: number): Promise<number> {
  let opened = 0;
  for (let round = 0; round < rounds; round += 1) {
    const sending = PROTOCOL_IDS.flatMap((id) => PAYLOADS.map((bytes) => peer.send(id, bytes)));
    opened += (await Promise.all(sending)).filter(Boolean).length;
  }
  return opened;
}

async function attack({ address, strangers, known, sockets, rounds }: Attack): Promise<number[]> {
  const member = { seed: Buffer.from(known.seed, 'base64'), bundle: Buffer.from(known.bundle, 'base64') };
  const attacks: Promise<number>[] = [];
  for (let index = 0; index < known.peers + strangers; index += 1) {
    const peer = await HostilePeer.connect(address, index < known.peers ? member : undefined);
    attacks.push(harass(peer, rounds)); // at once: a stranger is cut off in five seconds
  }
  const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1]);
  for (let index = 0; index < sockets; index += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    if (index % 2 === 0) socket.write(randomBytes(1_000));
  }
  return Promise.all(attacks);
}

console.log(JSON.stringify(await attack(JSON.parse(process.argv[2] ?? '') as Attack)));
process.exit();
