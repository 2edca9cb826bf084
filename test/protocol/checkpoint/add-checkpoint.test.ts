import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADD_CHECKPOINT_MAX,
  decodeAddCheckpoint,
  encodeAddCheckpoint,
} from '../../../protocol/checkpoint/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';

/** The example of tlog-witness.md, its signature shortened: only the form is looked at here. */
const HASHES = [
  'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
  'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
];
const NOTE =
  'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grg==\n';
const BODY = `old 20852014\n${HASHES.join('\n')}\n\n${NOTE}`;

test('the body of the specification’s example is read, and written byte for byte alike', () => {
  const read = valueOf(decodeAddCheckpoint(BODY));
  assert.equal(read.oldSize, 20_852_014);
  assert.deepEqual(
    read.proof.map((hash) => Buffer.from(hash).toString('base64')),
    HASHES,
  );
  assert.equal(read.checkpoint, NOTE);
  assert.equal(encodeAddCheckpoint(read), BODY);
});

test('a body without a proof is read', () => {
  assert.deepEqual(valueOf(decodeAddCheckpoint(`old 0\n\n${NOTE}`)), {
    oldSize: 0,
    proof: [],
    checkpoint: NOTE,
  });
});

test('a body that is not of the form is refused as such', () => {
  const hash = `${HASHES[0] ?? ''}\n`;
  for (const body of [
    '',
    NOTE,
    `old\n\n${NOTE}`,
    `old 01\n\n${NOTE}`,
    `old -1\n\n${NOTE}`,
    `old 9007199254740992\n\n${NOTE}`,
    `Old 1\n\n${NOTE}`,
    `old 1 \n\n${NOTE}`,
    `old 1\r\n\n${NOTE}`,
    `old 1\nAAAA\n\n${NOTE}`,
    `old 1\n${hash.replace('=', '')}\n${NOTE}`,
    `old 1\n${hash.repeat(64)}\n${NOTE}`,
    `old 1\n\n${'x'.repeat(ADD_CHECKPOINT_MAX)}`,
  ]) {
    const read = decodeAddCheckpoint(body);
    assert.equal(read.ok ? 'accepted' : read.refusal.code, 'checkpoint.malformed', body.slice(0, 40));
  }
  assert.ok(decodeAddCheckpoint(`old 1\n${hash.repeat(63)}\n${NOTE}`).ok);
});
