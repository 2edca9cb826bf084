/**
 * A device at the level of frames: enrols, shows whatever bundle it is told to, and speaks the device protocol.
 * For tests that must do what a well-behaved client never does.
 */
import { randomBytes } from 'node:crypto';
import { peerIdFromString } from '@libp2p/peer-id';
import { pino } from 'pino';
import type { DeviceFacts } from '../../protocol/device/index.ts';
import type { ArchiveNode } from '../../node/composition/index.ts';
import { verificationContext } from '../../node/composition/platform.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { Host } from '../../node/network/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { accept, valueOf } from '../../protocol/errors/index.ts';
import { decodeBundle, verifyBundle } from '../../protocol/identity/index.ts';
import { signMessage, type Content, type MessageBody } from '../../protocol/message/index.ts';
import {
  MAX_FRAME_BYTES,
  deviceAnswerShape,
  enrolAnswerShape,
  parseInvitation,
  readFrame,
  writeFrame,
  type DeviceAnswer,
  type DeviceRequest,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { TestNode } from './test-node.ts';

/** What a test device says of itself unless told otherwise. */
export const FACTS: DeviceFacts = {
  clientVersion: '1.0.0',
  platform: 'linux',
  osVersion: '6.1.0',
  diskEncryption: 'on',
  managedId: null,
};

export interface Key {
  readonly seed: Uint8Array;
  readonly signer: ReturnType<typeof sodiumSigner>;
}

export function makeKey(): Key {
  const seed = new Uint8Array(randomBytes(32));
  return { seed, signer: sodiumSigner(seed) };
}

/** A libp2p host with this key that shows this bundle and believes whoever answers. */
export async function startStranger(
  key: Key,
  anchors: ArchiveNode['settings']['anchors'],
  bundle: () => Promise<Uint8Array | null>,
): Promise<Host> {
  const context = verificationContext(anchors);
  return Host.start({
    seed: key.seed,
    listen: [],
    announce: [],
    dht: false,
    log: pino({ level: 'silent' }),
    handlers: {},
    enrolment: () => Promise.resolve(),
    onPeer: () => undefined,
    onPeerGone: () => undefined,
    bundle,
    async admit(id, shown) {
      const { publicKey } = peerIdFromString(id);
      const identity = await verifyBundle(shown, publicKey!.raw, Math.floor(Date.now() / 1000), context);
      return identity.ok ? accept({ id, identity: identity.value, own: true, bundle: shown }) : identity;
    },
  });
}

/** Where a test node listens. */
export function targetOf(node: TestNode): { peerId: string; addresses: string[] } {
  const { peerId, addresses } = node.node.host;
  return { peerId, addresses };
}

export class TestDevice {
  readonly key: Key;
  readonly address: string;
  readonly bundle: Uint8Array;
  readonly host: Host;
  readonly certificateHash: Uint8Array;
  #channel: FrameChannel | undefined;
  #next = 1;
  #failure: Error | undefined;
  readonly #ended = Promise.withResolvers<Extract<DeviceAnswer, { type: 'refused' }>>();
  readonly #waiting = new Map<number, (answer: DeviceAnswer) => void>();

  private constructor(key: Key, address: string, bundle: Uint8Array, host: Host) {
    this.key = key;
    this.address = address;
    this.bundle = bundle;
    this.host = host;
    this.certificateHash = sodiumSuite.sha256(valueOf(decodeBundle(bundle)).chain[0]!);
  }

  /** Adds the member if need be, invites, enrols, and connects. */
  static async enrol(node: TestNode, address: string, name = address): Promise<TestDevice> {
    await node.operations['member.add']({ address, name, roles: ['member'] }).catch(() => undefined);
    const { invitation } = await node.operations['member.invite']({ address });
    const key = makeKey();
    const bundle = await enrol(node, key, valueOf(parseInvitation(invitation)).code, address);
    return TestDevice.connect(node, key, address, bundle);
  }

  /** A session with a bundle that was had before, or made up. Throws the code the session is refused with. */
  static async connect(
    node: TestNode,
    key: Key,
    address: string,
    bundle: Uint8Array,
    begin: Begin | null = {},
  ): Promise<TestDevice> {
    const host = await startStranger(key, node.settings.anchors, () => Promise.resolve(bundle));
    const device = new TestDevice(key, address, bundle, host);
    try {
      const { channel } = await host.open('device', targetOf(node));
      device.#channel = channel;
      void device.#read(channel);
      if (begin !== null) await device.begin(begin);
      return device;
    } catch (error) {
      await host.stop();
      throw error;
    }
  }

  /** Says what the device is. Throws the code it is refused with. */
  async begin({ facts = FACTS, attestation = null }: Begin = {}): Promise<
    Extract<DeviceAnswer, { type: 'begun' }>
  > {
    const answer = await this.ask({ type: 'begin', facts, attestation });
    if (answer.type === 'begun') return answer;
    const { code, message } = answer.type === 'refused' ? answer : { code: 'internal', message: answer.type };
    throw Object.assign(new Error(message), { code });
  }

  /** Signs a message as this device; any field can be made wrong. */
  sign(content: Content, change: Partial<MessageBody> = {}): Promise<Uint8Array> {
    const body: MessageBody = {
      conversation: null,
      sender: this.address,
      device: this.certificateHash,
      parents: [],
      time: Date.now(),
      salt: new Uint8Array(randomBytes(16)),
      content,
      ...change,
    };
    return signMessage(body, this.key.signer);
  }

  async request<T extends DeviceAnswer['type']>(
    request: DistributiveOmit<DeviceRequest, 'id'>,
    type: T,
  ): Promise<Extract<DeviceAnswer, { type: T }>> {
    const answer = await this.ask(request);
    if (answer.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(answer)}`);
    return answer as Extract<DeviceAnswer, { type: T }>;
  }

  async ask(request: DistributiveOmit<DeviceRequest, 'id'>): Promise<DeviceAnswer> {
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<DeviceAnswer>();
    this.#waiting.set(id, resolve);
    await writeFrame(this.#channel!, { ...request, id });
    return promise;
  }

  async submit(...envelopes: Uint8Array[]): Promise<Extract<DeviceAnswer, { type: 'submitted' }>['results']> {
    return (await this.request({ type: 'submit', envelopes }, 'submitted')).results;
  }

  /** Starts a conversation and returns its id. */
  async create(...members: string[]): Promise<Uint8Array> {
    const all = [this.address, ...members].sort();
    const envelope = await this.sign({
      kind: 'create',
      type: all.length === 2 ? 'direct' : 'group',
      title: '',
      members: all,
    });
    const [result] = await this.submit(envelope);
    if (result?.state !== 'archived') throw new Error(JSON.stringify(result));
    return result.message;
  }

  async say(
    conversation: Uint8Array,
    text: string,
  ): Promise<ReturnType<TestDevice['submit']> extends Promise<(infer R)[]> ? R : never> {
    const [result] = await this.submit(await this.sign({ kind: 'text', text }, { conversation }));
    return result!;
  }

  /** Why the node ended the stream. */
  get ended(): Promise<Extract<DeviceAnswer, { type: 'refused' }>> {
    return this.#ended.promise;
  }

  async stop(): Promise<void> {
    await this.host.stop();
  }

  async #read(channel: FrameChannel): Promise<void> {
    try {
      for (let frame = await channel.read(); frame !== null; frame = await channel.read()) {
        const answer = valueOf(decodeCbor(frame, MAX_FRAME_BYTES, deviceAnswerShape, 'answer'));
        if (answer.id === 0 && answer.type === 'refused') this.#ended.resolve(answer);
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      }
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#fail(new Error('the stream ended'));
  }

  #fail(error: Error): void {
    this.#failure = error;
    const message = error.message.slice(0, 200);
    for (const [id, resolve] of this.#waiting)
      resolve({ type: 'refused', id, code: 'node.unreachable', message });
    this.#waiting.clear();
  }
}

export interface Begin {
  readonly facts?: DeviceFacts;
  readonly attestation?: Uint8Array | null;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Trades a code for a bundle, as a stranger. */
export async function enrol(
  node: TestNode,
  key: Key,
  code: string,
  address: string | null,
): Promise<Uint8Array> {
  const host = await startStranger(key, node.settings.anchors, () => Promise.resolve(null));
  try {
    const { channel } = await host.open('enrolment', targetOf(node));
    await writeFrame(channel, { type: 'enrol', v: 1, code, address, label: 'test device', addresses: [] });
    const answer = valueOf(await readFrame(channel, enrolAnswerShape, MAX_FRAME_BYTES, 'enrolment'));
    if (answer.type === 'refused') throw Object.assign(new Error(answer.message), { code: answer.code });
    if (answer.type === 'pending') throw Object.assign(new Error(answer.fingerprint), { code: 'pending' });
    return answer.bundle;
  } finally {
    await host.stop();
  }
}
