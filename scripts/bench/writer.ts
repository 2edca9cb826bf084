/**
 * Messages for an archive that is measured alone: signed, in one conversation, as `intake` would hand them on. What
 * intake checks is not what is measured there. The same facts go into any archive that the conversation was begun in.
 */
import { randomBytes } from 'node:crypto';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { Messages, type AdmittedMessage, type Fact, type Ledger } from '../../node/ledger/index.ts';
import { advance, type Conversation } from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import {
  decodeMessage,
  signMessage,
  type MessageBody,
  type VerifiedMessage,
} from '../../protocol/message/index.ts';

/** A fact that is a message, and the envelope alone. */
export interface WrittenFact {
  readonly fact: Fact;
  readonly envelope: Uint8Array;
}

export class BenchWriter {
  readonly conversation: Conversation;
  readonly #create: VerifiedMessage;
  readonly #body: MessageBody;
  #made = 0;

  private constructor(create: VerifiedMessage, body: MessageBody) {
    this.conversation = valueOf(advance(undefined, create, sodiumSuite.sha256));
    this.#create = create;
    this.#body = body;
  }

  static async open(): Promise<BenchWriter> {
    const members = ['alice@acme.test', 'bob@partner.test'];
    const body: MessageBody = {
      conversation: null,
      sender: 'alice@acme.test',
      device: new Uint8Array(32),
      parents: [],
      time: Date.now(),
      salt: new Uint8Array(16),
      content: { kind: 'create', type: 'direct', title: '', members },
    };
    return new BenchWriter(await written(body), body);
  }

  /** Begins the conversation in an archive. */
  async begin(ledger: Ledger): Promise<void> {
    const { conversation } = this;
    const create = { message: this.#create, before: undefined, after: conversation, via: null };
    await ledger.append([new Messages(ledger).factOf(create)]);
  }

  /** So many messages with so many bytes of text. */
  async facts(ledger: Ledger, count: number, bytes: number): Promise<WrittenFact[]> {
    const messages = new Messages(ledger);
    const text = 'x'.repeat(bytes);
    const admitted = await this.admitted(count, () => text);
    return admitted.map((one) => ({ fact: messages.factOf(one), envelope: one.message.envelope }));
  }

  /** So many messages as intake admits them, each with the next text. */
  async admitted(count: number, text: () => string): Promise<AdmittedMessage[]> {
    const { conversation } = this;
    const admitted: AdmittedMessage[] = [];
    for (let index = 0; index < count; index += 1) {
      this.#made += 1;
      const message = await written({
        ...this.#body,
        conversation: conversation.id,
        time: this.#body.time + this.#made,
        salt: new Uint8Array(randomBytes(16)),
        content: { kind: 'text', text: text() },
      });
      admitted.push({ message, before: conversation, after: conversation, via: null });
    }
    return admitted;
  }
}

const signer = sodiumSigner(new Uint8Array(32).fill(1));

async function written(body: MessageBody): Promise<VerifiedMessage> {
  return valueOf(decodeMessage(await signMessage(body, signer), sodiumSuite)) as VerifiedMessage;
}
