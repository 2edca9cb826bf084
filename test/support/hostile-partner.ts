/**
 * A partner's node that has turned: it has the node's own key, agreement and checkpoint, and so gets in; what it then
 * hands over is what a well-behaved node never would. Speaks the federation protocol frame by frame.
 */
import { randomBytes } from 'node:crypto';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { peerIdOf } from '../../node/identity/index.ts';
import type { Host } from '../../node/network/index.ts';
import { issueDevice, issueNode, parseCertificate } from '../../protocol/certificate/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { signMessage, type Content, type MessageBody } from '../../protocol/message/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { readReceipt, type Receipt } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  writeFrame,
  type FederationAnswer,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import { makeKey, startStranger, targetOf } from './test-device.ts';
import type { TestNode } from './test-node.ts';

type Chains = readonly (readonly Uint8Array[])[];

/** A device of the partner's as its issuer certifies it, with whatever is wrong. */
export interface ForgedDevice {
  readonly address: string;
  readonly chain: readonly Uint8Array[];
  readonly signer: Signer;
}

export class HostilePartner {
  readonly #channel: FrameChannel;
  readonly #host: Host;
  readonly #as: TestNode;
  #number = 0;

  private constructor(host: Host, channel: FrameChannel, as: TestNode) {
    this.#host = host;
    this.#channel = channel;
    this.#as = as;
  }

  /** Connects to the node as a node of the other organisation, without greeting. */
  static async connect(target: TestNode, as: TestNode): Promise<HostilePartner> {
    const bundle = as.node.organisation.authority.nodeBundle(as.settings.certificates.node);
    const key = { seed: as.made.seeds.node, signer: sodiumSigner(as.made.seeds.node) };
    const host = await startStranger(key, target.settings.anchors, () => Promise.resolve(bundle));
    const { channel } = await host.open('federation', targetOf(target));
    return new HostilePartner(host, channel, as);
  }

  /** Connects and greets with the agreement that there is. */
  static async greeted(target: TestNode, as: TestNode): Promise<HostilePartner> {
    const partner = await HostilePartner.connect(target, as);
    const agreement = as.node.organisation.agreement(target.settings.domain);
    const answer = await partner.ask({ type: 'hello', v: 1, agreement });
    if (answer.type !== 'hello') throw new Error(`not greeted: ${JSON.stringify(answer)}`);
    return partner;
  }

  /** Sends any frame, and reads the answer. */
  async ask(frame: unknown): Promise<FederationAnswer> {
    await writeFrame(this.#channel, frame);
    return valueOf(await readFrame(this.#channel, federationAnswerShape, MAX_FRAME_BYTES, 'answer'));
  }

  /** Hands envelopes over in one bundle, and reads the answer. */
  async bundle(
    envelopes: readonly Uint8Array[],
    chains: Chains,
    change: { readonly position?: number; readonly checkpoint?: string } = {},
  ): Promise<FederationAnswer> {
    this.#number += 1;
    return this.ask({
      type: 'bundle',
      number: this.#number,
      chains,
      messages: envelopes.map((envelope) => [change.position ?? 0, envelope]),
      checkpoint: change.checkpoint ?? (await this.#as.node.organisation.checkpoint()),
    });
  }

  /** The receipt for a bundle; fails where there is none. */
  async receipt(envelopes: readonly Uint8Array[], chains: Chains): Promise<Receipt> {
    const answer = await this.bundle(envelopes, chains);
    if (answer.type !== 'receipt') throw new Error(`no receipt: ${JSON.stringify(answer)}`);
    return valueOf(readReceipt(answer.receipt));
  }

  /** The code with which one message is refused; `archived` where it is not. */
  async codeOf(envelope: Uint8Array, chains: Chains): Promise<string> {
    const { refused } = await this.receipt([envelope], chains);
    return refused[0]?.[1] ?? 'archived';
  }

  async stop(): Promise<void> {
    await this.#host.stop();
  }
}

/** Certifies a device with an organisation's issuer, for any window that the issuer's allows (seconds). */
export async function forgeDevice(
  by: TestNode,
  address: string,
  window: { readonly notBefore: number; readonly notAfter: number },
): Promise<ForgedDevice> {
  const { certificates, seeds } = by.made;
  const { signer } = makeKey();
  const leaf = await issueDevice({
    publicKey: signer.publicKey,
    address: valueOf(parseAddress(address)),
    deviceId: 'forged',
    name: address,
    roles: ['member'],
    serial: new Uint8Array(randomBytes(16)),
    ...window,
    issuer: valueOf(parseCertificate(certificates.issuer)),
    signer: sodiumSigner(seeds.issuer),
  });
  return { address, signer, chain: [leaf, certificates.issuer, certificates.root] };
}

/** A message that the device signs; any field can be made wrong. */
export function signAs(
  { address, chain, signer }: ForgedDevice,
  content: Content,
  change: Partial<MessageBody>,
): Promise<Uint8Array> {
  const [leaf = new Uint8Array()] = chain;
  const body: MessageBody = {
    conversation: null,
    sender: address,
    device: sodiumSuite.sha256(leaf),
    parents: [],
    time: Date.now(),
    salt: new Uint8Array(randomBytes(16)),
    content,
    ...change,
  };
  return signMessage(body, signer);
}

/** A bundle for a node that the organisation's issuer certified, but that no roster lists. */
export async function forgeNodeBundle(by: TestNode, seed: Uint8Array): Promise<Uint8Array> {
  const { certificates, seeds } = by.made;
  const now = Math.floor(Date.now() / 1000);
  const certificate = await issueNode({
    publicKey: sodiumSigner(seed).publicKey,
    domain: by.settings.domain,
    peerId: await peerIdOf(seed),
    roles: ['gateway'],
    serial: new Uint8Array(randomBytes(16)),
    notBefore: now - 60,
    notAfter: now + 3_600,
    issuer: valueOf(parseCertificate(certificates.issuer)),
    signer: sodiumSigner(seeds.issuer),
  });
  return by.node.organisation.authority.nodeBundle(certificate);
}
