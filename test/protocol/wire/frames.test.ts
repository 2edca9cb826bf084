import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { z } from 'zod';
import { decodeCbor, encodeCbor } from '../../../protocol/encoding/index.ts';
import { refuse, type Result } from '../../../protocol/errors/index.ts';
import {
  MAX_BUNDLE_MESSAGES,
  MAX_FRAME_BYTES,
  deviceAnswerShape,
  deviceRequestShape,
  enrolAnswerShape,
  enrolShape,
  federationAnswerShape,
  federationRequestShape,
  identityAnswerShape,
  identityShape,
  readFrame,
  refusalFrame,
  refusalOf,
  reconcileAnswerShape,
  reconcileRequestShape,
  relayAnswerShape,
  relayRequestShape,
  standingAnswerShape,
  strangerRequestShape,
  wipedAnswerShape,
  witnessAnswerShape,
  witnessRequestShape,
  writeFrame,
} from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';

const EMPTY = new Uint8Array();
const FACTS = { clientVersion: null, platform: null, osVersion: null, diskEncryption: null, managedId: null };
const HASH = new Uint8Array(32);
const BEGIN = { type: 'begin', v: 1, since: null, until: null, mutual: false };
const REFUSED = { type: 'refused', code: 'internal', message: '' };

/** Of each kind of frame one that is right. */
const FRAMES: readonly (readonly [string, z.ZodType, Record<string, unknown>])[] = [
  ['identity', identityShape, { type: 'identity', v: 1, bundle: null, handovers: false }],
  ['identity answer', identityAnswerShape, REFUSED],
  ['enrol', enrolShape, { type: 'enrol', v: 1, code: '', address: null, label: '', addresses: [] }],
  ['enrolled', enrolAnswerShape, { type: 'enrolled', bundle: EMPTY, nodes: [] }],
  ['pending', enrolAnswerShape, { type: 'pending', fingerprint: '', until: 0 }],
  ['submit', deviceRequestShape, { type: 'submit', id: 0, envelopes: [EMPTY] }],
  ['read', deviceRequestShape, { type: 'read', id: 0, cursor: 0, limit: 1, wait: false }],
  ['history', deviceRequestShape, { type: 'history', id: 0, conversation: HASH, before: null, limit: 1 }],
  ['conversations', deviceRequestShape, { type: 'conversations', id: 0, after: null, limit: 1 }],
  ['contacts', deviceRequestShape, { type: 'contacts', id: 0 }],
  ['renew', deviceRequestShape, { type: 'renew', id: 0 }],
  ['begin', deviceRequestShape, { type: 'begin', id: 0, facts: FACTS, attestation: null }],
  ['devices', deviceRequestShape, { type: 'devices', id: 0 }],
  ['revoke-device', deviceRequestShape, { type: 'revoke-device', id: 0, serial: '', reason: '' }],
  ['begun', deviceAnswerShape, { type: 'begun', id: 0, ends: 0, idleLock: null }],
  ['devices answer', deviceAnswerShape, { type: 'devices', id: 0, devices: [] }],
  ['device-revoked', deviceAnswerShape, { type: 'device-revoked', id: 0, serial: '' }],
  ['standing', strangerRequestShape, { type: 'standing', v: 1 }],
  ['wiped', strangerRequestShape, { type: 'wiped', v: 1 }],
  ['standing answer', standingAnswerShape, { type: 'standing', notice: null }],
  ['noted', wipedAnswerShape, { type: 'noted' }],
  ['submitted', deviceAnswerShape, { type: 'submitted', id: 0, results: [] }],
  ['feed', deviceAnswerShape, { type: 'feed', id: 0, items: [], signers: [], cursor: null }],
  ['contacts answer', deviceAnswerShape, { type: 'contacts', id: 0, people: [], partners: [], after: null }],
  ['refused', deviceAnswerShape, { ...REFUSED, id: 0 }],
  ['hello', federationRequestShape, { type: 'hello', v: 1, agreement: EMPTY }],
  [
    'bundle',
    federationRequestShape,
    { type: 'bundle', number: 0, chains: [], messages: [[0, EMPTY]], checkpoint: '' },
  ],
  ['directory', federationRequestShape, { type: 'directory', after: null, limit: 1 }],
  ['held', federationRequestShape, { type: 'held', from: 1, before: null }],
  ['held answer', federationAnswerShape, { type: 'held', messages: [], chains: [], before: null }],
  ['directory answer', federationAnswerShape, { type: 'directory', shared: 'none', people: [], after: null }],
  ['roster', federationRequestShape, { type: 'roster', roster: EMPTY }],
  ['receipt', federationAnswerShape, { type: 'receipt', number: 0, receipt: EMPTY }],
  ['admit', relayRequestShape, { type: 'admit', peer: '', bundle: EMPTY }],
  ['open', relayRequestShape, { type: 'open', protocol: 'device', peer: '', bundle: null }],
  ['dial', relayRequestShape, { type: 'dial', protocol: 'witness', domain: '', peers: [], addresses: [] }],
  ['add-checkpoint', witnessRequestShape, { type: 'add-checkpoint', body: '' }],
  ['get', witnessRequestShape, { type: 'get', path: '' }],
  ['witness answer', witnessAnswerShape, { type: 'answer', status: 200, contentType: '', body: EMPTY }],
  ['witness refusal', witnessAnswerShape, REFUSED],
  ['begin to reconcile', reconcileRequestShape, BEGIN],
  ['page', reconcileRequestShape, { type: 'page', from: 0 }],
  ['at', reconcileRequestShape, { type: 'at', positions: [0] }],
  ['consistency', reconcileRequestShape, { type: 'consistency', size: 1 }],
  ['receipt asked for', reconcileRequestShape, { type: 'receipt', position: 0 }],
  ['begun to reconcile', reconcileAnswerShape, { type: 'begun', checkpoint: '' }],
  ['page answer', reconcileAnswerShape, { type: 'page', entries: [], next: null }],
  ['at answer', reconcileAnswerShape, { type: 'at', entries: [null] }],
  ['consistency answer', reconcileAnswerShape, { type: 'consistency', proof: null }],
  ['receipt shown', reconcileAnswerShape, { type: 'receipt', receipt: null }],
  ['refusal to reconcile', reconcileAnswerShape, REFUSED],
  ['opened', relayAnswerShape, { type: 'opened', peer: '', bundle: null }],
];

function codeOf(frame: unknown, shape: z.ZodType): string {
  const result: Result<unknown> = decodeCbor(encodeCbor(frame), MAX_FRAME_BYTES, shape, 'frame');
  return result.ok ? 'accepted' : result.refusal.code;
}

for (const [name, shape, frame] of FRAMES) {
  test(`a frame "${name}" is taken as it is, and with one field more, less or otherwise refused`, () => {
    assert.equal(codeOf(frame, shape), 'accepted');
    assert.equal(codeOf({ ...frame, surprise: 1 }, shape), 'encoding.malformed');
    for (const field of Object.keys(frame)) {
      const { [field]: _left, ...less } = frame;
      const refused = field === 'v' ? 'encoding.unknown-version' : 'encoding.malformed';
      assert.equal(codeOf(less, shape), refused, `without ${field}`);
      assert.equal(codeOf({ ...frame, [field]: -7 }, shape), refused, `with another ${field}`);
    }
    if ('v' in frame) assert.equal(codeOf({ ...frame, v: 2 }, shape), 'encoding.unknown-version');
  });
}

test('no bytes make the decoder of any frame throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const [name, shape] of FRAMES) decodeCbor(bytes, MAX_FRAME_BYTES, shape, name);
    }),
  );
});

test('a bundle holds as many messages as agreed, and no more', () => {
  const bundle = (count: number): unknown => ({
    type: 'bundle',
    number: 0,
    chains: [],
    messages: Array.from({ length: count }, () => [0, EMPTY]),
    checkpoint: '',
  });
  assert.equal(codeOf(bundle(MAX_BUNDLE_MESSAGES), federationRequestShape), 'accepted');
  assert.equal(codeOf(bundle(MAX_BUNDLE_MESSAGES + 1), federationRequestShape), 'encoding.malformed');
  assert.equal(codeOf(bundle(0), federationRequestShape), 'encoding.malformed');
});

test('a channel hands over whole frames, and an end before the frame is a refusal', async () => {
  const [here, there] = channelPair();
  await writeFrame(here, { type: 'contacts', id: 1 });
  const read = await readFrame(there, deviceRequestShape, MAX_FRAME_BYTES, 'request');
  assert.deepEqual(read, { ok: true, value: { type: 'contacts', id: 1 } });
  await here.close();
  const ended = await readFrame(there, deviceRequestShape, MAX_FRAME_BYTES, 'request');
  assert.equal(!ended.ok && ended.refusal.code, 'encoding.malformed');
});

test('a refusal crosses the wire with its code; one of a newer program is kept as text', () => {
  const { refusal } = refuse('agreement.missing', 'no agreement');
  assert.deepEqual(refusalOf(refusalFrame(refusal)).refusal, refusal);
  const newer = refusalOf({ code: 'quantum.entangled', message: 'try yesterday' }).refusal;
  assert.equal(newer.code, 'internal');
  assert.match(newer.message, /try yesterday.*quantum\.entangled/);
  const long = refusalFrame(refuse('internal', 'x'.repeat(2_000)).refusal);
  assert.equal(
    codeOf(long, enrolAnswerShape),
    'accepted',
    'a long text is cut, not refused at the other end',
  );
});
