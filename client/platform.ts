/**
 * What the SDK is handed by whoever runs it, so that the same code serves Node, a browser and a simulation:
 * the network, a key-value store, the device's key, a clock, a timer and randomness.
 */
import type { Signer } from '../protocol/crypto/index.ts';
import type { DeviceFacts } from '../protocol/device/index.ts';
import type { VerificationContext } from '../protocol/identity/index.ts';
import type { Deflate, FrameChannel, ProtocolName } from '../protocol/wire/index.ts';

/** A connection to one node. Noise has proven `peerKey`; whose key it is, the identity exchange says. */
export interface Link {
  /** The node's raw Ed25519 public key, 32 bytes. */
  readonly peerKey: Uint8Array;
  open(protocol: Extract<ProtocolName, 'identity' | 'enrolment' | 'device'>): Promise<FrameChannel>;
  close(): Promise<void>;
}

export interface Transport {
  /** Connects to a multiaddr with peer id. Throws `node.unreachable`. */
  dial(address: string): Promise<Link>;
  close(): Promise<void>;
}

export type StoreOp =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string };

/** Keys at least `gte` and below `lt`, in ascending order unless `reverse`. */
export interface StoreRange {
  readonly gte: string;
  readonly lt: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** An ordered key-value store on the device. */
export interface Store {
  get(key: string): Promise<Uint8Array | undefined>;
  /** All or nothing. With `durable` it outlives a power failure once resolved; without, a kill of the process. */
  batch(ops: readonly StoreOp[], options: { readonly durable: boolean }): Promise<void>;
  entries(range: StoreRange): AsyncIterable<[string, Uint8Array]>;
  close(): Promise<void>;
}

/** Runs something after so many milliseconds, unless the returned function is called before. */
export type After = (milliseconds: number, run: () => void) => () => void;

/** What a device can say of itself when a session begins: what it knows, and what others attest of it. */
export interface Description {
  readonly facts: DeviceFacts;
  /** A statement that the organisation's device management signed; null where there is none. */
  readonly attestation: Uint8Array | null;
  /** Of whoever uses it, as BCP 47 tags, the best first: without any, nothing is told of recording. */
  readonly languages?: string[];
}

/** Opens what was sealed for this device: an officer's opens the archive so. */
export interface Unsealer {
  /** The key and nonce of one sealing, by what its sender made known of it (HPKE, RFC 9180). Throws where that is not usable. */
  receive(enc: Uint8Array, info: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array };
  /** AES-256-GCM, with the tag behind the text; undefined for what was not sealed so. */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    bound: Uint8Array,
    sealed: Uint8Array,
  ): Promise<Uint8Array | undefined>;
}

export interface Platform {
  readonly transport: Transport;
  /** The device's key, which is its libp2p identity too. */
  readonly signer: Signer;
  readonly unsealer: Unsealer;
  readonly context: VerificationContext;
  readonly deflate: Deflate;
  /** Asked at the beginning of each session; says nothing that it does not know. */
  readonly describe: () => Promise<Description>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly after: After;
  /** Cryptographically secure. */
  readonly randomBytes: (length: number) => Uint8Array;
}
