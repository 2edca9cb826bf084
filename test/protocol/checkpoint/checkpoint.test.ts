/** Signed notes and checkpoints, held against notes that others published (Go's checksum database and note package). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import {
  logOrigin,
  NOTE_BYTES_MAX,
  NOTE_SIGNATURES_MAX,
  noteKeyId,
  openCheckpoint,
  openNote,
  signCheckpoint,
  signNote,
} from '../../../protocol/checkpoint/index.ts';
import type { Result } from '../../../protocol/errors/index.ts';

const { sha256 } = sodiumSuite;
const bytes = (encoded: string): Uint8Array => Uint8Array.from(Buffer.from(encoded, 'base64'));
const code = (result: Result<unknown>): string => (result.ok ? 'accepted' : result.refusal.code);

/** The checkpoint that tlog-checkpoint.md shows, as the log behind it first published it. */
const SUMDB = {
  note: 'go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
  key: {
    name: 'sum.golang.org',
    publicKey: bytes('Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8').subarray(1),
  },
};

/** The example of Go's note package, whose private key is public. */
const NEUMANN = {
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
  key: { name: 'PeterNeumann', publicKey: bytes('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW').subarray(1) },
  seed: bytes('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz').subarray(1),
};

const ORIGIN = logOrigin('acme.test');
const signer = sodiumSigner(new Uint8Array(32).fill(7));
const head = { origin: ORIGIN, size: 42, root: sha256(Uint8Array.of(1)) };
const open = (note: Uint8Array | string): ReturnType<typeof openCheckpoint> =>
  openCheckpoint(note, ORIGIN, signer.publicKey, sodiumSuite);

test('a checkpoint of the Go checksum database verifies', () => {
  assert.equal(Buffer.from(noteKeyId(sha256, SUMDB.key)).toString('hex'), '033de0ae');
  const opened = openNote(SUMDB.note, SUMDB.key, sodiumSuite);
  assert.ok(opened.ok);
  assert.equal(opened.value, SUMDB.note.slice(0, SUMDB.note.indexOf('\n\n') + 1));
});

test('the example note of Go’s note package is signed byte for byte alike, and verifies', async () => {
  const note = `${NEUMANN.text}\n${NEUMANN.signature}`;
  assert.equal(await signNote(NEUMANN.text, NEUMANN.key.name, sodiumSigner(NEUMANN.seed), sha256), note);
  assert.equal(code(openNote(note, NEUMANN.key, sodiumSuite)), 'accepted');
});

test('a signed checkpoint opens as text and as bytes, to what was signed', async () => {
  const note = await signCheckpoint(head, signer, sha256);
  for (const form of [note, new TextEncoder().encode(note)]) {
    const opened = open(form);
    assert.ok(opened.ok);
    const { origin, size, root, extensions, text } = opened.value;
    assert.deepEqual(
      { origin, size, extensions },
      { origin: 'acme.test/chancery', size: 42, extensions: [] },
    );
    assert.deepEqual([...root], [...head.root]);
    assert.ok(note.startsWith(`${text}\n— `));
  }
});

test('the checkpoint of an empty log opens', async () => {
  const opened = open(await signCheckpoint({ ...head, size: 0 }, signer, sha256));
  assert.ok(opened.ok && opened.value.size === 0);
});

test('cosignatures of others beside the log’s are tolerated, and do not stand in for it', async () => {
  const note = await signCheckpoint(head, signer, sha256);
  assert.equal(code(open(note + NEUMANN.signature)), 'accepted');
  assert.equal(code(open(note.replace('\n\n', `\n\n${NEUMANN.signature}`))), 'accepted');
  const text = note.slice(0, note.indexOf('\n\n') + 2);
  assert.equal(code(open(text + NEUMANN.signature)), 'checkpoint.bad-signature');
  const impostor = sodiumSigner(new Uint8Array(32).fill(8));
  assert.equal(code(open(await signCheckpoint(head, impostor, sha256))), 'checkpoint.bad-signature');
});

test('extension lines are handed on', async () => {
  const text = `${ORIGIN}\n1\n${Buffer.from(head.root).toString('base64')}\nepoch 3\nmore\n`;
  const opened = open(await signNote(text, ORIGIN, signer, sha256));
  assert.ok(opened.ok);
  assert.deepEqual(opened.value.extensions, ['epoch 3', 'more']);
});

test('a changed character anywhere in a checkpoint is noticed', async () => {
  const note = await signCheckpoint(head, signer, sha256);
  for (let at = 0; at < note.length; at += 1) {
    const changed = note.slice(0, at) + (note[at] === 'A' ? 'B' : 'A') + note.slice(at + 1);
    assert.notEqual(code(open(changed)), 'accepted', `character ${at}`);
  }
});

test('a validly signed note that is no checkpoint of this log is refused', async () => {
  const root = Buffer.from(head.root).toString('base64');
  const texts = [
    `other.test/chancery\n1\n${root}\n`,
    `${ORIGIN}\n01\n${root}\n`,
    `${ORIGIN}\n-1\n${root}\n`,
    `${ORIGIN}\n1e3\n${root}\n`,
    `${ORIGIN}\n9007199254740992\n${root}\n`,
    `${ORIGIN}\n1\n${root.slice(0, 40)}\n`,
    `${ORIGIN}\n1\n${root.replace('=', '')}\n`,
    `${ORIGIN}\n1\n${root}\n\nextension\n`,
    `${ORIGIN}\n1\n`,
  ];
  for (const text of texts) {
    assert.equal(code(open(await signNote(text, ORIGIN, signer, sha256))), 'checkpoint.malformed', text);
  }
});

test('what is not a signed note is refused', async () => {
  const note = await signCheckpoint(head, signer, sha256);
  const line = note.slice(note.indexOf('— '));
  const malformed = [
    '',
    '\n\n',
    note.slice(0, -1),
    note.replace('— ', '- '),
    note.replace('\n42\n', '\n42\r\n'),
    note.replace('—', '\ud800'),
    `${note}not a signature\n`,
    note + '— w AAAA\n',
    note + line.repeat(NOTE_SIGNATURES_MAX),
    `${'x'.repeat(NOTE_BYTES_MAX)}\n\n${line}`,
  ];
  for (const [at, text] of malformed.entries()) {
    assert.equal(code(open(text)), 'checkpoint.malformed', `case ${at}`);
  }
  const invalid = new TextEncoder().encode(note);
  invalid[0] = 0xff;
  assert.equal(code(open(invalid)), 'checkpoint.malformed');
});

test('a text or name that no note can carry is not signed', async () => {
  await assert.rejects(signNote('no newline', 'name', signer, sha256), RangeError);
  await assert.rejects(signNote('tab\t\n', 'name', signer, sha256), RangeError);
  for (const name of ['', 'a b', 'a+b', 'a\u00a0b'])
    await assert.rejects(signNote('x\n', name, signer, sha256), RangeError);
});
