/** A partner's node that speaks the witness protocol frame by frame. */
import { toString } from 'uint8arrays/to-string';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import type { Host } from '../../node/network/index.ts';
import { logOrigin, signCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  readFrame,
  witnessAnswerShape,
  writeFrame,
  type FrameChannel,
  type WitnessAnswer,
} from '../../protocol/wire/index.ts';
import { startStranger, targetOf } from './test-device.ts';
import type { TestNode } from './test-node.ts';

export class WitnessClient {
  readonly #host: Host;
  readonly #channel: FrameChannel;

  private constructor(host: Host, channel: FrameChannel) {
    this.#host = host;
    this.#channel = channel;
  }

  /** Connects to a node as a node of the other organisation. */
  static async connect(target: TestNode, as: TestNode): Promise<WitnessClient> {
    const bundle = as.node.organisation.authority.nodeBundle(as.settings.certificates.node);
    const key = { seed: as.made.seeds.node, signer: sodiumSigner(as.made.seeds.node) };
    const host = await startStranger(key, target.settings.anchors, () => Promise.resolve(bundle));
    const { channel } = await host.open('witness', targetOf(target));
    return new WitnessClient(host, channel);
  }

  /** A checkpoint of a log that it never had, signed by whomever. */
  static forgedCheckpoint(domain: string, size: number, signer: Signer): Promise<string> {
    const origin = logOrigin(domain);
    return signCheckpoint({ origin, size, root: new Uint8Array(32) }, signer, sodiumSuite.sha256);
  }

  get(path: string): Promise<WitnessAnswer & { text: string }> {
    return this.#ask({ type: 'get', path });
  }

  addCheckpoint(body: string): Promise<WitnessAnswer & { text: string }> {
    return this.#ask({ type: 'add-checkpoint', body });
  }

  /** The code with which a frame is refused. */
  async refusal(frame: unknown): Promise<string> {
    await writeFrame(this.#channel, frame);
    const answer = valueOf(await readFrame(this.#channel, witnessAnswerShape, MAX_FRAME_BYTES, 'answer'));
    return answer.type === 'refused' ? answer.code : 'answered';
  }

  async #ask(frame: unknown): Promise<WitnessAnswer & { text: string }> {
    await writeFrame(this.#channel, frame);
    const answer = valueOf(await readFrame(this.#channel, witnessAnswerShape, MAX_FRAME_BYTES, 'answer'));
    if (answer.type !== 'answer') throw new Error(`refused: ${answer.code}`);
    return { ...answer, text: toString(answer.body) };
  }

  async stop(): Promise<void> {
    await this.#host.stop();
  }
}
