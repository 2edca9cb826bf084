/** Messages to be searched, as intake would hand them on but for their signatures, in the conversations of two hundred people. */
import { createHash } from 'node:crypto';
import type { AdmittedMessage } from '../../node/ledger/index.ts';
import type { Conversation } from '../../protocol/conversation/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { Texts } from './texts.ts';

const PEOPLE = 200;
const CONVERSATIONS = 500;

export const TEXT_LENGTH = 200;

export class SearchCorpus {
  readonly texts = new Texts(1);
  readonly #conversations: readonly Conversation[];
  #made = 0;

  constructor() {
    this.#conversations = Array.from({ length: CONVERSATIONS }, (_, at) => this.#conversation(at));
  }

  person(at: number): string {
    return `person${at}@${at % 2 === 0 ? 'acme.test' : `partner${at % 20}.test`}`;
  }

  /** A message that begins each conversation. */
  beginnings(): AdmittedMessage[] {
    return this.#conversations.map((one) => ({ ...this.#message(one), before: undefined }));
  }

  messages(count: number): AdmittedMessage[] {
    return Array.from({ length: count }, () =>
      this.#message(this.#conversations[this.texts.uneven(CONVERSATIONS)]!),
    );
  }

  #message(after: Conversation): AdmittedMessage {
    this.#made += 1;
    const sender = after.members[Math.floor(this.texts.random() * after.members.length)] ?? '';
    const content = { kind: 'text', text: this.texts.text(TEXT_LENGTH) } as const;
    const body = {
      conversation: after.id,
      sender,
      device: DEVICE,
      parents: [],
      time: this.#made,
      salt: SALT,
      content,
    };
    const message = {
      ...body,
      id: hash(`message ${this.#made}`),
      envelope: encodeCbor([encodeCbor(body), SIGNATURE]),
    };
    const domain = sender.slice(sender.indexOf('@') + 1);
    const via = domain === 'acme.test' ? null : { domain, position: this.#made, checkpoint: null };
    return { message: message as unknown as AdmittedMessage['message'], before: after, after, via };
  }

  #conversation(at: number): Conversation {
    const members = [2 * this.texts.uneven(PEOPLE / 2), 1 + 2 * this.texts.uneven(PEOPLE / 2)].map((one) =>
      this.person(one),
    );
    const id = hash(`conversation ${at}`);
    return { id, type: 'direct', title: '', owner: 'acme.test', members, revision: 0, origin: SALT };
  }
}

const DEVICE = new Uint8Array(32);
const SALT = new Uint8Array(16);
const SIGNATURE = new Uint8Array(64);

function hash(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest());
}
