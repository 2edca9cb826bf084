/** Messages as their devices would sign them, for tests that need no node. */
import { nobleSigner, nobleSuite } from '../../protocol/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import {
  decodeMessage,
  signMessage,
  type Content,
  type DecodedMessage,
  type MessageBody,
} from '../../protocol/message/index.ts';

/** The key that every message here is signed with, and the hash of the certificate it names. */
export const WRITER = nobleSigner(new Uint8Array(32).fill(42));
export const DEVICE: Uint8Array = new Uint8Array(32).fill(43);

/** Milliseconds: the time every message here claims. */
export const WRITTEN = 1_700_000_000_000;

let salt = 0;

/** A signed envelope; any field can be made otherwise. */
export function envelopeOf(content: Content, change: Partial<MessageBody> = {}): Promise<Uint8Array> {
  salt += 1;
  const body: MessageBody = {
    conversation: null,
    sender: 'alice@acme.test',
    device: DEVICE,
    parents: [],
    time: WRITTEN,
    salt: nobleSuite.sha256(Uint8Array.of(salt >> 8, salt & 0xff)).slice(0, 16),
    content,
    ...change,
  };
  return signMessage(body, WRITER);
}

export async function messageOf(
  content: Content,
  change: Partial<MessageBody> = {},
): Promise<DecodedMessage> {
  return valueOf(decodeMessage(await envelopeOf(content, change), nobleSuite));
}
