import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { nobleSigner, nobleSuite } from '../../../protocol/crypto/index.ts';
import { decodeCbor, encodeCbor } from '../../../protocol/encoding/index.ts';
import { valueOf, type Result } from '../../../protocol/errors/index.ts';
import {
  MAX_ENVELOPE_BYTES,
  MAX_PARENTS,
  MAX_TEXT_BYTES,
  decodeMessage,
  envelopeId,
  verifyMessage,
  type Content,
  type MessageBody,
  type SigningDevice,
} from '../../../protocol/message/index.ts';
import { DEVICE, WRITER, WRITTEN, envelopeOf, messageOf } from '../../support/messages.ts';

const CONVERSATION = new Uint8Array(32).fill(1);
const TEXT: Content = { kind: 'text', text: 'grüße, 世界' };
const device: SigningDevice = { hash: DEVICE, publicKey: WRITER.publicKey, address: 'alice@acme.test' };

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

async function decoded(content: unknown, change: Partial<MessageBody> = {}): Promise<string> {
  const envelope = await envelopeOf(content as Content, { conversation: CONVERSATION, ...change });
  return codeOf(decodeMessage(envelope, nobleSuite));
}

test('a message reads as it was written, and its envelope is carried exactly', async () => {
  const parents = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)];
  const envelope = await envelopeOf(TEXT, { conversation: CONVERSATION, parents });
  const message = valueOf(decodeMessage(envelope, nobleSuite));
  assert.deepEqual(message.content, TEXT);
  assert.deepEqual(message.parents, parents);
  assert.deepEqual(message.conversationId, CONVERSATION);
  assert.equal(message.envelope, envelope);
  assert.deepEqual(envelopeId(envelope, nobleSuite.sha256), message.id);
  assert.ok(verifyMessage(message, device, WRITTEN, nobleSuite).ok);
});

test('two messages of the same words have different ids', async () => {
  const [one, other] = await Promise.all([1, 2].map(() => messageOf(TEXT, { conversation: CONVERSATION })));
  assert.notDeepEqual(one?.id, other?.id);
});

test('the id does not depend on the signature, so that a message has one id', async () => {
  const envelope = await envelopeOf(TEXT, { conversation: CONVERSATION });
  const shape = z.tuple([z.instanceof(Uint8Array), z.instanceof(Uint8Array)]);
  const [payload] = valueOf(decodeCbor(envelope, MAX_ENVELOPE_BYTES, shape, 'message'));
  const forged = encodeCbor([payload, new Uint8Array(64)]);
  assert.deepEqual(envelopeId(forged, nobleSuite.sha256), envelopeId(envelope, nobleSuite.sha256));
  const message = valueOf(decodeMessage(forged, nobleSuite));
  assert.equal(codeOf(verifyMessage(message, device, WRITTEN, nobleSuite)), 'signature.invalid');
});

test('what is not shaped like a message is refused, field by field', async () => {
  assert.equal(await decoded(TEXT), 'accepted');
  assert.equal(await decoded({ kind: 'text', text: 'x'.repeat(MAX_TEXT_BYTES + 1) }), 'encoding.malformed');
  assert.equal(await decoded({ kind: 'shout', text: 'x' }), 'encoding.malformed');
  assert.equal(await decoded({ kind: 'text', text: 'x', colour: 'red' }), 'encoding.malformed');
  assert.equal(await decoded(TEXT, { salt: new Uint8Array(15) }), 'encoding.malformed');
  assert.equal(await decoded(TEXT, { device: new Uint8Array(31) }), 'encoding.malformed');
  assert.equal(await decoded(TEXT, { time: -1 }), 'encoding.malformed');
  assert.equal(await decoded(TEXT, { time: 1.5 }), 'encoding.not-canonical');
  const parents = Array.from({ length: MAX_PARENTS + 1 }, (_, at) => new Uint8Array(32).fill(at));
  assert.equal(await decoded(TEXT, { parents }), 'encoding.malformed');
  assert.equal(await decoded(TEXT, { parents: parents.slice(1) }), 'accepted');
  assert.equal(await decoded(TEXT, { conversation: null }), 'message.malformed');
  const list = ['alice@acme.test', 'bob@acme.test'];
  const create = { kind: 'create', type: 'group', title: '', members: list };
  assert.equal(await decoded(create), 'message.malformed');
  assert.equal(await decoded(create, { conversation: null }), 'accepted');
  const unsorted = { ...create, members: list.toReversed() };
  assert.equal(await decoded(unsorted, { conversation: null }), 'encoding.malformed');
  const twice = { ...create, members: ['a@acme.test', 'a@acme.test'] };
  assert.equal(await decoded(twice, { conversation: null }), 'encoding.malformed');
});

test('another version is told apart from nonsense, and too much from both', () => {
  const wrap = (body: unknown): Uint8Array => encodeCbor([encodeCbor(body), new Uint8Array(64)]);
  assert.equal(codeOf(decodeMessage(wrap({ v: 2 }), nobleSuite)), 'encoding.unknown-version');
  assert.equal(codeOf(decodeMessage(wrap([1, 2]), nobleSuite)), 'encoding.malformed');
  const large = new Uint8Array(MAX_ENVELOPE_BYTES + 1);
  assert.equal(codeOf(decodeMessage(large, nobleSuite)), 'message.too-large');
});

test('a message is held against the device it names', async () => {
  const check = async (
    change: Partial<MessageBody>,
    by: Partial<SigningDevice> = {},
    now = WRITTEN,
  ): Promise<string> => {
    const message = await messageOf(TEXT, { conversation: CONVERSATION, ...change });
    return codeOf(verifyMessage(message, { ...device, ...by }, now, nobleSuite));
  };
  assert.equal(await check({}), 'accepted');
  assert.equal(await check({ sender: 'bob@acme.test' }), 'message.sender-mismatch');
  assert.equal(await check({ device: new Uint8Array(32) }), 'message.sender-mismatch');
  assert.equal(await check({ time: WRITTEN + 600_000 }), 'accepted');
  assert.equal(await check({ time: WRITTEN + 600_001 }), 'message.clock-skew');
  assert.equal(await check({}, {}, WRITTEN + 10 * 365 * 86_400_000), 'accepted', 'written offline long ago');
  const parent = new Uint8Array(32).fill(9);
  assert.equal(await check({ parents: [parent, parent] }), 'message.bad-parents');
  const { publicKey } = nobleSigner(new Uint8Array(32).fill(5));
  assert.equal(await check({}, { publicKey }), 'signature.invalid');
});

test('no bytes make the decoder throw, and none that were changed pass as the message they were', async () => {
  const envelope = await envelopeOf(TEXT, { conversation: CONVERSATION });
  const { id } = valueOf(decodeMessage(envelope, nobleSuite));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(typeof decodeMessage(bytes, nobleSuite).ok, 'boolean');
      envelopeId(bytes, nobleSuite.sha256);
    }),
  );
  fc.assert(
    fc.property(fc.nat(envelope.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(envelope);
      changed[at] = (changed[at] ?? 0) ^ flip;
      const result = decodeMessage(changed, nobleSuite);
      if (!result.ok) return;
      const isOther = Buffer.compare(result.value.id, id) !== 0;
      assert.ok(isOther || !verifyMessage(result.value, device, WRITTEN, nobleSuite).ok);
    }),
    { numRuns: 60 },
  );
});
