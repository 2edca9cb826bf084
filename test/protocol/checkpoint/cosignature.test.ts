/** Cosignatures, held against a checkpoint of Rekor that three public witnesses cosigned. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import {
  cosign,
  logOrigin,
  noteKeyId,
  openCheckpoint,
  openCosignatures,
  readCheckpoint,
  signCheckpoint,
  verifierKey,
  witnessName,
  type NoteKey,
} from '../../../protocol/checkpoint/index.ts';
import { valueOf, type Result } from '../../../protocol/errors/index.ts';
import { PUBLIC_WITNESSES, keyOf, rekorEntry } from '../../support/published-logs.ts';

const { sha256 } = sodiumSuite;
const code = (result: Result<unknown>): string => (result.ok ? 'accepted' : result.refusal.code);

const ORIGIN = logOrigin('acme.test');
const signer = sodiumSigner(new Uint8Array(32).fill(7));
const partner = sodiumSigner(new Uint8Array(32).fill(8));
const witness: NoteKey = { name: witnessName('partner.test'), publicKey: partner.publicKey };
const head = { origin: ORIGIN, size: 42, root: sha256(Uint8Array.of(1)) };

/** Our checkpoint, and the partner’s line under it. */
async function cosigned(
  time: number,
  change: Partial<typeof head & { extensions: string[] }> = {},
): Promise<string> {
  const note = await signCheckpoint({ ...head, ...change }, signer, sha256);
  const { text } = valueOf(readCheckpoint(note));
  return note + (await cosign(text, witness.name, time, partner, sha256));
}

test('cosignatures of public witnesses on a checkpoint of Rekor verify, each with its time', () => {
  const witnesses = PUBLIC_WITNESSES.map(keyOf);
  const found = valueOf(openCosignatures(rekorEntry().checkpoint, witnesses, sodiumSuite));
  assert.deepEqual(
    found.map(({ witness: { name }, time }) => [name, time]),
    witnesses.map(({ name }) => [name, 1_778_700_214]),
  );
});

test('the keys of public witnesses are written as they publish them', () => {
  for (const published of PUBLIC_WITNESSES)
    assert.equal(verifierKey(sha256, keyOf(published), 'cosignature'), published);
});

test('a cosigned checkpoint opens for its log and for the witness, with the time of cosigning', async () => {
  const note = await cosigned(1_679_315_147);
  assert.equal(code(openCheckpoint(note, ORIGIN, signer.publicKey, sodiumSuite)), 'accepted');
  const [found, ...others] = valueOf(openCosignatures(note, [witness], sodiumSuite));
  assert.equal(found?.time, 1_679_315_147);
  assert.ok(note.endsWith(found.line));
  assert.deepEqual(others, []);
});

test('extension lines are cosigned with the checkpoint', async () => {
  const note = await cosigned(7, { extensions: ['epoch 3'] });
  assert.equal(valueOf(openCosignatures(note, [witness], sodiumSuite)).length, 1);
  assert.equal(
    code(openCosignatures(note.replace('epoch 3', 'epoch 4'), [witness], sodiumSuite)),
    'checkpoint.bad-signature',
  );
});

test('a cosignature whose time was changed, or left out, is refused', async () => {
  const note = await cosigned(1_679_315_147);
  const line = note.slice(note.lastIndexOf('— '));
  const bytes = Buffer.from(line.trim().split(' ')[2] ?? '', 'base64');
  for (const time of [1_679_315_148n, 0n, 2n ** 63n]) {
    const changed = Buffer.from(bytes);
    changed.writeBigUInt64BE(time, 4);
    const other = note.replace(bytes.toString('base64'), changed.toString('base64'));
    assert.equal(
      code(openCosignatures(other, [witness], sodiumSuite)),
      'checkpoint.bad-signature',
      String(time),
    );
  }
});

test('a cosignature of an unknown witness is not looked at, and of two by one witness the later counts', async () => {
  const stranger = { name: witnessName('other.test'), publicKey: signer.publicKey };
  const note = await cosigned(10);
  assert.deepEqual(valueOf(openCosignatures(note, [stranger], sodiumSuite)), []);
  const { text } = valueOf(readCheckpoint(note));
  const later = note + (await cosign(text, witness.name, 30, partner, sha256));
  const earlier = later + (await cosign(text, witness.name, 20, partner, sha256));
  assert.deepEqual(
    valueOf(openCosignatures(earlier, [witness], sodiumSuite)).map(({ time }) => time),
    [30],
  );
});

test('a log’s signature never passes for a cosignature under the same name and key, nor the other way', async () => {
  const both = { name: ORIGIN, publicKey: signer.publicKey };
  const note = await signCheckpoint(head, signer, sha256);
  assert.notDeepEqual(noteKeyId(sha256, both), noteKeyId(sha256, both, 'cosignature'));
  assert.deepEqual(valueOf(openCosignatures(note, [both], sodiumSuite)), []);
  const { text } = valueOf(readCheckpoint(note));
  const alone = `${text}\n${await cosign(text, ORIGIN, 5, signer, sha256)}`;
  assert.equal(
    code(openCheckpoint(alone, ORIGIN, signer.publicKey, sodiumSuite)),
    'checkpoint.bad-signature',
  );
  assert.equal(valueOf(openCosignatures(alone, [both], sodiumSuite)).length, 1);
});

test('an extension that is no line is not signed', async () => {
  for (const line of ['', 'a\nb'])
    await assert.rejects(signCheckpoint({ ...head, extensions: [line] }, signer, sha256), RangeError);
});
